// What is wrong with the lines of a file: of the check, or of its import when there is one; and how an import stands.
import type { Report, Run, RunReport } from '@/api/imports'
import { instant } from '@/lib/format'

export interface Told {
  readonly line: number
  readonly column: string
  readonly value: string
  readonly reason: string
}

/** Returns the problems to show. The import knows more of them, but not what stood there: that the check tells. */
export function toldProblems(report: Report | null, run: RunReport | null): readonly Told[] {
  if (!run) return report?.problems ?? []
  const stood = new Map(report?.problems.map((item) => [`${item.line} ${item.column}`, item.value]))
  return run.problems.map((item) => ({ ...item, value: stood.get(`${item.line} ${item.column}`) ?? '' }))
}

/** Tells whether crm still works on an import: takes its lines over, or takes it back. */
export function onItsWay(run: Run): boolean {
  return !run.ended_at || (run.undo_at !== null && !run.undo_ended_at)
}

/** Tells whether an import can be taken back now. */
export function undoable(run: Run, now: number): boolean {
  return run.undo_until !== null && now <= instant(run.undo_until)
}
