// One's own named filters of the ticket list.
import { request } from './http'
import type { components } from './schema'

export type SavedView = components['schemas']['SavedViewForm']

export const savedViews = {
  list: () => request<SavedView[]>('GET', '/saved-views'),
  save: (name: string, view: string, q: string) => request<SavedView>('POST', '/saved-views', { name, view, q }),
  remove: (id: string) => request<void>('DELETE', `/saved-views/${id}`),
} as const
