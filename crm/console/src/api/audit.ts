// Who looked at what and changed what.
import { query, request } from './http'
import type { components } from './schema'

type Schemas = components['schemas']
export type AuditPage = Schemas['Slice_AuditForm_']

export const audit = {
  list: (filter: { actor: string; action: string; subject: string; cursor: string; size: number }) => request<AuditPage>('GET', `/audit${query(filter)}`),
} as const
