// A ticket opened by hand: what a file proposes, what each kind asks, what is sent.
import { describe, expect, it } from 'vitest'

import type { CustomerFile } from '@/api/customers'
import { asksFor, lacksMachine, machineOf, newTicketOf, openingOf } from '@/tickets/opening'

const FILE = {
  id: 'p1',
  products: [{ id: 'm1' }],
  addresses: [{ id: 'a1', value: { road: '新发路5号' } }],
} as unknown as CustomerFile

describe('a ticket opened by hand', () => {
  it('begins with the only machine and the newest address of the file', () => {
    expect(openingOf(FILE)).toMatchObject({ product: 'm1', address: 'a1', kind: 'repair' })
    const bare = { ...FILE, products: [], addresses: [] }
    expect(openingOf(bare)).toMatchObject({ product: '', address: '' })
  })
  it('is told which machine it is about when the file has several', () => {
    const several = { ...FILE, products: [{ id: 'm1' }, { id: 'm2' }] } as unknown as CustomerFile
    const opening = openingOf(several)
    expect([machineOf(opening, several), lacksMachine(opening, several)]).toEqual([null, true])
    expect(lacksMachine({ ...opening, kind: 'training' }, several)).toBe(false)
    expect(newTicketOf({ ...opening, kind: 'training' }, several).product).toBe('')
    for (const product of ['m2', '']) {
      expect(lacksMachine({ ...opening, product }, several)).toBe(false)
      expect(newTicketOf({ ...opening, product }, several).product).toBe(product)
    }
  })
  it('asks again when the chosen machine is no longer on file', () => {
    const gone = { ...openingOf(FILE), product: 'm9' }
    expect([machineOf(gone, FILE), lacksMachine(gone, FILE)]).toEqual([null, true])
    const none = { ...FILE, products: [] }
    expect([machineOf(gone, none), lacksMachine(gone, none)]).toEqual(['', false])
  })
  it('asks for an address only when none of the file is chosen', () => {
    const opening = openingOf(FILE)
    expect(asksFor(opening).map((ask) => ask.slot)).toEqual(['fault_code', 'symptom', 'visit', 'contact'])
    expect(asksFor({ ...opening, address: '' }).map((ask) => ask.slot)).toContain('address')
    expect(asksFor({ ...opening, kind: 'consult' }).map((ask) => ask.slot)).toEqual(['topic', 'contact'])
  })
  it('sends what is filled in', () => {
    const sheet = { fault_code: ' e 01 ', 'visit.date': '2026-11-30', 'visit.part': '上午' }
    expect(newTicketOf({ ...openingOf(FILE), sheet, note: ' 上午在家 ' }, FILE)).toEqual({
      kind: 'repair', priority: 'normal', customer: 'p1', contact: '', product: 'm1', note: '上午在家',
      slots: { fault_code: { raw: 'e 01', canonical: 'E01' }, visit: { date: '2026-11-30', part: '上午' }, address: { road: '新发路5号' } },
    })
    const typed = { ...openingOf(FILE), address: '', sheet: { address: '顺德容桂新发路5号' } }
    expect(newTicketOf(typed, FILE).slots).toEqual({ address: { raw_text: '顺德容桂新发路5号', text: '顺德容桂新发路5号' } })
  })
})
