// A draft never overwrites what the agent typed and never loses what came later.
import { describe, expect, it } from 'vitest'

import type { Slot, Ticket } from '@/api/types'
import { blankDraft, changeOf, type Draft, fieldOf, formSlots, isDirty, keepOwn, markConflict, mergeCard, mergeTicket, saved, slotsOf, takeNewer, touch } from '@/desk/draft'
import { missingDigits, printedCode, valueOf } from '@/desk/slotValue'
import { card, ticket as sampleTicket } from './samples.mjs'

function ticket(version: number, texts: Record<string, string> = {}): Ticket {
  const base: Ticket = sampleTicket('60214831', { version })
  const slots = base.slots.map((slot: Slot) => (slot.slot in texts ? { ...slot, text: texts[slot.slot] ?? '', verified_by: '李强' } : slot))
  return { ...base, slots }
}
function fromCall(): Draft {
  return mergeCard({ ...blankDraft('c1', 0), contact: 'c1' }, { ...card('c1'), draft: ticket(3) })
}

describe('filling from the call', () => {
  it('takes slots with their origin and the caller’s number', () => {
    const draft = fromCall()
    expect([draft.no, draft.version, draft.customerName]).toEqual(['60214831', 3, '陈国强'])
    expect([fieldOf(draft, 'fault_code').text, fieldOf(draft, 'fault_code').origin]).toEqual(['E01', 'speech'])
    expect([fieldOf(draft, 'contact').text, fieldOf(draft, 'contact').origin]).toEqual(['138 0013 8000', 'caller_id'])
    expect(isDirty(draft)).toBe(false)
    expect(changeOf(draft)).toBeNull()
  })

  it('does not put a masked number into the form', () => {
    const covered = card('c1')
    const draft = mergeCard(blankDraft('c1', 0), { ...covered, caller: { ...covered.caller, number: '138****8000' } })
    expect(fieldOf(draft, 'contact').text).toBe('')
  })

  it('shows the form of the kind and whatever else the call filled', () => {
    const draft = touch({ ...fromCall(), kind: 'consult' }, 'topic', '收费')
    expect(formSlots(draft).slice(0, 3)).toEqual(['topic', 'contact', 'note'])
    expect(formSlots(draft)).toContain('fault_code')
  })
})

describe('later values', () => {
  it('fill untouched fields silently', () => {
    const draft = mergeTicket(fromCall(), ticket(4, { fault_code: 'E02' }))
    expect(fieldOf(draft, 'fault_code')).toMatchObject({ text: 'E02', newer: null, touched: false })
  })

  it('stand beside a touched field until they are taken', () => {
    const touched = touch(fromCall(), 'fault_code', 'E03')
    const draft = mergeTicket(touched, ticket(4, { fault_code: 'E02' }))
    expect(fieldOf(draft, 'fault_code')).toMatchObject({ text: 'E03', newer: { text: 'E02', by: '李强', conflict: false } })
    expect(fieldOf(takeNewer(draft, 'fault_code'), 'fault_code')).toMatchObject({ text: 'E02', newer: null })
    expect(fieldOf(keepOwn(draft, 'fault_code'), 'fault_code')).toMatchObject({ text: 'E03', newer: null })
  })

  it('that equal the agent’s text leave no mark', () => {
    const draft = mergeTicket(touch(fromCall(), 'fault_code', 'E02'), ticket(4, { fault_code: 'E02' }))
    expect(fieldOf(draft, 'fault_code').newer).toBeNull()
  })

  it('that are older than what is shown change nothing', () => {
    const now = mergeTicket(fromCall(), ticket(5, { fault_code: 'E05' }))
    expect(mergeTicket(now, ticket(4, { fault_code: 'E04' }))).toBe(now)
  })

  it('do not touch a kind and urgency the agent chose', () => {
    const draft = mergeTicket({ ...fromCall(), kind: 'complaint', kindTouched: true, priority: 'low', priorityTouched: true }, ticket(4))
    expect([draft.kind, draft.priority]).toEqual(['complaint', 'low'])
  })
})

describe('saving', () => {
  it('sends only what the agent changed', () => {
    const draft = touch(touch(fromCall(), 'fault_code', 'e 02'), 'note', '上午不在家')
    expect(changeOf(draft)).toEqual({ version: 3, slots: { fault_code: { value: { raw: 'e 02', canonical: 'E02' } }, note: { value: { text: '上午不在家' } } } })
  })

  it('marks what was sent, not what was typed meanwhile', () => {
    const sent = touch(fromCall(), 'fault_code', 'e02')
    const typed = touch(sent, 'fault_code', 'e023')
    const draft = saved(typed, sent, ticket(4, { fault_code: 'E02' }), 99)
    expect(fieldOf(draft, 'fault_code').text).toBe('e023')
    expect(changeOf(draft)?.slots).toHaveProperty('fault_code')
    expect([draft.version, draft.serverAt]).toEqual([4, 99])
  })

  it('is done when the server holds the same in its own spelling', () => {
    const sent = touch(fromCall(), 'fault_code', 'e 02')
    const answer = ticket(4, { fault_code: 'E02' })
    const pushed = mergeTicket(sent, answer)
    const draft = saved(pushed, sent, answer, 99)
    expect(changeOf(draft)).toBeNull()
    expect(fieldOf(draft, 'fault_code')).toMatchObject({ text: 'e 02', newer: null })
  })

  it('stops at a conflict until the agent chooses', () => {
    const mine = touch(fromCall(), 'fault_code', 'E03')
    const draft = markConflict(mine, [{ field: 'fault_code', by: '李强', at: '2026-11-22T06:05:00Z' }], ticket(6, { fault_code: 'E02' }))
    expect(fieldOf(draft, 'fault_code').newer).toMatchObject({ by: '李强', conflict: true })
    expect(changeOf(draft)).toBeNull()
    expect(changeOf(keepOwn(draft, 'fault_code'))).toMatchObject({ version: 6, slots: { fault_code: { value: { canonical: 'E03' } } } })
    expect(changeOf(takeNewer(draft, 'fault_code'))).toBeNull()
  })

  it('gives all values for a ticket that does not exist yet', () => {
    const draft = touch(mergeCard(blankDraft('x', 0), { ...card('x'), draft: null }), 'symptom', '不打火')
    const slots = slotsOf(draft)
    expect(slots['symptom']).toEqual({ text: '不打火' })
    expect(slots['fault_code']).toMatchObject({ canonical: 'E01' })
    expect(slots['contact']).toEqual({ number: '13800138000' })
  })
})

describe('values of slots', () => {
  it('leave an address as it was written, for the server to find where it lies', () => {
    expect(valueOf('address', ' 禅城祖庙路 1 号 ')).toEqual({ raw_text: '禅城祖庙路 1 号', text: '禅城祖庙路 1 号' })
  })
  it('write codes as printed', () => {
    expect(printedCode(' e-0.1 ')).toBe('E01')
    expect(valueOf('visit', ' 明天上午 ')).toEqual({ text: '明天上午' })
  })
  it('count the digits a mobile number lacks', () => {
    expect([missingDigits('138 0013 800'), missingDigits('13800138000'), missingDigits('0757-6688 3358'), missingDigits('')]).toEqual([1, 0, 0, 0])
  })
})
