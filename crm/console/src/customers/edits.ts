// The fields of a customer's file that are written by hand.
import type { CustomerChange, CustomerFile } from '@/api/customers'

export const LABELS = {
  name: 'customers.name', kind: 'customers.kind', organization: 'customers.organization', elder: 'customers.elder', do_not_call: 'customers.doNotCall',
  recording_consent: 'customers.recordingConsent', marketing_consent: 'customers.marketingConsent', note: 'customers.note',
} as const
export type FieldName = keyof typeof LABELS
export type Values = Pick<CustomerFile, FieldName>
export const FIELDS = Object.keys(LABELS) as FieldName[]
export const TICKS = ['organization', 'elder', 'do_not_call'] as const
export const CONSENTS = ['recording_consent', 'marketing_consent'] as const
export const KINDS = ['owner', 'dealer', 'contractor', 'outlet'] as const
export const ANSWERS = ['unknown', 'yes', 'no'] as const

/** What of a choice the API knows; null changes nothing. */
export function known<T extends string>(choices: readonly T[], value: string | undefined): T | null {
  return choices.find((choice) => choice === value) ?? null
}

/** The change that the API is asked for. */
export function asChange(typed: Readonly<Partial<Values>>): Omit<CustomerChange, 'version'> {
  const { kind, recording_consent: recording, marketing_consent: marketing, ...rest } = typed
  return { ...rest, kind: known(KINDS, kind), recording_consent: known(ANSWERS, recording), marketing_consent: known(ANSWERS, marketing) }
}
