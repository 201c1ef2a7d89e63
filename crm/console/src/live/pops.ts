// What the page says back about a pop: received on arrival, shown after paint, acted on the first act. Each once.
import { ref } from 'vue'

import { api } from '@/api'
import { Problem } from '@/api/http'
import type { Act, Card } from '@/api/types'
import { serverNow } from '@/lib/clock'

const RETRY_MS = 1_000
const GIVE_UP_AFTER = 120

/** The browser's own time with sub-millisecond steps that no clock correction moves. */
export function pageTime(): string {
  return new Date(performance.timeOrigin + performance.now()).toISOString()
}

/** From ring to painted card of the last call that rang here, in ms; null before the first. */
export const lastPopMs = ref<number | null>(null)

type Step = 'received' | 'shown' | Act
const told = new Set<string>()

function once(pop: string, step: string): boolean {
  const key = `${pop} ${step}`
  if (told.has(key)) return false
  told.add(key)
  return true
}

async function tell(pop: string, step: Step, at: string): Promise<void> {
  for (let attempt = 0; attempt < GIVE_UP_AFTER; attempt += 1) {
    try {
      await (step === 'received' || step === 'shown' ? api.acknowledge(pop, step, at) : api.acted(pop, step, at))
      return
    } catch (error) {
      const worthAgain = error instanceof Problem && (error.status === 0 || error.status >= 500)
      if (!worthAgain) return
      await new Promise((wake) => window.setTimeout(wake, RETRY_MS))
    }
  }
}

/** The card reached this page. */
export function received(card: Card): void {
  if (card.ledger.received === null && once(card.pop, 'received')) void tell(card.pop, 'received', pageTime())
}

/** The card is in the document; told when the browser has painted it, which a hidden tab does not. */
export function shownAfterPaint(card: Card): void {
  if (card.ledger.shown !== null || !once(card.pop, 'shown')) return
  requestAnimationFrame(() => {
    requestAnimationFrame(() => {
      if (card.state === 'ringing') lastPopMs.value = Math.max(0, serverNow() - Date.parse(card.rang_at))
      void tell(card.pop, 'shown', pageTime())
    })
  })
}

/** The agent did something with the card. The acts that end a finished card are told besides the first one. */
export function acted(card: Card, act: Act): void {
  const ends = act === 'saved' || act === 'dismissed' || act === 'expired'
  if (!once(card.pop, ends ? 'over' : 'acted')) return
  void tell(card.pop, act, pageTime())
}
