// Knowledge: fault codes, consult articles, phrases. Shapes are those of the OpenAPI document.
import { create, query, request } from './http'
import type { components } from './schema'

type Schemas = components['schemas']
export type EntryRow = Schemas['EntryRow']
export type Entry = Schemas['EntryForm']
export type Version = Schemas['VersionForm']
export type Content = Version['content']
export type EntryKind = 'fault_code' | 'article' | 'phrase'
export type Pack = Schemas['PackForm']
export type Step = 'submit' | 'refuse' | 'publish' | 'withdraw'

const at = (kind: EntryKind, key: string): string => `/knowledge/${kind}/${encodeURIComponent(key)}`

export const knowledge = {
  pack: () => request<Pack>('GET', '/knowledge-pack'),
  list: (kind: EntryKind, filter: Readonly<Record<string, string | number | undefined>>) =>
    request<{ items: EntryRow[]; next: string }>('GET', `/knowledge/${kind}${query(filter)}`),
  entry: (kind: EntryKind, key: string) => request<Entry>('GET', at(kind, key)),
  create: (kind: EntryKind, key: string, content: Content) => create<Entry>(`/knowledge/${kind}`, { key, content }),
  write: (kind: EntryKind, key: string, revision: number, content: Content) =>
    request<Entry>('PUT', `${at(kind, key)}/draft`, { revision, content }),
  step: (kind: EntryKind, key: string, step: Step, revision: number, note: string) =>
    request<Entry>('POST', `${at(kind, key)}/${step}`, { revision, note }),
  rollBack: (kind: EntryKind, key: string, revision: number, version: number) =>
    request<Entry>('POST', `${at(kind, key)}/roll-back`, { revision, version, note: '' }),
} as const
