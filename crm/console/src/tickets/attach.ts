// Whose a ticket is and which machine and address of the file it is about, as chosen and as sent (pure).
import type { TicketChange } from '@/api'
import type { CustomerFile } from '@/api/customers'
import type { Ticket } from '@/api/types'

/** What stands in the form; null = as it is. product '' = none on file; address is the id of one of the file. */
export interface Choice {
  readonly customer: string | null
  readonly product: string | null
  readonly address: string | null
}
export const AS_IS: Choice = { customer: null, product: null, address: null }

/** Another customer was picked: the only machine of the file is the one, more are to be chosen from. */
export function picked(file: CustomerFile, ticket: Ticket): Choice {
  const customer = file.id === ticket.customer ? null : file.id
  const only = file.products.length === 1 ? (file.products[0]?.id ?? null) : null
  return { customer, product: only === ticket.product?.id ? null : only, address: null }
}

export function isChoice(choice: Choice): boolean {
  return choice.customer !== null || choice.product !== null || choice.address !== null
}

/** What the API is asked for; null while an address that was chosen is no longer in the file. */
export function attachOf(choice: Choice, file: CustomerFile | null, version: number): TicketChange | null {
  const change: TicketChange = { version }
  if (choice.customer !== null) change.customer = choice.customer
  if (choice.product !== null) change.product = choice.product
  if (choice.address === null) return change
  const address = file?.addresses.find((item) => item.id === choice.address)
  return address ? { ...change, slots: { address: { value: address.value } } } : null
}
