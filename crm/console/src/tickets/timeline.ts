// A ticket's timeline by days; within a day neighbouring entries of the system make one group (pure).
import type { TicketEntry } from '@/api/types'
import { dayOf, instant } from '@/lib/format'

const SYSTEM = new Set(['系统', '语音导航'])

export interface Group {
  readonly id: number
  readonly entries: TicketEntry[]
  readonly system: boolean
}
export interface Day {
  /** The Asia/Shanghai day, e.g. "2026-11-22". */
  readonly day: string
  readonly groups: Group[]
}

/** The entries in their order, a new day wherever the day changes. */
export function daysOf(entries: readonly TicketEntry[]): Day[] {
  const found: Day[] = []
  for (const entry of entries) {
    const day = dayOf(instant(entry.at))
    let today = found.at(-1)
    if (today?.day !== day) found.push((today = { day, groups: [] }))
    const system = SYSTEM.has(entry.actor)
    const last = today.groups.at(-1)
    if (last?.system && system) last.entries.push(entry)
    else today.groups.push({ id: entry.id, entries: [entry], system })
  }
  return found
}
