// The live feed folded into what the pages show (pure). A gap in `n` asks for a new connection and changes nothing.
import type { Board, Card, LiveMessage, Me } from '@/api/types'

export interface LiveState {
  /** Number of the last message of this connection; 0 before the snapshot. */
  readonly n: number
  /** Number of the newest event that is shown; never falls within a connection. */
  readonly seq: number
  readonly cards: Readonly<Record<string, Card>>
  readonly me: Me | null
  readonly board: Board | null
  /** Server's time of the last heartbeat, "" before the first. */
  readonly heartbeat: string
}

export type Folded =
  | { readonly kind: 'taken'; readonly state: LiveState; readonly arrived: readonly Card[] }
  | { readonly kind: 'gap' }

export const NOTHING: LiveState = { n: 0, seq: 0, cards: {}, me: null, board: null, heartbeat: '' }

/** What a new connection starts from: the old content stays on the page until the snapshot replaces it. */
export function reconnecting(state: LiveState): LiveState {
  return { ...state, n: 0 }
}

function byPop(cards: readonly Card[]): Record<string, Card> {
  const found: Record<string, Card> = {}
  for (const card of cards) if (!card.gone) found[card.pop] = card
  return found
}

function withCard(cards: Readonly<Record<string, Card>>, card: Card): Record<string, Card> {
  const next = { ...cards, [card.pop]: card }
  if (card.gone) delete next[card.pop]
  return next
}

/**
 * Takes one message. `arrived` are the cards the page did not hold before: each is told once, whatever is sent again.
 * Messages must come as 1, 2, 3 …, the first a snapshot; anything else is a gap.
 */
export function fold(state: LiveState, message: LiveMessage): Folded {
  if (message.type === 'snapshot') {
    if (message.n !== 1 || state.n !== 0) return { kind: 'gap' }
    const cards = byPop(message.cards)
    const arrived = Object.values(cards).filter((card) => !(card.pop in state.cards))
    const { n, seq, me, board } = message
    return { kind: 'taken', state: { ...state, n, seq, cards, me, board }, arrived }
  }
  if (state.n === 0 || message.n !== state.n + 1 || message.seq < state.seq) return { kind: 'gap' }
  const next = { ...state, n: message.n, seq: message.seq }
  switch (message.type) {
    case 'card': {
      const { card } = message
      const arrived = card.gone || card.pop in state.cards ? [] : [card]
      return { kind: 'taken', state: { ...next, cards: withCard(state.cards, card) }, arrived }
    }
    case 'me':
      return { kind: 'taken', state: { ...next, me: message.me }, arrived: [] }
    case 'board':
      return { kind: 'taken', state: { ...next, board: message.board }, arrived: [] }
    case 'heartbeat':
      return { kind: 'taken', state: { ...next, heartbeat: message.time }, arrived: [] }
  }
}

const RANK = { ringing: 1, talking: 0, ended: 2, missed: 3 } as const

/** Cards in the order of the card column: the talking one, ringing ones by ring, then those that are over, newest first. */
export function inOrder(cards: Readonly<Record<string, Card>>): Card[] {
  return Object.values(cards).sort((a, b) => {
    if (RANK[a.state] !== RANK[b.state]) return RANK[a.state] - RANK[b.state]
    const order = a.rang_at < b.rang_at ? -1 : a.rang_at > b.rang_at ? 1 : 0
    return RANK[a.state] < 2 ? order : -order
  })
}

/** The card of the call that is talking, else the first that rings. */
export function liveCard(cards: Readonly<Record<string, Card>>): Card | null {
  const first = inOrder(cards)[0]
  return first && (first.state === 'talking' || first.state === 'ringing') ? first : null
}
