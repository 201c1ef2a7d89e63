// Call-back tasks.
import { query, request } from './http'
import type { components } from './schema'
import type { Callback, Page } from './types'

export type CallbackResult = components['schemas']['CallbackDone']['result']
export type Tab = 'callback' | 'voicemail' | 'abandoned'

const at = (task: string): string => `/callbacks/${encodeURIComponent(task)}`

export const callbacks = {
  list: (tab: Tab, done: boolean, cursor: string, size: number) =>
    request<Page<Callback>>('GET', `/callbacks${query({ tab, done: done ? 'true' : 'false', cursor, size })}`),
  take: (task: string, reason: string) => request<Callback>('POST', `${at(task)}/take`, { reason }),
  done: (task: string, result: CallbackResult, note: string) => request<Callback>('POST', `${at(task)}/done`, { result, note }),
} as const
