// The promises of a ticket: stopped with a reason, and going on. Shapes are those of the OpenAPI document.
import { request } from './http'
import type { components } from './schema'

type Schemas = components['schemas']
export type Clocks = Schemas['ClocksForm']
export type PauseDraft = Schemas['PauseDraft']

const at = (no: string): string => `/tickets/${encodeURIComponent(no)}/clocks`

export const clocks = {
  of: (no: string) => request<Clocks>('GET', at(no)),
  pause: (no: string, key: string, draft: PauseDraft) => request<Clocks>('POST', `${at(no)}/${key}/pause`, draft),
  resume: (no: string, key: string) => request<Clocks>('POST', `${at(no)}/${key}/resume`),
} as const
