// Which card of the column is unfolded when another call rings.
import { expect, it } from 'vitest'

import type { Card } from '@/api/types'
import { inFront } from '@/desk/front'
import { card as sampleCard } from './samples.mjs'

function card(contact: string, state: Card['state']): Card {
  return { ...sampleCard(contact), pop: contact, state }
}
function front(cards: Card[], pop: string, known: string[]): string {
  return inFront(cards, { pop, known: new Set(known) })?.contact ?? ''
}
const OLD = card('old', 'ended')
const RINGS = card('rings', 'ringing')

it('unfolds the first card, and none where there is none', () => {
  expect([front([RINGS, OLD], '', []), front([], 'old', ['old'])]).toEqual(['rings', ''])
})

it('unfolds a call that rings over one that is over, however early it rang', () => {
  const before = { ...RINGS, rang_at: '2020-01-01T00:00:00Z' } // the feed brought the old card while it rang already
  expect(front([before, OLD], 'old', ['old'])).toBe('rings')
})

it('keeps a live card when another rings', () => {
  expect(front([card('talks', 'talking'), RINGS], 'talks', ['talks'])).toBe('talks')
  expect(front([RINGS, card('talks', 'ended')], 'talks', ['talks'])).toBe('rings') // once it is over
})

it('keeps what was pressed while it rang', () => {
  expect(front([RINGS, OLD], 'old', ['old', 'rings'])).toBe('old')
})
