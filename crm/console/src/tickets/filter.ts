// What the ticket list asks for: the parts of its address, the chips that show them, its columns (pure).
import type { SavedView } from '@/api/savedViews'
import { ANY } from '@/lib/filter'

export const VIEWS = ['mine', 'opened', 'open', 'at_risk', 'late', 'to_dispatch', 'visits', 'unverified', 'urged', 'urgent', 'complaints', 'today', 'all'] as const
export const KINDS = ['repair', 'complaint', 'consult', 'install', 'unit_return', 'part_return', 'part_request', 'training', 'tech_support', 'follow_up'] as const
export const STATES = [
  'new', 'in_progress', 'waiting_customer', 'replied', 'escalated', 'to_dispatch', 'dispatched', 'scheduled', 'on_the_way', 'on_site', 'waiting_part',
  'factory', 'approving', 'quoted', 'waiting_return', 'waiting_old', 'received', 'refunding', 'shipped', 'resolved', 'closed', 'void',
] as const
export const PRIORITIES = ['urgent', 'high', 'normal', 'low'] as const
export const OWNERS = ['me', 'none'] as const
export const DAYS = ['1', '7', '30', '90'] as const
export const COLUMNS = ['kind', 'priority', 'customer', 'number', 'region', 'summary', 'state', 'owner', 'clock', 'created', 'updated'] as const
export type ColumnName = (typeof COLUMNS)[number]
export const OWN_COLUMNS: readonly ColumnName[] = ['kind', 'priority', 'customer', 'region', 'summary', 'state', 'owner', 'clock', 'updated']

/** The parts of the address. Of a kind, a state, a priority there may be several, with commas between. */
export const NAMES = { view: VIEWS, q: ANY, kind: ANY, state: ANY, priority: ANY, owner: OWNERS, days: DAYS, cols: ANY } as const
export type Asked = Readonly<Record<keyof typeof NAMES, string>>
export type Change = Readonly<Partial<Asked>>
const SEVERAL = { kind: KINDS, state: STATES, priority: PRIORITIES } as const
export type Several = keyof typeof SEVERAL
/** Fields of which one value can be asked for, and those of which several can. */
export const CHOICES: Readonly<Record<Several, readonly string[]>> = SEVERAL

/** The values of a field in the address, in their own order, without what is none. */
export function valuesOf(asked: Asked, field: Several): string[] {
  const given = asked[field].split(',')
  return CHOICES[field].filter((value) => given.includes(value))
}

/** The columns that an address names, in their own order; [] when it names none. */
export function columnsOf(cols: string): ColumnName[] {
  const given = cols.split(',')
  return COLUMNS.filter((name) => given.includes(name))
}

/** The change that asks for a value of a field as well, or no more. */
export function toggle(asked: Asked, field: Several, value: string, on: boolean): Change {
  const held = valuesOf(asked, field)
  return { [field]: CHOICES[field].filter((item) => (item === value ? on : held.includes(item))).join(',') }
}

/** One thing that is asked for; `off` is the change that asks for it no more. */
export interface Chip {
  readonly field: Exclude<keyof Asked, 'cols'>
  readonly value: string
  readonly off: Change
}

/** What is asked for, one by one, in the order of a sentence. The view that shows everything asks for nothing. */
export function chipsOf(asked: Asked): Chip[] {
  const one = (field: Chip['field'], off = ''): Chip[] => (asked[field] && asked[field] !== off ? [{ field, value: asked[field], off: { [field]: off } }] : [])
  const several = (field: Several): Chip[] => valuesOf(asked, field).map((value) => ({ field, value, off: toggle(asked, field, value, false) }))
  return [...one('view', 'all'), ...several('kind'), ...several('state'), ...several('priority'), ...one('owner'), ...one('days'), ...one('q')]
}

/** What the API is asked: the same, several values one by one, without what only the page knows. */
export function paramsOf(asked: Asked): Record<string, string | string[]> {
  const { view, q, owner, days } = asked
  return { view, q, owner, days, kind: valuesOf(asked, 'kind'), state: valuesOf(asked, 'state'), priority: valuesOf(asked, 'priority') }
}

/** The parts of the address that show a kept view. */
export function askedOfView(view: SavedView): Asked {
  return {
    view: view.view ?? 'all', q: view.q ?? '', kind: (view.kind ?? []).join(','), state: (view.state ?? []).join(','), priority: (view.priority ?? []).join(','),
    owner: view.owner ?? '', days: view.days ? String(view.days) : '', cols: (view.columns ?? []).join(','),
  }
}

/** Tells whether both show the same tickets, whatever the columns. */
export function sameTickets(one: Asked, other: Asked): boolean {
  const plain = (asked: Asked): string => JSON.stringify([asked.view, asked.q, asked.owner, asked.days, valuesOf(asked, 'kind'), valuesOf(asked, 'state'), valuesOf(asked, 'priority')])
  return plain(one) === plain(other)
}
