// What a visit is going to cost, as the ticket's verdict says (pure).
import type { Warranty } from '@/api/types'

export const FEES = ['unknown', 'in', 'out'] as const
export type Fee = (typeof FEES)[number]

/** In the warranty only when the free repair is certain, out of it only when it is excluded; else it is seen on site. */
export function feeOf(verdict: Warranty | null): Fee {
  const standing = verdict?.rights.find((right) => right.right === 'free_repair')?.standing
  return standing === 'yes' ? 'in' : standing === 'no' ? 'out' : 'unknown'
}
