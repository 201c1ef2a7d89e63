// Dispatch and visits. Shapes are those of the OpenAPI document.
import { create, query, request } from './http'
import type { components } from './schema'

type Schemas = components['schemas']
export type Board = Schemas['DispatchBoard']
export type Waiting = Schemas['BoardTicket']
export type EngineerLine = Schemas['BoardEngineer']
export type BoardVisit = Schemas['BoardVisit']
export type Visit = Schemas['crm__visits__schemas__VisitForm']
export type Suggestion = Schemas['SuggestionForm']
export type VisitDraft = Schemas['VisitDraft']
export type VisitChange = Schemas['VisitChange']
export type VisitReport = Omit<Schemas['VisitReport'], 'step'> & { step: 'finish' }
export type Charge = Schemas['ChargeForm']
export type Outlet = Schemas['OutletForm']

const at = (visit: string): string => `/visits/${encodeURIComponent(visit)}`

export const dispatch = {
  board: (day: string, outlet: string) => request<Board>('GET', `/dispatch/board${query({ day, outlet })}`),
  outlets: () => request<Outlet[]>('GET', '/outlets'),
  suggest: (ticket: string, startsAt: string, endsAt: string) =>
    request<Suggestion[]>('POST', '/dispatch/suggestions', { ticket, starts_at: startsAt, ends_at: endsAt }),
  ofTicket: (ticket: string) => request<Schemas['Slice_VisitForm_']>('GET', `/visits${query({ ticket })}`),
  visit: (id: string) => request<Visit>('GET', at(id)),
  plan: (draft: VisitDraft) => create<Visit>('/visits', draft),
  report: (id: string, report: Partial<VisitReport>) => request<Visit>('POST', `${at(id)}/report`, report),
  revoke: (id: string, version: number, reason: string) => request<Visit>('POST', `${at(id)}/revoke`, { version, reason }),
  places: (id: string) => request<Schemas['VisitPlaces']>('GET', `${at(id)}/places`),
  charge: (fee: string, parts: readonly Schemas['PartUsed'][]) => request<Charge>('POST', '/dispatch/charges', { fee, parts }),
  change: (id: string, change: VisitChange) => request<Visit>('PATCH', at(id), change),
} as const
