// The endpoints the console uses, one function each; all throw `Problem`.
import { create, query, request } from './http'
import type { components } from './schema'
import type { Act, Call, CallRow, Kind, Me, Page, Priority, SlotValue, Status, Ticket, TicketLine, Warranty } from './types'

export interface TicketChange {
  version: number
  kind?: Kind
  priority?: Priority
  owner?: string
  customer?: string
  product?: string
  move?: string
  ship_from?: string
  slots?: Record<string, { value: SlotValue }>
  confirm?: string[]
}

export interface NewTicket {
  kind: Kind
  priority: Priority
  customer: string
  contact: string
  product: string
  slots: Record<string, SlotValue>
  note: string
}

export type TicketOwner = components['schemas']['OwnerForm']

export const api = {
  logIn: (number: string, password: string) => request<Me>('POST', '/session', { number, password }),
  logOut: () => request<undefined>('DELETE', '/session'),
  me: () => request<Me>('GET', '/me'),
  signIn: () => request<Me>('POST', '/me/sign-in', { extension: '', queues: [] }),
  signOut: () => request<Me>('POST', '/me/sign-out'),
  ready: () => request<Me>('POST', '/me/ready'),
  pause: (reason: string) => request<Me>('POST', '/me/pause', { reason }),

  acknowledge: (pop: string, step: 'received' | 'shown', pageTime: string) =>
    request<undefined>('POST', `/pops/${encodeURIComponent(pop)}/${step}`, { page_time: pageTime }),
  acted: (pop: string, act: Act, pageTime: string) =>
    request<undefined>('POST', `/pops/${encodeURIComponent(pop)}/acted`, { page_time: pageTime, act }),

  tickets: (filter: Readonly<Record<string, string | number | readonly string[] | undefined>>) =>
    request<Page<TicketLine>>('GET', `/tickets${query(filter)}`),
  ticket: (no: string) => request<Ticket>('GET', `/tickets/${encodeURIComponent(no)}`),
  newTicket: (ticket: NewTicket) => create<Ticket>('/tickets', ticket),
  changeTicket: (no: string, change: TicketChange) =>
    request<Ticket & { merged: string[] }>('PATCH', `/tickets/${encodeURIComponent(no)}`, change),
  judgeTicket: (no: string, value: SlotValue) => request<Warranty>('POST', `/tickets/${encodeURIComponent(no)}/warranty`, { value }),
  judgeSample: (no: string, slot: string, misheard: boolean) => request<Ticket>('PUT', `/tickets/${encodeURIComponent(no)}/samples/${slot}`, { misheard }),
  owners: () => request<TicketOwner[]>('GET', '/ticket-owners'),
  note: (no: string, text: string) => create<Ticket>(`/tickets/${encodeURIComponent(no)}/notes`, { text }),

  calls: (filter: Readonly<Record<string, string | number | undefined>>) =>
    request<Page<CallRow>>('GET', `/calls${query(filter)}`),
  call: (contact: string) => request<Call>('GET', `/calls/${encodeURIComponent(contact)}`),
  /** The address of a table of these tickets, or of those of a list. */
  ticketTable: (filter: Readonly<Record<string, string | number | readonly string[] | undefined>>) => `/api/v1/exports/tickets.csv${query(filter)}`,
  status: () => request<Status>('GET', '/status'),
} as const
