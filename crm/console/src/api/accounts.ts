// Accounts of the people. Shapes are those of the OpenAPI document.
import { request } from './http'
import type { components } from './schema'

type Schemas = components['schemas']
export type Account = Schemas['AccountForm']
export type AccountChange = Schemas['AccountChange']
export type AccountSaved = Schemas['AccountSaved']

const at = (number: string): string => `/accounts/${encodeURIComponent(number)}`

export const accounts = {
  list: () => request<Account[]>('GET', '/accounts'),
  save: (number: string, change: AccountChange) => request<AccountSaved>('PUT', at(number), change),
  reset: (number: string) => request<AccountSaved>('PUT', `${at(number)}/password`),
  changeOwn: (old: string, next: string) => request<undefined>('PUT', '/me/password', { old, new: next }),
} as const
