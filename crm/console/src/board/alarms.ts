// Alarms of the board: what is said several times stands there once, with how often and when last (pure).
import type { Board } from '@/api/types'

export type Alarm = Board['alarms'][number]

/** Alarms of the same words as one, the newest of them and how many; in the order in which the words came first. */
export function grouped(alarms: readonly Alarm[]): { newest: Alarm; count: number }[] {
  const found = new Map<string, { newest: Alarm; count: number }>()
  for (const alarm of alarms) {
    const same = found.get(alarm.text)
    found.set(alarm.text, same ? { newest: alarm.at > same.newest.at ? alarm : same.newest, count: same.count + 1 } : { newest: alarm, count: 1 })
  }
  return [...found.values()]
}
