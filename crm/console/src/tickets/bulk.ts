// One change made to many tickets: each by the same act as on its own page, one after another, with a report. What is
// closed is left alone; what was changed can be taken back, unless somebody else changed it meanwhile (pure but for `send`).
import { Problem } from '@/api/http'
import type { Priority, TicketRow } from '@/api/types'

export type BulkChange = { readonly owner: string } | { readonly priority: Priority }
export interface Step {
  readonly no: string
  readonly version: number
  readonly change: BulkChange
  readonly back: BulkChange
  /** Why it is not even tried; '' = it is. */
  readonly barred: string
}
export interface Refused {
  readonly no: string
  readonly why: string
}
export interface Report<T> {
  readonly done: readonly T[]
  readonly refused: readonly Refused[]
  /** What takes the change back. */
  readonly undo: readonly Step[]
}
interface Saved {
  readonly no: string
  readonly version: number
}

const UNDO_MS = 10_000
const SEEN_MS = 4_000
const OVER: readonly string[] = ['closed', 'void']

/** Returns what is to be done to each of these rows. */
export function stepsOf(rows: readonly TicketRow[], change: BulkChange): Step[] {
  return rows.map((row) => ({
    no: row.no, version: row.version, change, back: 'owner' in change ? { owner: row.owner } : { priority: row.priority }, barred: OVER.includes(row.state) ? row.state_name : '',
  }))
}

function same(one: BulkChange, other: BulkChange): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** How long a report stands: taking it back is offered for a while, what was not done stays until it was read (0). */
export function lastsMs(report: Report<unknown>): number {
  if (report.undo.length) return UNDO_MS
  return report.refused.length ? 0 : SEEN_MS
}

/** What is left of a report when its time is over; null = nothing. */
export function left<T>(report: Report<T>): Report<T> | null {
  return report.refused.length ? { ...report, undo: [] } : null
}

/** Does the steps; `told` hears how many are over. A server that cannot be reached, or no longer knows us, is asked no further. */
export async function runSteps<T extends Saved>(steps: readonly Step[], send: (step: Step) => Promise<T>, told: (n: number) => void, offline: string): Promise<Report<T>> {
  const done: T[] = []
  const refused: Refused[] = []
  const undo: Step[] = []
  let stop = ''
  for (const [index, step] of steps.entries()) {
    const why = step.barred || stop
    if (why) refused.push({ no: step.no, why })
    else {
      try {
        const saved = await send(step)
        done.push(saved)
        if (!same(step.change, step.back)) undo.push({ ...step, version: saved.version, change: step.back, back: step.change })
      } catch (error) {
        const known = error instanceof Problem && !error.offline
        refused.push({ no: step.no, why: known ? error.detail : offline })
        if (!known || error.status === 401) stop = known ? error.detail : offline
      }
    }
    told(index + 1)
  }
  return { done, refused, undo }
}
