// Gas companies' emergency numbers by city. Shapes are those of the OpenAPI document.
import { request } from './http'
import type { components } from './schema'

type Schemas = components['schemas']
export type GasPhone = Schemas['GasPhoneForm']
export type GasPhoneDraft = Schemas['GasPhoneDraft']

const at = (adcode: string): string => `/gas-phones/${encodeURIComponent(adcode)}`

export const gasPhones = {
  list: () => request<GasPhone[]>('GET', '/gas-phones'),
  save: (adcode: string, draft: GasPhoneDraft) => request<GasPhone>('PUT', at(adcode), draft),
  remove: (adcode: string) => request<undefined>('DELETE', at(adcode)),
} as const
