// Customers' files. Shapes are those of the OpenAPI document.
import { query, request } from './http'
import type { components } from './schema'

type Schemas = components['schemas']
export type CustomerFile = Schemas['CustomerForm']
export type CustomerChange = Schemas['CustomerChange']

const at = (id: string): string => `/customers/${encodeURIComponent(id)}`

export const customers = {
  list: (filter: Readonly<Record<string, string | number | undefined>>) => request<Schemas['Listing_CustomerRow_']>('GET', `/customers${query(filter)}`),
  file: (id: string) => request<CustomerFile>('GET', at(id)),
  change: (id: string, change: CustomerChange) => request<CustomerFile>('PATCH', at(id), change),
} as const
