// A ticket opened by hand for a customer: what is asked of its kind, what is sent (pure).
import type { NewTicket } from '@/api'
import type { CustomerFile } from '@/api/customers'
import type { Kind, Priority } from '@/api/types'
import { blankDraft, formSlots } from '@/desk/draft'
import { type TextKey, t } from '@/locales'
import { type Ask, askOf, type Sheet, slotsFor } from './needs'

export const KINDS: readonly Kind[] = ['repair', 'install', 'unit_return', 'part_return', 'part_request', 'complaint', 'consult', 'training', 'tech_support', 'follow_up']
export const PRIORITIES: readonly Priority[] = ['urgent', 'high', 'normal', 'low']
/** address '' = what is typed in the sheet, else the id of one of the file. */
export interface Opening {
  readonly kind: Kind
  readonly priority: Priority
  readonly product: string
  readonly address: string
  readonly note: string
  readonly sheet: Sheet
}
const FROM_FILE = new Set(['product', 'note'])

/** A new ticket of a file: its only machine and its newest address stand there already. */
export function openingOf(file: CustomerFile): Opening {
  const only = file.products.length === 1 ? (file.products[0]?.id ?? '') : ''
  return { kind: 'repair', priority: 'normal', product: only, address: file.addresses[0]?.id ?? '', note: '', sheet: {} }
}

/** The inputs of a kind besides those that are chosen from the file. */
export function asksFor(opening: Opening): Ask[] {
  const slots = formSlots({ ...blankDraft('', 0), kind: opening.kind }).filter((slot) => !FROM_FILE.has(slot) && (slot !== 'address' || !opening.address))
  return slots.map((slot) => askOf(slot, t(`slot.${slot}` as TextKey), false))
}

export function newTicketOf(opening: Opening, file: CustomerFile): NewTicket {
  const typed = Object.fromEntries(Object.entries(slotsFor(asksFor(opening), opening.sheet)).map(([slot, { value }]) => [slot, value]))
  const address = file.addresses.find((item) => item.id === opening.address)
  return {
    kind: opening.kind, priority: opening.priority, customer: file.id, contact: '', product: opening.product, note: opening.note.trim(),
    slots: address ? { ...typed, address: address.value } : typed,
  }
}
