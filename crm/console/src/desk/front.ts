// Which card is in front of the card column. A live one stays when another arrives; one that is over gives way.
import { computed, shallowRef } from 'vue'

import type { Card } from '@/api/types'
import { shownCards } from '@/live/store'

/** What was brought to the front, and the cards that were there then. */
export interface Chosen {
  readonly pop: string
  readonly known: ReadonlySet<string>
}
const chosen = shallowRef<Chosen>({ pop: '', known: new Set() })

function alive(card: Card): boolean {
  return card.state === 'ringing' || card.state === 'talking'
}

/**
 * The card to unfold of all that are shown. A live one that came after the choice takes the place of one that is over;
 * "after" is what the page saw, not the clock: a call may ring while the feed still brings what was there before.
 */
export function inFront(all: readonly Card[], { pop, known }: Chosen): Card | null {
  const kept = all.find((card) => card.pop === pop)
  if (!kept) return all[0] ?? null
  return alive(kept) ? kept : (all.find((card) => alive(card) && !known.has(card.pop)) ?? kept)
}

/** The card that is unfolded. */
export const frontCard = computed<Card | null>(() => inFront(shownCards.value, chosen.value))

/** Keeps a card in front: the agent pressed it, or it was there first. */
export function bringToFront(card: Card): void {
  if (chosen.value.pop !== card.pop) chosen.value = { pop: card.pop, known: new Set(shownCards.value.map((item) => item.pop)) }
}
