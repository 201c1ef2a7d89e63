// What an address asks of a list, and the address that asks for it.
import { expect, it } from 'vitest'

import { ANY, askedOf, queryOf } from '@/lib/filter'

const NAMES = { q: ANY, low: ['true'] } as const

it('reads what is allowed and takes all else for not asked', () => {
  expect(askedOf(NAMES, { q: '电极', low: 'true', cursor: 'abc', other: 'x' })).toEqual({ q: '电极', low: 'true', cursor: 'abc' })
  expect(askedOf(NAMES, { low: 'perhaps', q: ['a', 'b'] })).toEqual({ q: '', low: '', cursor: '' })
})

it('writes only what is asked', () => {
  expect(queryOf({ q: '电极', low: '', cursor: '' })).toEqual({ q: '电极' })
})
