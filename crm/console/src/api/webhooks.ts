// Webhooks (推送): who is told of events. Shapes are those of the OpenAPI document.
import { query, request } from './http'
import type { components } from './schema'

type Schemas = components['schemas']
export type Webhook = Schemas['WebhookForm']
export type WebhookDraft = Schemas['WebhookDraft']
export type Delivery = Schemas['DeliveryForm']

const at = (id: string): string => `/webhooks/${encodeURIComponent(id)}`

export const webhooks = {
  list: () => request<Webhook[]>('GET', '/webhooks'),
  add: (draft: WebhookDraft) => request<Webhook>('POST', '/webhooks', draft),
  remove: (id: string) => request<undefined>('DELETE', at(id)),
  activate: (id: string, active: boolean) => request<undefined>('PATCH', at(id), { active }),
  again: (id: string, fromEvent: number) => request<undefined>('POST', `${at(id)}/again`, { from_event: fromEvent }),
  deliveries: (id: string, cursor: string) => request<Schemas['Slice_DeliveryForm_']>('GET', `${at(id)}/deliveries${query({ cursor, size: 50 })}`),
} as const
