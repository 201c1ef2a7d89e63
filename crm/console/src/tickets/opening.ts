// A ticket opened by hand for a customer: what is asked of its kind, what is sent (pure).
import type { NewTicket } from '@/api'
import type { CustomerFile } from '@/api/customers'
import type { Kind, Priority } from '@/api/types'
import { blankDraft, formSlots } from '@/desk/draft'
import { type TextKey, t } from '@/locales'
import { type Ask, askOf, type Sheet, slotsFor } from './needs'

export const KINDS: readonly Kind[] = ['repair', 'install', 'unit_return', 'part_return', 'part_request', 'complaint', 'consult', 'training', 'tech_support', 'follow_up']
export const PRIORITIES: readonly Priority[] = ['urgent', 'high', 'normal', 'low']
/** address '' = what is typed in the sheet, else the id of one of the file. product '' = none on file, null = not chosen yet. */
export interface Opening {
  readonly kind: Kind
  readonly priority: Priority
  readonly product: string | null
  readonly address: string
  readonly note: string
  readonly sheet: Sheet
}
/** Kinds that are about one machine: with several on file it must be said which. */
const OF_ONE_MACHINE: ReadonlySet<Kind> = new Set(['repair', 'install', 'unit_return', 'part_return'])
export const isOfOneMachine = (kind: Kind): boolean => OF_ONE_MACHINE.has(kind)
const FROM_FILE = new Set(['product', 'note'])

/** A new ticket of a file: its only machine and its newest address stand there already; of several one is to be chosen. */
export function openingOf(file: CustomerFile): Opening {
  const only = file.products.length > 1 ? null : (file.products[0]?.id ?? '')
  return { kind: 'repair', priority: 'normal', product: only, address: file.addresses[0]?.id ?? '', note: '', sheet: {} }
}

/** The machine as it stands; null while one of several is to be chosen, also when the chosen one is no longer on file. */
export function machineOf(opening: Opening, file: CustomerFile): string | null {
  const { product } = opening
  if (product === '' || file.products.some((item) => item.id === product)) return product
  return file.products.length ? null : ''
}

/** Tells whether it must still be said which machine the ticket is about. */
export function lacksMachine(opening: Opening, file: CustomerFile): boolean {
  return OF_ONE_MACHINE.has(opening.kind) && machineOf(opening, file) === null
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
    kind: opening.kind, priority: opening.priority, customer: file.id, contact: '', product: machineOf(opening, file) ?? '', note: opening.note.trim(),
    slots: address ? { ...typed, address: address.value } : typed,
  }
}
