// Correcting a ticket: what stands in the inputs, what of it is sent.
import { describe, expect, it } from 'vitest'

import { none } from '@/lib/edits'
import { asksOfTicket, correctionOf, heldBy, written } from '@/tickets/correcting'
import { ticket } from './samples.mjs'

const T = ticket('60214831')
const typed = (sheet: Record<string, string>) => written(none(), heldBy(T), sheet)

describe('correcting a ticket', () => {
  it('shows what stands', () => {
    expect(heldBy(T)).toMatchObject({ kind: 'repair', priority: 'high', owner: '', fault_code: 'E01', symptom: '', 'visit.date': '2026-11-22', 'visit.part': '下午' })
    const spoken = ticket('1', { slots: [{ ...T.slots[3], value: { date: '2026-11-22', part: 'afternoon' } }] })
    expect(heldBy(spoken)['visit.part']).toBe('下午')
  })
  it('leaves the time of a planned visit to the dispatcher', () => {
    expect(asksOfTicket(T).map((ask) => ask.slot)).toEqual(['fault_code', 'symptom', 'address', 'visit', 'contact'])
    expect(asksOfTicket(ticket('1', { state: 'scheduled' })).map((ask) => ask.slot)).not.toContain('visit')
  })
  it('sends only what was written, and nothing of what is as before', () => {
    expect(correctionOf(typed(heldBy(T)), T)).toBeNull()
    expect(correctionOf(typed({ ...heldBy(T), fault_code: 'f 28' }), T)).toEqual({ version: 3, slots: { fault_code: { value: { raw: 'f 28', canonical: 'F28' } } } })
    expect(correctionOf(typed({ 'visit.date': '2026-11-30' }), T)).toEqual({ version: 3, slots: { visit: { value: { date: '2026-11-30', part: '下午' } } } })
    expect(correctionOf(typed({ kind: 'consult', priority: 'low', owner: 'a1' }), T)).toEqual({ version: 3, kind: 'consult', priority: 'low', owner: 'a1' })
  })
})
