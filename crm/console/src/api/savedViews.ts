// Named filters of the ticket list: one's own, and those shared with one's roles; how many tickets each has.
import { create, request } from './http'
import type { components } from './schema'

export type SavedView = components['schemas']['SavedViewForm']
export type SavedViewDraft = components['schemas']['SavedViewDraft']
export type ViewCount = components['schemas']['ViewCount']

export const savedViews = {
  list: () => request<SavedView[]>('GET', '/saved-views'),
  counts: () => request<ViewCount[]>('GET', '/ticket-counts'),
  save: (draft: SavedViewDraft) => create<SavedView>('/saved-views', draft),
  remove: (id: string) => request<void>('DELETE', `/saved-views/${id}`),
} as const
