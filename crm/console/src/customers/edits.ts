// The fields of a customer's file that are written by hand.
import type { CustomerFile } from '@/api/customers'

export const FIELDS = ['name', 'kind', 'elder', 'note'] as const
export type FieldName = (typeof FIELDS)[number]
export type Values = Pick<CustomerFile, FieldName>
export const KINDS = ['owner', 'dealer', 'contractor', 'outlet'] as const
