// The live feed: snapshot, whole cards, gaps, nothing told twice.
import { describe, expect, it } from 'vitest'

import type { Card, LiveMessage } from '@/api/types'
import { fold, inOrder, liveCard, type LiveState, NOTHING, reconnecting } from '@/live/reducer'
import { card as sampleCard, me } from './samples.mjs'

function card(contact: string, facts: Partial<Card> = {}): Card {
  return { ...sampleCard(contact), ...facts }
}
function snapshot(cards: Card[], seq = 1): LiveMessage {
  return { type: 'snapshot', n: 1, seq, cards, me: me(), board: null }
}
function take(state: LiveState, message: LiveMessage): { state: LiveState; arrived: string[] } {
  const folded = fold(state, message)
  if (folded.kind === 'gap') throw new Error('gap')
  return { state: folded.state, arrived: folded.arrived.map((item) => item.contact) }
}

describe('fold', () => {
  it('starts with a snapshot and tells its cards', () => {
    const { state, arrived } = take(NOTHING, snapshot([card('a')]))
    expect(arrived).toEqual(['a'])
    expect(state.me?.name).toBe('王敏')
  })

  it('tells a card once, however often it is sent', () => {
    let now = take(NOTHING, snapshot([]))
    now = take(now.state, { type: 'card', n: 2, seq: 2, card: card('a') })
    expect(now.arrived).toEqual(['a'])
    now = take(now.state, { type: 'card', n: 3, seq: 3, card: card('a', { state: 'talking' }) })
    expect(now.arrived).toEqual([])
    now = take(reconnecting(now.state), snapshot([card('a', { state: 'talking' })], 9))
    expect(now.arrived).toEqual([])
    expect(Object.keys(now.state.cards)).toEqual(['pop-a'])
  })

  it('puts the whole card in place and drops it when it is gone', () => {
    const first = take(NOTHING, snapshot([card('a')]))
    const talking = take(first.state, { type: 'card', n: 2, seq: 2, card: card('a', { state: 'talking' }) })
    expect(talking.state.cards['pop-a']?.state).toBe('talking')
    const gone = take(talking.state, { type: 'card', n: 3, seq: 3, card: card('a', { gone: true }) })
    expect(gone.state.cards).toEqual({})
  })

  it('does not tell a card that was gone before it came', () => {
    const first = take(NOTHING, snapshot([card('b', { gone: true })]))
    const late = take(first.state, { type: 'card', n: 2, seq: 2, card: card('a', { gone: true }) })
    expect([...first.arrived, ...late.arrived]).toEqual([])
    expect(late.state.cards).toEqual({})
  })

  const bad: [string, LiveState, LiveMessage][] = [
    ['a message before the snapshot', NOTHING, { type: 'heartbeat', n: 1, seq: 1, time: '' }],
    ['a hole', { ...NOTHING, n: 1, seq: 1 }, { type: 'heartbeat', n: 3, seq: 1, time: '' }],
    ['the same message twice', { ...NOTHING, n: 2, seq: 1 }, { type: 'heartbeat', n: 2, seq: 1, time: '' }],
    ['an older one', { ...NOTHING, n: 5, seq: 4 }, { type: 'heartbeat', n: 3, seq: 4, time: '' }],
    ['events that fall back', { ...NOTHING, n: 1, seq: 4 }, { type: 'heartbeat', n: 2, seq: 3, time: '' }],
    ['a second snapshot on one connection', { ...NOTHING, n: 3, seq: 4 }, snapshot([], 5)],
    ['a snapshot that is not the first', NOTHING, { ...snapshot([]), n: 2 } as LiveMessage],
  ]
  it.each(bad)('asks for a new connection on %s', (_, state, message) => {
    expect(fold(state, message)).toEqual({ kind: 'gap' })
  })

  it('keeps the old content until the new snapshot replaces it', () => {
    const { state } = take(NOTHING, snapshot([card('a'), card('b')]))
    const between = reconnecting(state)
    expect(Object.keys(between.cards)).toHaveLength(2)
    expect(Object.keys(take(between, snapshot([card('b')], 7)).state.cards)).toEqual(['pop-b'])
  })

  it('equals a fresh snapshot after any number of messages', () => {
    let now = take(NOTHING, snapshot([card('a')])).state
    const later: Card[] = [card('a', { state: 'talking' }), card('b'), card('a', { gone: true }), card('b', { state: 'missed' })]
    later.forEach((item, index) => {
      now = take(now, { type: 'card', n: index + 2, seq: index + 2, card: item }).state
    })
    const fresh = take(NOTHING, snapshot([card('b', { state: 'missed' })], 5)).state
    expect(now.cards['pop-b']?.state).toBe(fresh.cards['pop-b']?.state)
    expect(Object.keys(now.cards)).toEqual(Object.keys(fresh.cards))
  })

  it('takes me, board and heartbeat as they are', () => {
    let { state } = take(NOTHING, snapshot([]))
    state = take(state, { type: 'me', n: 2, seq: 1, me: me({ state: 'paused' }) }).state
    state = take(state, { type: 'heartbeat', n: 3, seq: 1, time: '2026-11-22T06:02:31.000Z' }).state
    expect([state.me?.state, state.heartbeat, state.n]).toEqual(['paused', '2026-11-22T06:02:31.000Z', 3])
  })
})

describe('order of the card column', () => {
  const cards = {
    old: card('old', { state: 'ended', rang_at: '2026-01-01T00:00:00Z' }),
    late: card('late', { state: 'ringing', rang_at: '2026-01-01T00:02:00Z' }),
    early: card('early', { state: 'ringing', rang_at: '2026-01-01T00:01:00Z' }),
    live: card('live', { state: 'talking', rang_at: '2026-01-01T00:03:00Z' }),
  }
  it('is talking, ringing by ring, over', () => {
    expect(inOrder(cards).map((item) => item.contact)).toEqual(['live', 'early', 'late', 'old'])
    expect(liveCard(cards)?.contact).toBe('live')
    expect(liveCard({ old: cards.old })).toBeNull()
  })
})
