// Product tracking cards and the warranty's judgement. Shapes are those of the OpenAPI document.
import { create, request } from './http'
import type { components } from './schema'
import type { Warranty } from './types'

type Schemas = components['schemas']
export type ProductCard = Schemas['ProductCard']
export type ProductDraft = Schemas['ProductDraft']
export type ProductChange = Schemas['ProductChange']
export type Question = Schemas['WarrantyQuestion']

const at = (product: string): string => `/products/${encodeURIComponent(product)}`

export const products = {
  card: (product: string) => request<ProductCard>('GET', at(product)),
  create: (draft: ProductDraft) => create<ProductCard>('/products', draft),
  change: (product: string, change: ProductChange) => request<ProductCard>('PUT', at(product), change),
  judge: (question: Question) => request<Warranty>('POST', '/warranty', question),
} as const
