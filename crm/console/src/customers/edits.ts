// What is being written in a customer's file: touched fields stay the writer's, what another saved stands beside (pure).
import type { CustomerFile } from '@/api/customers'

export const FIELDS = ['name', 'kind', 'elder', 'note'] as const
export type FieldName = (typeof FIELDS)[number]
export type Values = Pick<CustomerFile, FieldName>
export const KINDS = ['owner', 'dealer', 'contractor', 'outlet'] as const

/** `typed`: what was changed; `base`: what stood there when the writing began. */
export interface Edits {
  readonly typed: Readonly<Partial<Values>>
  readonly base: Readonly<Partial<Values>>
}
export const NONE: Edits = { typed: {}, base: {} }

/** Writes one field; what equals the file again is no change. */
export function write<F extends FieldName>(edits: Edits, file: Values, field: F, value: Values[F]): Edits {
  const typed = Object.fromEntries(Object.entries({ ...edits.typed, [field]: value }).filter(([name, text]) => name !== field || text !== file[field]))
  const base = Object.fromEntries(Object.entries({ [field]: file[field], ...edits.base }).filter(([name]) => name in typed))
  return { typed, base }
}

/** Touched fields that another has changed since. */
export function overtaken(edits: Edits, file: Values): FieldName[] {
  return FIELDS.filter((field) => field in edits.typed && edits.base[field] !== file[field])
}

/** Takes the newer value of a field: the own text of it goes. */
export function take(edits: Edits, field: FieldName): Edits {
  const without = (values: Edits['typed']): Edits['typed'] => Object.fromEntries(Object.entries(values).filter(([name]) => name !== field))
  return { typed: without(edits.typed), base: without(edits.base) }
}

export function changed(edits: Edits): boolean {
  return Object.keys(edits.typed).length > 0
}
