// What is happening now, for every part of the page.
import { computed, shallowRef } from 'vue'

import type { Board, Card, Me } from '@/api/types'
import { now, serverNow, setServerTime } from '@/lib/clock'
import { LiveConnection } from './connection'
import { acted, received } from './pops'
import { inOrder, liveCard, type LiveState, NOTHING } from './reducer'

const KEPT = 5
const TOLD_AFTER_MS = 2_000

const state = shallowRef<LiveState>(NOTHING)
/** Cards that went, kept so that 「重开来电卡」 has something to open; newest first. */
const past = shallowRef<readonly Card[]>([])
const reopened = shallowRef<ReadonlySet<string>>(new Set())
const recovered = shallowRef<{ at: number; missed: number } | null>(null)

/** Who is signed in; set by the log-in and then by the feed. */
export const me = shallowRef<Me | null>(null)
export const board = computed<Board | null>(() => state.value.board)
export const cards = computed<readonly Card[]>(() => inOrder(state.value.cards))
export const live = computed<Card | null>(() => liveCard(state.value.cards))
export const pastCards = computed<readonly Card[]>(() => past.value)
export const lastRecovery = computed(() => recovered.value)

/** What the card column shows: cards of the feed, then those opened again. */
export const shownCards = computed<readonly Card[]>(() => [
  ...cards.value,
  ...past.value.filter((card) => reopened.value.has(card.pop)),
])

let sessionOver: () => void = () => undefined

function keepGone(before: LiveState, after: LiveState): void {
  const gone = Object.values(before.cards).filter((card) => !(card.pop in after.cards))
  if (gone.length) past.value = [...gone, ...past.value.filter((old) => !gone.includes(old))].slice(0, KEPT)
}

/** Server's time of the last message, where every live clock stops when the feed is lost. */
const heardAt = shallowRef(0)

export const connection = new LiveConnection({
  taken(next, message, arrived, lostMs) {
    if (message.type === 'heartbeat') setServerTime(Date.parse(message.time))
    heardAt.value = serverNow()
    if (lostMs >= TOLD_AFTER_MS) {
      recovered.value = { at: performance.now(), missed: arrived.filter((card) => card.state !== 'ringing').length }
    }
    keepGone(state.value, next)
    state.value = next
    if (next.me) me.value = next.me
    for (const card of arrived) received(card)
  },
  sessionOver: () => sessionOver(),
})

const STALE_MS = 5_000

/** True from 5 s without a message on: what is shown is no longer live. */
export const stale = computed(() => connection.link.state === 'lost' && now.value - heardAt.value > STALE_MS)

/** The time that live clocks show: it stops with the data. */
export const liveNow = computed(() => (stale.value ? heardAt.value : now.value))

/** Begins the feed for the person who is logged in. */
export function startLive(whenSessionOver: () => void): void {
  sessionOver = whenSessionOver
  connection.start()
}

/** Ends the feed and forgets the person. */
export function stopLive(): void {
  connection.stop()
  state.value = NOTHING
  past.value = []
  reopened.value = new Set()
  me.value = null
}

/** Opens a card that went; the newest when no pop is named. */
export function reopen(pop?: string): void {
  const card = pop === undefined ? past.value[0] : past.value.find((item) => item.pop === pop)
  if (card) reopened.value = new Set([...reopened.value, card.pop])
}

/** Puts a card away. A live card stays. */
export function dismiss(card: Card): void {
  if (reopened.value.has(card.pop)) {
    reopened.value = new Set([...reopened.value].filter((pop) => pop !== card.pop))
  } else if (card.state === 'ended' || card.state === 'missed') acted(card, 'dismissed')
}
