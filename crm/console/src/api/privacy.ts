// A person's data: handed out, erased; a masked number shown in full. Each is written into the audit log.
import { request } from './http'
import type { components } from './schema'

type Schemas = components['schemas']
export type Revealed = Schemas['Revealed']
export type Erased = Schemas['ErasureForm']

const at = (customer: string): string => `/customers/${encodeURIComponent(customer)}`

export const privacy = {
  reveal: (kind: Schemas['Reveal']['kind'], id: string, reason: string) => request<Revealed>('POST', '/reveal', { kind, id, reason }),
  exportPerson: (customer: string, reason: string) => request<Schemas['PersonExport']>('POST', `${at(customer)}/export`, { reason }),
  erase: (customer: string, reason: string) => request<Erased>('POST', `${at(customer)}/erase`, { reason }),
} as const
