import { describe, expect, it } from 'vitest'

import type { Charge, Visit } from '@/api/dispatch'
import { begun, reportOf, sameTelling, shownCharge, wrongIn } from '@/tickets/tell'

const VISIT = {
  id: 'v', version: 3, state: 'planned', engineer: 'e', starts_at: '2026-11-22T09:00:00.000Z', ends_at: '2026-11-22T11:00:00.000Z', arrived_at: null,
  checklist: [{ key: 'badge_shown', text: '', group: 'shown', done: true }, { key: 'cleaned', text: '', group: 'done', done: false }],
  result_note: '', code_found: '', cause: '', fee: 'out', fee_agreed: false, parts: [],
} as unknown as Visit
const LATER = Date.parse('2026-11-22T12:00:00.000Z')
const ASKED: Charge = { lines: [], total: 40600, why: '' }

describe('what a dispatcher tells of a visit', () => {
  it('begins with the appointment, never later than now', () => {
    const told = begun(VISIT, LATER)
    expect([told.day, told.arrived, told.finished, told.checked]).toEqual(['2026-11-22', '17:00', '19:00', ['badge_shown']])
    expect(begun(VISIT, Date.parse('2026-11-22T09:30:00.000Z')).finished).toBe('17:30')
    expect(sameTelling(told, begun(VISIT, LATER))).toBe(true)
  })

  it('proposes the price list, keeps what was typed, and asks nothing in the warranty', () => {
    const told = begun(VISIT, LATER)
    expect(shownCharge(told, ASKED)).toBe('406.00')
    expect(shownCharge({ ...told, charged: '300' }, ASKED)).toBe('300')
    expect(shownCharge({ ...told, fee: 'unknown' }, ASKED)).toBe('')
    expect(shownCharge(told, { ...ASKED, total: null })).toBe('')
    expect(reportOf({ ...told, fee: 'in' }, VISIT, ASKED).charged_fen).toBe(0)
  })

  it('names what is missing or no number', () => {
    const told = begun(VISIT, LATER)
    expect(wrongIn(told, ASKED)).toEqual({ result: 'result' })
    const bad = { ...told, result: 'fixed' as const, charged: '一百', parts: [{ name: '点火针', quantity: '0' }], finished: '16:00' }
    expect(wrongIn(bad, ASKED)).toEqual({ charged_fen: 'money', parts: 'count', at: 'times' })
  })

  it('sends a whole visit, the arrival only of one that is not there yet', () => {
    const told = { ...begun(VISIT, LATER), result: 'fixed' as const, parts: [{ name: ' 点火针 IGN-01 ', quantity: '2' }, { name: ' ', quantity: '1' }] }
    const report = reportOf(told, VISIT, ASKED)
    expect(report.parts).toEqual([{ name: '点火针 IGN-01', quantity: 2, fen: 0 }])
    expect([report.step, report.version, report.charged_fen, report.arrived_at]).toEqual(['finish', 3, 40600, '2026-11-22T09:00:00.000Z'])
    expect(reportOf(told, { ...VISIT, state: 'on_site' }, ASKED).arrived_at).toBeUndefined()
  })
})
