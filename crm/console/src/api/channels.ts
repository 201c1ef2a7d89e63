// Channels (渠道): programs that may send messages. Shapes are those of the OpenAPI document.
import { create, request } from './http'
import type { components } from './schema'

type Schemas = components['schemas']
export type Channel = Schemas['ChannelForm']
export type ChannelDraft = Schemas['ChannelDraft']

export const channels = {
  list: () => request<Channel[]>('GET', '/channels'),
  add: (draft: ChannelDraft) => create<Channel>('/channels', draft),
  remove: (id: string) => request<undefined>('DELETE', `/channels/${encodeURIComponent(id)}`),
} as const
