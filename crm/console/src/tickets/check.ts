// What was found of a machine's papers and of the machine itself, as a form and as the slot that holds it (pure).
import type { SlotValue } from '@/api/types'

export const CHECK = 'warranty_check'
export const FIELDS = ['receipt', 'invoice_on', 'voucher_on', 'card', 'serial_matches', 'cause', 'repairs'] as const
export type CheckField = (typeof FIELDS)[number]
export type Check = Readonly<Record<CheckField, string>>
const UNKNOWN = new Set(['', 'unknown'])

/** The form of what the ticket holds; nothing written down yet is unknown. */
export function checkOf(value: SlotValue): Check {
  const start = { receipt: 'unknown', invoice_on: '', voucher_on: '', card: 'unknown', serial_matches: 'unknown', cause: 'unknown', repairs: '' }
  return Object.fromEntries(FIELDS.map((name) => [name, value[name] || start[name]])) as Check
}

/** What is sent: only what is known. */
export function slotOf(check: Check): SlotValue {
  const told = FIELDS.map((name) => [name, check[name].trim()] as const).filter(([, text]) => !UNKNOWN.has(text))
  return Object.fromEntries(told)
}

/** Writes a field; a paper whose date is filled in was seen. */
export function withField(check: Check, name: CheckField, text: string): Check {
  const dated = (name === 'invoice_on' || name === 'voucher_on') && text !== '' && check.receipt === 'unknown'
  return { ...check, [name]: text, ...(dated ? { receipt: 'yes' } : {}) }
}

/** Whether the number of repairs is none. */
export function badRepairs(check: Check): boolean {
  return !/^\d{0,3}$/.test(check.repairs.trim())
}
