// Which machine on file a call's ticket is about: picked, named by the call, likely; words and picks do not undo each other.
import { describe, expect, it } from 'vitest'

import type { CustomerFile } from '@/api/customers'
import type { Slot, Ticket } from '@/api/types'
import { blankDraft, changeOf, type Draft, isDirty, isPickUnsent, isTouched, markConflict, mergeCard, mergeTicket, saved, touch } from '@/desk/draft'
import { asksMachine, asksProductWords, lacksMachine, likelyMachine, machineOf } from '@/desk/machine'
import { card, ticket as sampleTicket } from './samples.mjs'

const machine = (id: string, serial: string, kind = 'boiler') => ({ id, serial, product_class: kind })
const TWO = [machine('m1', '2503-01877X'), machine('m2', '2609-11420')] as unknown as CustomerFile['products']
const ONE = TWO.slice(0, 1)

function ticket(version: number, product = ''): Ticket {
  return sampleTicket('60214831', { version, product: product ? { id: product, text: product } : null })
}
function fromCall(product = ''): Draft {
  return mergeCard({ ...blankDraft('c1', 0), contact: 'c1' }, { ...card('c1'), draft: ticket(3, product) })
}
function heard(value: Record<string, string>, text: string): Draft {
  const told = card('c1')
  const slots = told.slots.map((slot: Slot) => (slot.slot === 'product' ? { ...slot, value, text } : slot))
  return mergeCard(blankDraft('c1', 0), { ...told, draft: null, slots })
}

describe('the machine of a call’s ticket', () => {
  it('is the one that the ticket, or the call before there is a ticket, names', () => {
    expect(machineOf(fromCall('m2'), TWO)).toBe('m2')
    expect(machineOf(heard({ value: 'boiler', product_id: 'm1' }, '壁挂炉'), TWO)).toBe('m1')
    expect(isDirty(fromCall('m2')) || isTouched(fromCall('m2'))).toBe(false)
  })
  it('must be said of several, for a kind that is about one machine', () => {
    expect([machineOf(fromCall(), TWO), lacksMachine(fromCall(), TWO)]).toEqual([null, true])
    expect(lacksMachine({ ...fromCall(), kind: 'consult' }, TWO)).toBe(false)
    expect([lacksMachine(fromCall(), ONE), lacksMachine(fromCall(), [])]).toEqual([false, false])
    for (const picked of ['m2', '']) expect(lacksMachine({ ...fromCall(), picked }, TWO)).toBe(false)
  })
  it('is asked again when it is no longer on file', () => {
    expect(lacksMachine({ ...fromCall(), picked: 'm9' }, TWO)).toBe(true)
    expect(lacksMachine(fromCall('m9'), TWO)).toBe(true)
  })
  it('is asked only where the kind has a product and the file has machines', () => {
    expect(asksMachine(fromCall(), TWO)).toBe(true)
    expect(asksMachine(fromCall(), [])).toBe(false)
    expect(asksMachine({ ...blankDraft('a', 0), kind: 'consult' }, TWO)).toBe(false)
  })
})

describe('the likely machine', () => {
  it('is the one whose serial was told, however it is written', () => {
    expect(likelyMachine(heard({ value: 'boiler' }, '炉子 2609 11420'), TWO)).toBe('m2')
    expect(likelyMachine(touch(fromCall(), 'product', '2503.01877x'), TWO)).toBe('m1')
    expect(likelyMachine(touch(fromCall(), 'product', '2503-01877X 和 2609-11420'), TWO)).toBe('')
    expect(likelyMachine(fromCall(), TWO)).toBe('')
  })
  it('is the only one on file, unless another kind of machine was told', () => {
    expect(likelyMachine(heard({ value: 'boiler' }, '壁挂炉'), ONE)).toBe('m1')
    expect(likelyMachine(heard({ value: 'unknown' }, '未知产品'), ONE)).toBe('m1')
    expect(likelyMachine(heard({ value: 'other' }, '其他设备'), ONE)).toBe('')
    expect(likelyMachine(touch(fromCall(), 'product', '另一台'), ONE)).toBe('')
  })
  it('is never guessed from a serial that is hardly one', () => {
    const short = [machine('m1', '1'), machine('m2', '')] as unknown as CustomerFile['products']
    expect(likelyMachine(touch(fromCall(), 'product', '壁挂炉 1'), short)).toBe('')
  })
})

describe('a picked machine', () => {
  it('is sent after what was typed, by itself', () => {
    const typed = touch({ ...fromCall(), picked: 'm2' }, 'product', '厨房那台')
    expect(changeOf(typed)).toEqual({ version: 3, slots: { product: { value: { text: '厨房那台' } } } })
    const then = saved(typed, typed, ticket(4), 1)
    expect(changeOf(then)).toEqual({ version: 4, product: 'm2' })
    expect([isDirty(then), isPickUnsent(then)]).toEqual([true, true])
    expect(changeOf(mergeTicket(then, ticket(5, 'm2')))).toBeNull()
  })
  it('hides the words for the product only when none of them wait', () => {
    const draft = { ...fromCall(), picked: 'm2' }
    expect(asksProductWords(draft, TWO)).toBe(false)
    expect(asksProductWords(touch(draft, 'product', '厨房那台'), TWO)).toBe(true)
    expect(asksProductWords({ ...draft, picked: '' }, TWO)).toBe(true)
    expect(asksProductWords(fromCall(), TWO)).toBe(true)
  })
  it('stays while the server says something else, and follows once the server had it', () => {
    const picked = { ...fromCall(), picked: 'm2' }
    expect(machineOf(mergeTicket(picked, ticket(4, 'm1')), TWO)).toBe('m2')
    const had = mergeTicket(picked, ticket(4, 'm2'))
    const after = mergeTicket(had, ticket(5, 'm1'))
    expect([machineOf(after, TWO), changeOf(after)]).toEqual(['m1', null])
  })
  it('is to be picked again when another person set the machine at the same time', () => {
    const clash = [{ field: 'product', by: '李强', at: '2026-11-28T08:00:00Z' }]
    const draft = markConflict({ ...fromCall(), picked: 'm2' }, clash, ticket(4, 'm1'))
    expect([machineOf(draft, TWO), changeOf(draft)]).toEqual(['m1', null])
    const other = [{ field: 'note', by: '李强', at: '2026-11-28T08:00:00Z' }]
    expect(markConflict({ ...fromCall(), picked: 'm2' }, other, ticket(4)).picked).toBe('m2')
  })
  it('may be none of those on file, against the one the call named', () => {
    const none = { ...fromCall('m1'), picked: '' }
    expect([machineOf(none, TWO), changeOf(none)]).toEqual(['', { version: 3, product: '' }])
  })
})
