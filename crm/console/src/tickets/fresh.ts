// A list that is on the screen meets a newer reading of it: what stands there changes in place, nothing moves (pure).

interface Row {
  readonly no: string
}
export interface Met<R extends Row> {
  /** The rows as they stand, with their newest content. */
  readonly rows: readonly R[]
  /** Those that left the list, greyed until it is read anew. */
  readonly gone: ReadonlySet<string>
  /** How many came or left. */
  readonly changes: number
}

/** Meets `shown` with the newest reading; `more`: the list goes on, so that rows at its end may just have moved on. */
export function meet<R extends Row>(shown: readonly R[], newest: readonly R[], more: boolean): Met<R> {
  const fresh = new Map(newest.map((row) => [row.no, row]))
  const known = new Set(shown.map((row) => row.no))
  const came = newest.filter((row) => !known.has(row.no)).length
  const lastLeft = shown.reduce((last, row, index) => (fresh.has(row.no) ? index : last), -1)
  const left = shown.filter((row, index) => !fresh.has(row.no) && !(more && came > 0 && index > lastLeft))
  return { rows: shown.map((row) => fresh.get(row.no) ?? row), gone: new Set(left.map((row) => row.no)), changes: came + left.length }
}

/** Returns the rows that others changed between two readings: those of a newer version. */
export function changedSince<R extends Row & { readonly version: number }>(before: readonly R[], newest: readonly R[]): Set<string> {
  const known = new Map(before.map((row) => [row.no, row.version]))
  return new Set(newest.filter((row) => row.version > (known.get(row.no) ?? row.version)).map((row) => row.no))
}
