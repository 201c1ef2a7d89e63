// Customers' files. Shapes are those of the OpenAPI document.
import { create, query, request } from './http'
import type { components } from './schema'

type Schemas = components['schemas']
export type CustomerFile = Schemas['CustomerForm']
export type CustomerRow = Schemas['CustomerRow']
export type CustomerChange = Schemas['CustomerChange']
export type CustomerAddress = Schemas['AddressForm']
export type LikeCustomer = Schemas['LikeCustomer']
export type Duplicates = Schemas['Duplicates']
export type Merge = Schemas['MergeForm']
export type NumberMarks = Schemas['NumberMarks']
export type NumberDraft = Schemas['NumberDraft']

const at = (id: string): string => `/customers/${encodeURIComponent(id)}`

export const customers = {
  list: (filter: Readonly<Record<string, string | number | undefined>>) => request<Schemas['Listing_CustomerRow_']>('GET', `/customers${query(filter)}`),
  file: (id: string) => request<CustomerFile>('GET', at(id)),
  change: (id: string, change: CustomerChange) => request<CustomerFile>('PATCH', at(id), change),
  create: (draft: Schemas['CustomerDraft']) => create<CustomerFile>('/customers', draft),
  duplicates: (id: string) => request<Duplicates>('GET', `${at(id)}/duplicates`),
  merge: (id: string, gone: string, version: number) => create<Merge>(`${at(id)}/merges`, { gone, version }),
  undoMerge: (merge: string) => request<CustomerFile>('POST', `/customer-merges/${encodeURIComponent(merge)}/undo`),
  putNumber: (id: string, draft: NumberDraft) => request<CustomerFile>('PUT', `${at(id)}/numbers`, draft),
  markNumber: (id: string, number: string, marks: NumberMarks) => request<CustomerFile>('PATCH', `${at(id)}/numbers/${encodeURIComponent(number)}`, marks),
  removeNumber: (id: string, number: string) => request<CustomerFile>('DELETE', `${at(id)}/numbers/${encodeURIComponent(number)}`),
  addAddress: (id: string, draft: Schemas['AddressDraft']) => request<CustomerFile>('PUT', `${at(id)}/addresses`, draft),
  changeAddress: (id: string, address: string, change: Schemas['AddressChange']) => request<CustomerFile>('PUT', `${at(id)}/addresses/${encodeURIComponent(address)}`, change),
  removeAddress: (id: string, address: string) => request<CustomerFile>('DELETE', `${at(id)}/addresses/${encodeURIComponent(address)}`),
  addNote: (id: string, text: string) => create<Schemas['CustomerNoteForm']>(`${at(id)}/notes`, { text }),
} as const
