// The figures of a set of rules: what a person reads and may set anew; all else of a set is taken over as it is (pure).
import type { RuleName } from '@/api/rules'

type Node = Readonly<Record<string, unknown>>

/** One figure. path: where it stands in the body; what: names or codes to be said; unit: key of its unit. */
export interface Figure {
  readonly path: readonly (string | number)[]
  readonly what: readonly string[]
  readonly unit: 'days' | 'years' | 'hours' | 'workHours' | 'pieces' | 'units' | 'times' | 'points'
  readonly value: number
  readonly place: string
  readonly sentence: string
}

function node(value: unknown): Node {
  return typeof value === 'object' && value !== null ? (value as Node) : {}
}
function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : []
}
function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
function words(value: unknown): string[] {
  return list(value).filter((item): item is string => typeof item === 'string')
}
function figure(path: Figure['path'], what: readonly string[], unit: Figure['unit'], value: unknown, said: Node): Figure[] {
  return typeof value === 'number' ? [{ path, what, unit, value, place: text(said['place']), sentence: text(said['text']) }] : []
}

function warranty(body: Node): Figure[] {
  const periods = node(body['periods'])
  const said = node(body['sentences'])
  const days = ['refund', 'exchange'].flatMap((right) => figure(['periods', right, 'days'], [right], 'days', node(periods[right])['days'], node(said[right])))
  const years = node(node(periods['repair'])['years'])
  const repair = Object.entries(years).flatMap(([kind, value]) => figure(['periods', 'repair', 'years', kind], ['repair', kind], 'years', value, node(said['repair'])))
  return [...days, ...repair, ...figure(['review_after_repairs'], ['review'], 'times', body['review_after_repairs'], node(said['setting']))]
}

function clocks(body: Node): Figure[] {
  return list(body['promises']).flatMap((item, index) => {
    const promise = node(item)
    return figure(['promises', index, 'hours'], [text(promise['label']), ...words(promise['scopes'])], promise['calendar'] === 'working' ? 'workHours' : 'hours', promise['hours'], { place: promise['place'], text: promise['sentence'] })
  })
}

function quota(body: Node): Figure[] {
  const said = node(body['sentence'])
  const places = node(body['environments'])
  return list(body['quotas']).flatMap((item, index) => {
    const row = node(item)
    const what = [text(row['part']), text(places[text(row['environment'])]) || text(row['environment'])]
    return [...figure(['quotas', index, 'pieces'], what, 'pieces', row['pieces'], said), ...figure(['quotas', index, 'per_units'], what, 'units', row['per_units'], said)]
  })
}

/** A set that was written by hand comes back from the database in another order: people read all in one. */
const KINDS: readonly string[] = ['self_resolved', 'repair', 'install', 'complaint']
function place(kind: string): number {
  return KINDS.includes(kind) ? KINDS.indexOf(kind) : KINDS.length
}

function followUp(body: Node): Figure[] {
  const said = node(body['sentence'])
  const after = Object.entries(node(body['after_days'])).sort(([one], [other]) => place(one) - place(other))
  const days = after.flatMap(([kind, value]) => figure(['after_days', kind], [`after_${kind}`], 'days', value, said))
  const rest = (['most_days', 'low_score', 'satisfied'] as const).flatMap((name) => figure([name], [name], name === 'most_days' ? 'days' : 'points', body[name], said))
  return [...days, ...rest]
}

const READERS: Readonly<Record<RuleName, (body: Node) => Figure[]>> = { warranty, clocks, quota, follow_up: followUp }

/** The figures of a set, in the order of its file. */
export function figuresOf(name: RuleName, body: Readonly<Record<string, unknown>>): Figure[] {
  return READERS[name](body)
}

/** The set in force on a day: the last that begins no later. `sets` by when they begin, `day` as "2026-11-27". */
export function setInForce<Set extends { readonly valid_from: string }>(sets: readonly Set[], day: string): Set | null {
  return sets.filter((set) => set.valid_from <= day).at(-1) ?? null
}

/** The body with figures set anew; `values` by the path joined with dots. The given body is not touched. */
export function bodyWith(body: Readonly<Record<string, unknown>>, values: Readonly<Record<string, number>>): Record<string, unknown> {
  const copy = structuredClone(body) as Record<string, unknown>
  for (const [path, value] of Object.entries(values)) {
    const steps = path.split('.')
    const last = steps.pop() ?? ''
    let at = copy
    for (const step of steps) at = at[step] as Record<string, unknown>
    at[last] = value
  }
  return copy
}

/** Tells whether what was typed is a figure a rule may have: a positive number with at most two digits after the point. */
export function isFigure(typed: string): boolean {
  return /^\d{1,5}(\.\d{1,2})?$/.test(typed.trim()) && Number(typed) > 0
}
