// What a dispatcher writes of a visit that an engineer told by telephone, and what is sent of it (pure).
import type { Charge, Visit, VisitReport } from '@/api/dispatch'
import { dayOf, hourMinute, instant, momentOf } from '@/lib/format'
import { fenOf, pieces } from '@/parts/part'

export const RESULTS = ['fixed', 'not_fixed', 'need_part', 'absent', 'gas_leak'] as const
export type Result = (typeof RESULTS)[number]

export interface TellingPart {
  readonly name: string
  readonly quantity: string
}
export interface Telling {
  readonly engineer: string
  readonly day: string
  readonly arrived: string
  readonly finished: string
  readonly checked: readonly string[]
  readonly result: Result | ''
  readonly note: string
  readonly code: string
  readonly cause: string
  readonly fee: 'in' | 'out' | 'unknown'
  readonly parts: readonly TellingPart[]
  readonly place: string
  readonly charged: string
  readonly reason: string
  readonly agreed: boolean
  readonly signed: string
  readonly finishCode: string
}

/** How the form begins: as the visit stands, told to have been when it was planned, never later than now. */
export function begun(visit: Visit, now: number): Telling {
  const start = Math.min(instant(visit.arrived_at ?? visit.starts_at), now)
  const end = Math.min(Math.max(instant(visit.ends_at), start), now)
  return {
    engineer: visit.engineer, day: dayOf(start), arrived: hourMinute(start), finished: hourMinute(end),
    checked: visit.checklist.filter((line) => line.done).map((line) => line.key),
    result: '', note: visit.result_note, code: visit.code_found, cause: visit.cause, fee: visit.fee as Telling['fee'],
    parts: visit.parts.map((part) => ({ name: part.name, quantity: String(part.quantity) })), place: '',
    charged: '', reason: '', agreed: visit.fee_agreed, signed: '', finishCode: '',
  }
}

export function sameTelling(one: Telling, other: Telling): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** The lines of parts that hold something. */
export function used(told: Telling): TellingPart[] {
  return told.parts.filter((part) => part.name.trim() !== '')
}

/** What stands in the field of money: what was typed, else the price list's sum; "" = neither. */
export function shownCharge(told: Telling, asked: Charge | null): string {
  if (told.fee === 'in') return ''
  if (told.charged !== '') return told.charged
  return told.fee !== 'out' || asked?.total == null ? '' : (asked.total / 100).toFixed(2)
}

/** What of the form is no number or missing, by field; {} = it can be sent. */
export function wrongIn(told: Telling, asked: Charge | null): Readonly<Record<string, 'result' | 'money' | 'count' | 'times'>> {
  const wrong: Record<string, 'result' | 'money' | 'count' | 'times'> = {}
  const money = shownCharge(told, asked)
  if (!told.result) wrong['result'] = 'result'
  if (money !== '' && fenOf(money) === null) wrong['charged_fen'] = 'money'
  if (used(told).some((part) => !isCount(part.quantity))) wrong['parts'] = 'count'
  if (Number.isNaN(momentOf(told.day, told.finished)) || momentOf(told.day, told.finished) < momentOf(told.day, told.arrived)) wrong['at'] = 'times'
  return wrong
}

function isCount(typed: string): boolean {
  const count = pieces(typed)
  return count !== null && count >= 1 && count <= 99
}

/** The report that is sent. */
export function reportOf(told: Telling, visit: Visit, asked: Charge | null): VisitReport {
  const report: VisitReport = {
    version: visit.version, step: 'finish', at: new Date(momentOf(told.day, told.finished)).toISOString(), checked: [...told.checked],
    fee: told.fee, fee_agreed: told.agreed, charged_fen: fenOf(shownCharge(told, asked)) ?? 0, charge_reason: told.reason.trim(),
    code_found: told.code.trim(), cause: told.cause.trim(), result_note: told.note.trim(), parts_from: told.place, engineer: told.engineer,
    parts: used(told).map((part) => ({ name: part.name.trim(), quantity: pieces(part.quantity) ?? 1, fen: 0 })),
    signed_by: told.signed.trim(), finish_code: told.finishCode.trim(),
  }
  if (told.result) report.result = told.result
  if (visit.state !== 'on_site') report.arrived_at = new Date(momentOf(told.day, told.arrived)).toISOString()
  return report
}
