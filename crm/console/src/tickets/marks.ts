// Which rows of a list are marked (pure). Marks are told by the rows' keys; `last` is where a range begins.

export interface Marks {
  readonly keys: ReadonlySet<string>
  readonly last: string
}
export const NO_MARKS: Marks = { keys: new Set(), last: '' }

/** Marks a row, or takes its mark off. */
export function toggled(marks: Marks, key: string): Marks {
  const keys = new Set(marks.keys)
  if (!keys.delete(key)) keys.add(key)
  return { keys, last: key }
}

/** Marks all rows from the last one that was marked to this one, whichever stands first. */
export function ranged(marks: Marks, key: string, order: readonly string[]): Marks {
  const from = order.indexOf(marks.last)
  const to = order.indexOf(key)
  if (from < 0 || to < 0) return toggled(marks, key)
  return { keys: new Set([...marks.keys, ...order.slice(Math.min(from, to), Math.max(from, to) + 1)]), last: key }
}

/** Marks all rows; none, when all are marked. */
export function allOrNone(marks: Marks, order: readonly string[]): Marks {
  return order.every((key) => marks.keys.has(key)) ? NO_MARKS : { keys: new Set(order), last: '' }
}

/** The marks of rows that are still there. */
export function stillThere(marks: Marks, order: readonly string[]): Marks {
  return { keys: new Set(order.filter((key) => marks.keys.has(key))), last: order.includes(marks.last) ? marks.last : '' }
}
