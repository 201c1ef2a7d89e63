// A ticket being written (pure): what came from the call, what the agent touched, what came later.
import type { TicketChange } from '@/api'
import type { Card, Kind, Priority, Slot, SlotValue, Ticket, TicketMove } from '@/api/types'
import { valueOf } from './slotValue'

export interface Newer {
  readonly text: string
  readonly value: SlotValue
  readonly by: string
  readonly at: string
  /** Both changed it: nothing is saved until the agent chose. */
  readonly conflict: boolean
}

export interface Field {
  readonly slot: string
  readonly label: string
  readonly text: string
  readonly value: SlotValue
  /** speech | crm | dtmf | caller_id | agent | "" */
  readonly origin: string
  readonly status: string
  /** What the value lacks, in the server's words. */
  readonly hint: string
  readonly touched: boolean
  /** What the server shows; another text there is a newer value. */
  readonly saved: string
  /** What the agent wrote and the server took. */
  readonly sent: string
  readonly newer: Newer | null
}

export interface Draft {
  readonly id: string
  readonly contact: string
  readonly customer: string
  readonly customerName: string
  readonly number: string
  readonly no: string
  readonly version: number
  readonly kind: Kind
  readonly kindTouched: boolean
  readonly priority: Priority
  readonly priorityTouched: boolean
  readonly fields: Readonly<Record<string, Field>>
  /** The machine on file that the ticket is about, as the server has it; '' = none. */
  readonly machine: string
  /** The machine that the agent picked; '' = none on file, null = nothing was picked. */
  readonly picked: string | null
  readonly stateName: string
  readonly moves: readonly TicketMove[]
  readonly wrapCode: string
  readonly move: string
  readonly createdAt: number
  readonly localAt: number
  readonly serverAt: number
  readonly submittedAt: number
}

const FORM: Readonly<Partial<Record<Kind, readonly string[]>>> = {
  repair: ['fault_code', 'symptom', 'address', 'visit', 'product', 'contact', 'note'],
  install: ['address', 'visit', 'product', 'contact', 'note'],
  complaint: ['category', 'statement', 'product', 'contact', 'note'],
  consult: ['topic', 'contact', 'note'],
}
const PLAIN = ['address', 'product', 'contact', 'note'] as const

/** Slots of a kind's form in order, then whatever else the call has filled. */
export function formSlots(draft: Draft): string[] {
  const own: readonly string[] = FORM[draft.kind] ?? PLAIN
  const more = Object.values(draft.fields).filter((field) => field.text && !own.includes(field.slot))
  return [...own, ...more.map((field) => field.slot)]
}

export function emptyField(slot: string): Field {
  return { slot, label: '', text: '', value: {}, origin: '', status: '', hint: '', touched: false, saved: '', sent: '', newer: null }
}

export function fieldOf(draft: Draft, slot: string): Field {
  return draft.fields[slot] ?? emptyField(slot)
}

/** A draft with nothing in it; `now` in ms. */
export function blankDraft(id: string, now: number): Draft {
  return {
    id, contact: '', customer: '', customerName: '', number: '', no: '', version: 0,
    kind: 'repair', kindTouched: false, priority: 'normal', priorityTouched: false,
    fields: {}, machine: '', picked: null, stateName: '', moves: [], wrapCode: '', move: '', createdAt: now, localAt: 0, serverAt: 0, submittedAt: 0,
  }
}

function mergedField(field: Field, slot: Slot): Field {
  const base = { ...field, label: slot.label, hint: slot.hint }
  if (slot.text === field.saved && field.origin) return { ...base, status: slot.status }
  if (!field.touched) {
    return { ...base, text: slot.text, saved: slot.text, value: slot.value, origin: slot.source, status: slot.status, newer: null }
  }
  if (slot.text === field.text || !slot.text) {
    return { ...base, saved: slot.text, value: slot.value, status: slot.status, newer: null }
  }
  const newer = { text: slot.text, value: slot.value, by: slot.verified_by, at: slot.verified_at ?? '', conflict: field.newer?.conflict ?? false }
  return { ...base, saved: slot.text, newer }
}

/** Takes the machine that the server names. A pick that the server had follows it; one it does not have yet stays. */
function mergeMachine(draft: Draft, machine: string): Draft {
  const followed = draft.picked === draft.machine && machine !== draft.machine
  return { ...draft, machine, picked: followed ? null : draft.picked }
}

function mergeSlots(draft: Draft, slots: readonly Slot[]): Draft {
  const fields: Record<string, Field> = { ...draft.fields }
  for (const slot of slots) fields[slot.slot] = mergedField(fieldOf(draft, slot.slot), slot)
  return { ...draft, fields }
}

function mergeHeard(draft: Draft, slots: readonly Slot[]): Draft {
  const named = slots.find((slot) => slot.slot === 'product')?.value['product_id']
  return mergeMachine(mergeSlots(draft, slots), typeof named === 'string' ? named : '')
}

/** Takes a later state of the ticket: untouched fields follow silently, touched ones keep the agent's text. */
export function mergeTicket(draft: Draft, ticket: Ticket): Draft {
  if (draft.no === ticket.no && ticket.version < draft.version) return draft
  const next = mergeMachine(mergeSlots(draft, ticket.slots), ticket.product?.id ?? '')
  return {
    ...next,
    no: ticket.no,
    version: ticket.version,
    stateName: ticket.state_name,
    moves: ticket.moves,
    customer: ticket.customer || draft.customer,
    customerName: ticket.customer_name || draft.customerName,
    kind: draft.kindTouched ? draft.kind : ticket.kind,
    priority: draft.priorityTouched ? draft.priority : ticket.priority,
  }
}

