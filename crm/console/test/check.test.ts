// The check of papers and machine: what of it is sent, what a date tells of its paper.
import { describe, expect, it } from 'vitest'

import { badRepairs, checkOf, slotOf, withField } from '@/tickets/check'

describe('the check', () => {
  it('sends only what is known', () => {
    const check = { ...checkOf({}), cause: 'dismantled', repairs: ' 2 ' }
    expect(slotOf(check)).toEqual({ cause: 'dismantled', repairs: '2' })
    expect(slotOf(checkOf({}))).toEqual({})
    expect(checkOf({ receipt: 'no', other: 'x' })).toEqual({ ...checkOf({}), receipt: 'no' })
  })
  it('takes a paper for seen when its date is written down, unless it is said to be missing', () => {
    expect(withField(checkOf({}), 'invoice_on', '2025-12-01').receipt).toBe('yes')
    expect(withField(checkOf({ receipt: 'no' }), 'voucher_on', '2025-12-01').receipt).toBe('no')
    expect(withField(checkOf({}), 'invoice_on', '').receipt).toBe('unknown')
    expect(withField(checkOf({}), 'card', 'yes').receipt).toBe('unknown')
  })
  it('knows what is no number of repairs', () => {
    expect(badRepairs(checkOf({ repairs: '2' }))).toBe(false)
    expect(badRepairs(checkOf({ repairs: '两次' }))).toBe(true)
  })
})
