// Which machine on file a call's ticket is about: what stands, what is likely, when it must be said (pure).
import type { CustomerFile } from '@/api/customers'
import { isOfOneMachine } from '@/tickets/opening'
import { type Draft, fieldOf, formSlots } from './draft'

type Machines = CustomerFile['products']
const PRODUCT = 'product'
const SHORTEST_SERIAL = 4 // shorter ones stand in any text

/** Tells whether the form asks which machine it is: its kind has a product, and the file has machines. */
export function asksMachine(draft: Draft, machines: Machines): boolean {
  return machines.length > 0 && formSlots(draft).includes(PRODUCT)
}

/** The machine as it stands: picked, else what the ticket names; '' = none on file, null = to be picked. */
export function machineOf(draft: Draft, machines: Machines): string | null {
  const said = draft.picked ?? (draft.machine || null)
  return said === '' || machines.some((item) => item.id === said) ? said : null
}

/** Tells whether it must be said which of several machines the ticket is about. */
export function lacksMachine(draft: Draft, machines: Machines): boolean {
  return machines.length > 1 && isOfOneMachine(draft.kind) && machineOf(draft, machines) === null
}

/** The machine that the caller seems to mean: its serial was said or typed, or no other is on file; '' = not known. */
export function likelyMachine(draft: Draft, machines: Machines): string {
  const field = fieldOf(draft, PRODUCT)
  const told = plain([field.text, ...Object.values(field.value)].join(' '))
  const named = machines.filter((item) => plain(item.serial).length >= SHORTEST_SERIAL && told.includes(plain(item.serial)))
  const only = machines.length === 1 && !field.touched && suits(field.value['value'], machines[0]?.product_class) ? machines : []
  const found = named.length ? named : only
  return found.length === 1 ? (found[0]?.id ?? '') : ''
}

/** Tells whether the words of the product are asked for: none of the machines on file was picked, or words wait there. */
export function asksProductWords(draft: Draft, machines: Machines): boolean {
  const field = fieldOf(draft, PRODUCT)
  const waits = field.touched && field.text.trim() !== field.saved && field.text.trim() !== field.sent
  return waits || field.newer?.conflict === true || !machineOf(draft, machines)
}

function suits(said: string | undefined, kind: string | undefined): boolean {
  return !said || said === 'unknown' || said === kind
}

function plain(text: string): string {
  return text.replace(/[\s.·-]/g, '').toUpperCase()
}
