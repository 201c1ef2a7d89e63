// Who visits customers: outlets and engineers. Shapes are those of the OpenAPI document.
import { create, request } from './http'
import type { components } from './schema'

type Schemas = components['schemas']
export type Outlet = Schemas['OutletForm']
export type OutletDraft = Schemas['OutletDraft']
export type Engineer = Schemas['EngineerForm']
export type EngineerDraft = Schemas['EngineerDraft']

export const field = {
  outlets: () => request<Outlet[]>('GET', '/outlets'),
  addOutlet: (draft: OutletDraft) => create<Outlet>('/outlets', draft),
  changeOutlet: (id: string, draft: OutletDraft, version: number) => request<Outlet>('PUT', `/outlets/${encodeURIComponent(id)}`, { ...draft, version }),
  engineers: () => request<Engineer[]>('GET', '/engineers'),
  addEngineer: (draft: EngineerDraft) => create<Engineer>('/engineers', draft),
  changeEngineer: (id: string, draft: EngineerDraft, version: number) => request<Engineer>('PUT', `/engineers/${encodeURIComponent(id)}`, { ...draft, version }),
} as const
