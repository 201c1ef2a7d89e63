// Notices to callers. Shapes are those of the OpenAPI document.
import { create, request } from './http'
import type { components } from './schema'

type Schemas = components['schemas']
export type Notice = Schemas['NoticeForm']
export type NoticeDraft = Schemas['NoticeDraft']

export const notices = {
  list: () => request<Notice[]>('GET', '/notices'),
  create: (draft: NoticeDraft) => create<Notice>('/notices', draft),
  change: (id: string, draft: NoticeDraft, version: number) => request<Notice>('PUT', `/notices/${id}`, { ...draft, version }),
} as const