/** Takes what a card says: slots of the call, its ticket, the caller's number. */
export function mergeCard(draft: Draft, card: Card): Draft {
  let next = card.draft ? mergeTicket(draft, card.draft) : draft.no ? draft : mergeHeard(draft, card.slots)
  const person = card.caller.customer
  if (person) next = { ...next, customer: person.id, customerName: person.name }
  const number = card.caller.number
  if (!number || number.includes('*')) return next
  const contact = fieldOf(next, 'contact')
  next = { ...next, number }
  if (contact.touched || contact.text) return next
  const filled: Field = { ...contact, text: number, origin: 'caller_id' }
  return { ...next, fields: { ...next.fields, contact: filled } }
}

function replace(draft: Draft, field: Field): Draft {
  return { ...draft, fields: { ...draft.fields, [field.slot]: field } }
}

/** The agent typed: from now on the field is the agent's. */
export function touch(draft: Draft, slot: string, text: string): Draft {
  const field = fieldOf(draft, slot)
  const newer = field.newer?.text === text ? null : field.newer
  return replace(draft, { ...field, text, origin: 'agent', touched: true, newer })
}

/** The agent takes the newer value. */
export function takeNewer(draft: Draft, slot: string): Draft {
  const field = fieldOf(draft, slot)
  if (!field.newer) return draft
  const { text, value } = field.newer
  return replace(draft, { ...field, text, value, saved: text, touched: true, newer: null })
}

/** The agent keeps the own text against a newer one. */
export function keepOwn(draft: Draft, slot: string): Draft {
  return replace(draft, { ...fieldOf(draft, slot), newer: null })
}

/** Marks the fields that another changed at the same time, with the values that stand on the server now. */
export function markConflict(draft: Draft, changed: readonly { field: string; by: string; at: string }[], current: Ticket): Draft {
  const merged = mergeTicket({ ...draft, version: Math.min(draft.version, current.version) }, current)
  const fields = { ...merged.fields }
  for (const { field: name, by, at } of changed) {
    const field = fields[name]
    if (field?.newer) fields[name] = { ...field, newer: { ...field.newer, by, at, conflict: true } }
  }
  const picked = changed.some((item) => item.field === 'product') ? null : merged.picked // what another set is seen before it is set again
  return { ...merged, fields, picked }
}

function unsaved(draft: Draft): Field[] {
  return Object.values(draft.fields).filter((field) => {
    const text = field.text.trim()
    return field.touched && text !== field.saved && text !== field.sent && !field.newer?.conflict
  })
}

/** Tells whether a machine was picked that the server does not have. */
export function isPickUnsent(draft: Draft): boolean {
  return draft.picked !== null && draft.picked !== draft.machine
}

/** Tells whether the agent wrote anything that the server does not have. */
export function isDirty(draft: Draft): boolean {
  return unsaved(draft).length > 0 || draft.kindTouched || draft.priorityTouched || isPickUnsent(draft)
}

/** Tells whether a person typed in this draft at all. */
export function isTouched(draft: Draft): boolean {
  return draft.kindTouched || draft.priorityTouched || draft.picked !== null || Object.values(draft.fields).some((field) => field.touched)
}

/**
 * What to send next so that the ticket has what the agent wrote; null when it already has. The machine goes by itself and
 * last: one that went to another file meanwhile is refused and must not hold up what was typed, nor be overwritten by it.
 */
export function changeOf(draft: Draft): TicketChange | null {
  const slots: Record<string, { value: SlotValue }> = {}
  for (const field of unsaved(draft)) slots[field.slot] = { value: valueOf(field.slot, field.text) }
  const change: TicketChange = { version: draft.version }
  if (Object.keys(slots).length) change.slots = slots
  if (draft.kindTouched) change.kind = draft.kind
  if (draft.priorityTouched) change.priority = draft.priority
  if (change.slots || change.kind || change.priority) return change
  return draft.picked !== null && isPickUnsent(draft) ? { ...change, product: draft.picked } : null
}

/** All slot values that stand in the form, for a ticket that does not exist yet. */
export function slotsOf(draft: Draft): Record<string, SlotValue> {
  const slots: Record<string, SlotValue> = {}
  for (const field of Object.values(draft.fields)) {
    const text = field.text.trim()
    if (text && field.slot !== 'note') slots[field.slot] = field.touched || field.origin === 'caller_id' ? valueOf(field.slot, text) : field.value
  }
  return slots
}

/** Marks as saved what was sent (not what was typed since), after the server answered with `ticket`. */
export function saved(draft: Draft, sent: Draft, ticket: Ticket, at: number): Draft {
  const fields: Record<string, Field> = { ...draft.fields }
  for (const field of unsaved(sent)) {
    const now = fields[field.slot] ?? field
    const answered = ticket.slots.find((slot) => slot.slot === field.slot)
    const newer = now.newer?.text === answered?.text ? null : now.newer
    const known = answered ? { saved: answered.text, value: answered.value, status: answered.status, hint: answered.hint } : {}
    fields[field.slot] = { ...now, ...known, sent: field.text.trim(), newer }
  }
  return {
    ...draft,
    fields,
    no: ticket.no,
    version: Math.max(draft.version, ticket.version),
    kindTouched: draft.kindTouched && draft.kind !== sent.kind,
    priorityTouched: draft.priorityTouched && draft.priority !== sent.priority,
    serverAt: at,
  }
}
