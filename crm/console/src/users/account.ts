// What is written of an account, and what is still missing or wrong (pure).
import type { Account, AccountChange } from '@/api/accounts'

export const ROLES = ['agent', 'dispatcher', 'supervisor', 'quality', 'auditor', 'admin'] as const
export const QUEUES = ['repair', 'consult', 'complaint', 'emergency'] as const
export type Values = Required<Pick<AccountChange, 'name' | 'roles' | 'extension' | 'queues'>>
export const BLANK: Values = { name: '', roles: [], extension: '', queues: [] }

/** What is saved of an account, as the form writes it. */
export function valuesOf(account: Account | null): Values {
  if (!account) return BLANK
  return {
    name: account.name,
    roles: ROLES.filter((role) => account.roles.includes(role)),
    extension: account.extension,
    queues: QUEUES.filter((queue) => account.queues.includes(queue)),
  }
}

export type Lack = 'number' | 'name' | 'roles' | 'extension' | 'queues'

/** Fields that keep it from being saved; `number` is the 工号 of a new account, null of one that exists. */
export function lacks(values: Values, number: string | null): Lack[] {
  const found: Lack[] = []
  if (number !== null && !/^[0-9A-Za-z]{1,20}$/.test(number)) found.push('number')
  if (!values.name.trim()) found.push('name')
  if (!values.roles.length) found.push('roles')
  if (!/^[0-9]{0,20}$/.test(values.extension)) found.push('extension')
  if (values.extension && !values.queues.length) found.push('queues')
  return found
}

/** The list with `item` in or out, in the order of `all`. */
export function toggled<T>(all: readonly T[], chosen: readonly T[], item: T, on: boolean): T[] {
  return all.filter((one) => (one === item ? on : chosen.includes(one)))
}
