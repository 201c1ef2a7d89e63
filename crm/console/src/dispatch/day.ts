// The dispatcher's day: where a visit stands in the grid, which window to propose, what is late (pure).
import type { BoardVisit, EngineerLine } from '@/api/dispatch'
import { dayOf, hourMinute, instant, momentOf } from '@/lib/format'

const MINUTE = 60_000
const HALF_HOUR = 30 * MINUTE
const WINDOW = 4 * HALF_HOUR
const TWO_HOURS = 4 * HALF_HOUR
const LEAST = 2 // per cent: what a short visit, or one that only begins here, is still seen by

/** The hours of the day that the grid shows, even ones. */
export interface Hours {
  readonly first: number
  readonly last: number
}
/** What is shown of a day whatever its visits. */
export const USUAL: Hours = { first: 8, last: 20 }

export interface Bar {
  readonly visit: BoardVisit
  /** Per cent of the grid's width. */
  readonly left: number
  readonly width: number
  readonly lane: number
}

function hourOf(day: string, hour: number): number {
  return momentOf(day, '00:00') + hour * 2 * HALF_HOUR
}

/** The hours that show all these visits, as far as they are of this day. */
export function hoursOf(day: string, visits: readonly BoardVisit[]): Hours {
  const even = (ms: number, round: (steps: number) => number): number => Math.min(24, Math.max(0, round((ms - hourOf(day, 0)) / TWO_HOURS) * 2))
  return {
    first: Math.min(USUAL.first, ...visits.map((visit) => even(instant(visit.starts_at), Math.floor))),
    last: Math.max(USUAL.last, ...visits.map((visit) => even(instant(visit.ends_at), Math.ceil))),
  }
}

/** Every second hour of them but the last, where the grid ends. */
export function marksOf({ first, last }: Hours): number[] {
  return Array.from({ length: (last - first) / 2 }, (_, index) => first + index * 2)
}

function length({ first, last }: Hours): number {
  return (last - first) * 2 * HALF_HOUR
}

/** Where a moment stands between the first and the last hour, 0 to 100. */
export function place(day: string, ms: number, hours: Hours): number {
  return Math.min(100, Math.max(0, ((ms - hourOf(day, hours.first)) / length(hours)) * 100))
}

/** The half hour at a place of the grid, e.g. "09:30". */
export function timeAt(day: string, share: number, hours: Hours): string {
  const steps = Math.floor((Math.min(0.999, Math.max(0, share)) * length(hours)) / HALF_HOUR)
  return hourMinute(hourOf(day, hours.first) + steps * HALF_HOUR)
}

/** The visits of a line as bars; those that overlap stand in lanes below each other. */
export function bars(day: string, visits: readonly BoardVisit[], hours: Hours): Bar[] {
  const ends: number[] = []
  return [...visits].sort((one, other) => instant(one.starts_at) - instant(other.starts_at)).map((visit) => {
    const free = ends.findIndex((end) => end <= instant(visit.starts_at))
    const lane = free < 0 ? ends.length : free
    ends[lane] = instant(visit.ends_at)
    const left = Math.min(100 - LEAST, place(day, instant(visit.starts_at), hours))
    return { visit, left, width: Math.max(LEAST, place(day, instant(visit.ends_at), hours) - left), lane }
  })
}

/** The town alone of 「顺德区容桂街道」, for a bar has no room for both; a district without a town stays. */
export function nearPlace(text: string): string {
  return /^.+?[\u533a\u53bf\u5e02\u65d7](.+)$/.exec(text)?.[1] ?? text
}

/** Engineers who should have set off and did not first, then as the server gave them. */
export function byUrgency(engineers: readonly EngineerLine[]): EngineerLine[] {
  return [...engineers].sort((one, other) => Number(other.silent) - Number(one.silent))
}

export interface Window {
  readonly day: string
  readonly from: string
  readonly to: string
}

/** Two hours to propose: today from the next half hour that leaves an hour for the way, another day from nine. */
export function proposed(day: string, now: number): Window {
  const soon = Math.ceil((now + 2 * HALF_HOUR) / HALF_HOUR) * HALF_HOUR
  const start = dayOf(now) === day ? soon : momentOf(day, '09:00')
  return { day: dayOf(start), from: hourMinute(start), to: hourMinute(start + WINDOW) }
}

/** The window as two moments; one that ends before it begins ends the day after. NaN = not filled in. */
export function moments(window: Window): { start: number; end: number } {
  const start = momentOf(window.day, window.from)
  const end = momentOf(window.day, window.to)
  return { start, end: end <= start ? end + 24 * 60 * MINUTE : end }
}

/** The other end two hours after a new begin. */
export function startingAt(window: Window, from: string): Window {
  return { ...window, from, to: hourMinute(momentOf(window.day, from) + WINDOW) }
}

/** How far a start lies after what was promised, in ms; 0 = within it. */
export function lateBy(start: number, promised: string | null): number {
  const due = promised === null ? Number.NaN : instant(promised)
  return Number.isFinite(due) && start > due ? start - due : 0
}

/** The day `days` after another. */
export function dayAfter(day: string, days: number): string {
  return dayOf(momentOf(day, '12:00') + days * 24 * 60 * MINUTE)
}

/** The half hours of a day to choose from, and the one that is chosen already. */
export function times(chosen: string): string[] {
  const all = Array.from({ length: 48 }, (_, index) => `${String(Math.floor(index / 2)).padStart(2, '0')}:${index % 2 ? '30' : '00'}`)
  return chosen && !all.includes(chosen) ? [...all, chosen].sort() : all
}
