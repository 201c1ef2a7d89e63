// Which card is in front of the card column. A live one stays when another arrives; one that is over gives way.
import { computed, shallowRef } from 'vue'

import type { Card } from '@/api/types'
import { serverNow } from '@/lib/clock'
import { instant } from '@/lib/format'
import { shownCards } from '@/live/store'

const chosen = shallowRef<{ pop: string; at: number }>({ pop: '', at: 0 })

function alive(card: Card): boolean {
  return card.state === 'ringing' || card.state === 'talking'
}

/** The card that is unfolded. */
export const frontCard = computed<Card | null>(() => {
  const all = shownCards.value
  const kept = all.find((card) => card.pop === chosen.value.pop)
  if (!kept) return all[0] ?? null
  const newerCall = all.find((card) => alive(card) && instant(card.rang_at) > chosen.value.at)
  return alive(kept) ? kept : (newerCall ?? kept)
})

/** Keeps a card in front: the agent pressed it, or it was there first. */
export function bringToFront(card: Card): void {
  if (chosen.value.pop !== card.pop) chosen.value = { pop: card.pop, at: serverNow() }
}
