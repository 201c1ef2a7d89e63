// What is wrong with the lines of a file: of the check, or of its import when there is one.
import type { Report, RunReport } from '@/api/imports'

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
