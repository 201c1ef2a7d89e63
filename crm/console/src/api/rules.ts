// Dated rules: 三包, 时限, 备件配额, 回访. The bodies are those of the company's rule files.
import { create, request } from './http'
import type { components } from './schema'

type Schemas = components['schemas']
export type RuleBook = Schemas['RuleBook']
export type RuleSet = Schemas['RuleSetForm']
export type RuleName = 'warranty' | 'clocks' | 'quota' | 'follow_up'

export const rules = {
  book: (name: RuleName) => request<RuleBook>('GET', `/rules/${name}`),
  add: (name: RuleName, validFrom: string, body: Readonly<Record<string, unknown>>) => create<RuleBook>(`/rules/${name}`, { valid_from: validFrom, body }),
} as const
