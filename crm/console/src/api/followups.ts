// Follow-ups: the day's list, attempts, figures. Shapes are those of the OpenAPI document.
import { create, query, request } from './http'
import type { components } from './schema'
import type { Page } from './types'

type Schemas = components['schemas']
export type FollowUp = Schemas['FollowUpForm']
export type AttemptDraft = Schemas['AttemptDraft']
export type AttemptResult = AttemptDraft['result']
export type Hours = Schemas['FollowUpHours']
export type Figures = Schemas['FollowUpFigures']
export type Tab = 'due' | 'later' | 'done' | 'supervisor'

const at = (id: string): string => `/followups/${encodeURIComponent(id)}`

export const followUps = {
  list: (tab: Tab, cursor: string, size: number) => request<Page<FollowUp>>('GET', `/followups${query({ tab, cursor, size })}`),
  hours: () => request<Hours>('GET', '/followups-hours'),
  figures: (from: string, to: string) => request<Figures>('GET', `/followups-figures${query({ from, to })}`),
  take: (id: string) => request<FollowUp>('POST', `${at(id)}/take`),
  tell: (id: string, draft: AttemptDraft) => create<FollowUp>(`${at(id)}/attempts`, draft),
} as const
