// Numbers and money that are typed about parts; what will lie there afterwards.
import { describe, expect, it } from 'vitest'

import { after, fenOf, LABOR, pieces, valuesOf, withLine } from '@/parts/part'

describe('what is typed about parts', () => {
  it.each([['12', 12], [' 0 ', 0], ['1000000', 1_000_000], ['1000001', null], ['-1', null], ['1.5', null], ['三', null], ['', null]])('pieces %s', (typed, expected) => {
    expect(pieces(typed)).toBe(expected)
  })
  it.each([['128', 12_800], ['128.5', 12_850], ['¥0.29', 29], ['1.005', null], ['四百', null], ['', null]])('yuan %s', (typed, expected) => {
    expect(fenOf(typed)).toBe(expected)
  })
  it('gives the fee for coming its name, and another new part none', () => {
    expect(valuesOf(null, ` ${LABOR} `)).toEqual({ name: '上门人工费', unit: '次', swappable: false, active: true })
    expect(valuesOf(null, 'PCB').name).toBe('')
  })
  it('says what will lie there', () => {
    expect([after('in', 3, 2), after('out', 3, 4), after('count', 3, 9)]).toEqual([5, -1, 9])
  })
  it('puts a line in, changes it and takes it out', () => {
    expect(withLine({ A: 1 }, 'B', 2)).toEqual({ A: 1, B: 2 })
    expect(withLine({ A: 1, B: 2 }, 'A', null)).toEqual({ B: 2 })
  })
})
