// Import of customers and machines from files. Shapes are those of the OpenAPI document.
import { query, request, send } from './http'
import type { components } from './schema'

type Schemas = components['schemas']
export type Report = Schemas['ImportReport']
export type Run = Schemas['ImportRunForm']
export type RunReport = Schemas['ImportRunReport']
export type Column = Schemas['ColumnForm']
export type Table = 'customers' | 'products'

export const imports = {
  runs: () => request<{ items: Run[]; next: string }>('GET', '/imports'),
  one: (id: string) => request<RunReport>('GET', `/imports/runs/${id}`),
  undo: (id: string) => request<Run>('POST', `/imports/runs/${id}/undo`),
  columns: (table: Table) => request<Column[]>('GET', `/imports/${table}/columns`),
  template: (table: Table) => `/api/v1/imports/${table}/template?format=xlsx`,
  exported: (table: Table) => `/api/v1/exports/${table}?format=xlsx`,
  check: (table: Table, file: File) => send<Report>('POST', `/imports/${table}/check`, file),
  run: (table: Table, file: File, digest: string, skip: boolean) =>
    send<Report>('POST', `/imports/${table}${query({ checked: digest, name: file.name, skip_problems: skip ? 'true' : 'false' })}`, file),
} as const
