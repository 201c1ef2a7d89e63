// Parts, their stock and prices, partners' quota, the parts of a request. Shapes are those of the OpenAPI document.
import { create, query, request } from './http'
import type { components } from './schema'

type Schemas = components['schemas']
export type StockRow = Schemas['StockRow']
export type StockSlice = Schemas['StockSlice']
export type StockFile = Schemas['StockFile']
export type Level = Schemas['LevelForm']
export type NewMove = Schemas['NewMove']
export type PartChange = Schemas['PartChange']
export type NewPrice = Schemas['NewPrice']
export type SparePart = Schemas['SparePartForm']
export type PartnerSlice = Schemas['PartnerSlice']
export type Partner = Schemas['PartnerForm']
export type PartnerQuota = Schemas['PartnerQuota']
export type PartRequest = Schemas['RequestForm']

interface StockQuery {
  readonly q?: string
  readonly low?: string
  readonly active?: string
  readonly cursor?: string
  readonly size?: number
}

const part = (code: string): string => `/parts/${encodeURIComponent(code)}`
const stock = (code: string): string => `/stock/${encodeURIComponent(code)}`
const partner = (customer: string): string => `/partners/${encodeURIComponent(customer)}`

export const parts = {
  list: (wanted: StockQuery) => request<StockSlice>('GET', `/stock${query({ ...wanted })}`),
  file: (code: string) => request<StockFile>('GET', stock(code)),
  move: (code: string, move: NewMove) => create<StockFile>(`${stock(code)}/moves`, move),
  mark: (code: string, place: string, reorderAt: number, version: number) => request<StockFile>('PUT', `${stock(code)}/${place}`, { reorder_at: reorderAt, version }),
  save: (code: string, change: PartChange) => request<SparePart>('PUT', part(code), change),
  addPrice: (code: string, price: NewPrice) => create<SparePart>(`${part(code)}/prices`, price),
  partners: (wanted: Readonly<{ q?: string; waiting?: string; cursor?: string; size?: number }>) => request<PartnerSlice>('GET', `/partners${query({ ...wanted })}`),
  quota: (customer: string) => request<PartnerQuota>('GET', `${partner(customer)}/quota`),
  savePartner: (customer: string, change: Schemas['PartnerChange']) => request<Partner>('PUT', partner(customer), change),
  ofTicket: (no: string) => request<PartRequest>('GET', `/tickets/${no}/parts`),
  saveOfTicket: (no: string, version: number, lines: Readonly<Record<string, number>>) => request<PartRequest>('PUT', `/tickets/${no}/parts`, { version, lines }),
} as const
