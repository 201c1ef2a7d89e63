// What a move asks for: which inputs to show for its slots and the values they become (pure).
import type { SlotValue, TicketMove } from '@/api/types'
import { valueOf } from '@/desk/slotValue'
import { type TextKey, t } from '@/locales'

/** What is typed for a move, by name of the input: "reply", "visit.date", "training.u1". */
export type Sheet = Readonly<Record<string, string>>
export type Shape = 'part' | 'line' | 'lines' | 'choice' | 'visit' | 'training'

export interface Ask {
  readonly slot: string
  readonly label: string
  readonly shape: Shape
  readonly required: boolean
}

const LINES = new Set(['reply', 'resolution', 'inspection', 'approval', 'stock_reason', 'void_reason', 'phone_support', 'survey', 'statement', 'symptom'])
export const OPTIONS: Readonly<Record<string, readonly { code: string; text: TextKey }[]>> = {
  wanted: [{ code: 'refund', text: 'need.wanted.refund' }, { code: 'exchange', text: 'need.wanted.exchange' }, { code: 'repair', text: 'need.wanted.repair' }, { code: 'swap', text: 'need.wanted.swap' }],
  product: [{ code: 'boiler', text: 'need.product.boiler' }, { code: 'other', text: 'need.product.other' }, { code: 'unknown', text: 'need.product.unknown' }],
}
export const PARTS: readonly TextKey[] = ['need.part.morning', 'need.part.afternoon', 'need.part.evening']
/** Topics of the training (service document 二.二): u for everybody, d for dealers and contractors in addition. */
export const TOPICS: readonly { code: string; text: TextKey }[] = [
  { code: 'u1', text: 'topic.u1' }, { code: 'u2', text: 'topic.u2' }, { code: 'u3', text: 'topic.u3' }, { code: 'u4', text: 'topic.u4' },
  { code: 'd1', text: 'topic.d1' }, { code: 'd2', text: 'topic.d2' }, { code: 'd3', text: 'topic.d3' }, { code: 'd4', text: 'topic.d4' }, { code: 'd5', text: 'topic.d5' }, { code: 'd6', text: 'topic.d6' }, { code: 'd7', text: 'topic.d7' },
]

/** Words that make an exception of what blocks a move: the server names the one it wants. */
const EXCEPTIONS = ['approval', 'stock_reason'] as const

function shapeOf(slot: string): Shape {
  if (slot === 'visit' || slot === 'training' || slot === 'part') return slot
  if (slot in OPTIONS) return 'choice'
  return LINES.has(slot) ? 'lines' : 'line'
}

/** The input of a slot. */
export function askOf(slot: string, label: string, required: boolean): Ask {
  return { slot, label, shape: shapeOf(slot), required }
}

/** What to ask before the move: what is missing; of a blocked one also what is there, for that may be why. */
export function asksOf(move: TicketMove): Ask[] {
  const asks = move.needs
    .filter((need) => !need.filled || move.blocked)
    .map((need) => askOf(need.slot, need.label, !need.filled))
  for (const slot of EXCEPTIONS) {
    const label = t(`need.${slot}`)
    if (move.blocked.includes(label) && !asks.some((ask) => ask.slot === slot)) asks.push({ slot, label, shape: 'lines', required: true })
  }
  return asks
}

/** Where the parts leave from: as chosen while it still can be, else the first. */
export function sourceOf(move: TicketMove, sheet: Sheet): string {
  const chosen = move.sources.find((item) => item.place === sheet['ship_from'])
  return (chosen ?? move.sources[0])?.place ?? ''
}

/** The move as it stands when the parts leave from there: what the first place lacks blocks no other one. */
export function movedFrom(move: TicketMove, place: string): TicketMove {
  const [first, ...others] = move.sources
  const source = others.find((item) => item.place === place)
  if (!source || (move.blocked && move.blocked !== first?.lacks)) return move
  return { ...move, blocked: source.lacks }
}

/** What blocks the move from wherever the parts leave; '' = from some place it can be made. */
export function blockedEverywhere(move: TicketMove): string {
  return move.sources.some((item) => !movedFrom(move, item.place).blocked) ? '' : move.blocked
}

/** Names of what the move still lacks. */
export function lacking(move: TicketMove): string[] {
  return move.needs.filter((need) => !need.filled).map((need) => need.label)
}

function visitValue(sheet: Sheet): SlotValue | null {
  const date = sheet['visit.date'] ?? ''
  const part = sheet['visit.part'] ?? ''
  return date ? { date, ...(part ? { part } : {}) } : null
}
function trainingValue(sheet: Sheet): SlotValue | null {
  const audience = sheet['training.audience'] ?? ''
  const chosen = TOPICS.filter((topic) => sheet[`training.${topic.code}`] && (audience === 'dealer' || topic.code.startsWith('u')))
  if (!audience || !chosen.length) return null
  return { audience, topics: chosen.map((topic) => topic.code).join(','), text: chosen.map((topic) => t(topic.text)).join(t('need.and')) }
}

/** The value to send for an input; null = nothing typed yet. */
export function needValue(ask: Ask, sheet: Sheet): SlotValue | null {
  if (ask.shape === 'visit') return visitValue(sheet)
  if (ask.shape === 'training') return trainingValue(sheet)
  const text = (sheet[ask.slot] ?? '').trim()
  if (!text) return null
  if (ask.shape === 'choice' || EXCEPTIONS.some((slot) => slot === ask.slot)) return { value: text }
  if (ask.slot === 'original') return { value: text.replace(/\s/g, '') }
  return valueOf(ask.slot, text)
}

/** Slots to send together with the move. */
export function slotsFor(asks: readonly Ask[], sheet: Sheet): Record<string, { value: SlotValue }> {
  const slots: Record<string, { value: SlotValue }> = {}
  for (const ask of asks) {
    const value = needValue(ask, sheet)
    if (value) slots[ask.slot] = { value }
  }
  return slots
}

/** Labels of what must be filled and is not. */
export function stillEmpty(asks: readonly Ask[], sheet: Sheet): string[] {
  return asks.filter((ask) => ask.required && !needValue(ask, sheet)).map((ask) => ask.label)
}
/** A blocked move can be tried only when something that may unblock it was typed. */
export function mayTry(move: TicketMove, asks: readonly Ask[], sheet: Sheet): boolean {
  return !stillEmpty(asks, sheet).length && (!move.blocked || asks.some((ask) => needValue(ask, sheet)))
}

const keyOf = (no: string, move: string): string => `hotline.move.${no}.${move}`

/** What was typed for a move of a ticket and not sent yet. */
export function storedSheet(no: string, move: string): Sheet {
  return JSON.parse(localStorage.getItem(keyOf(no, move)) ?? '{}') as Sheet
}
export function storeSheet(no: string, move: string, sheet: Sheet): void {
  localStorage.setItem(keyOf(no, move), JSON.stringify(sheet))
}
export function dropSheet(no: string, move: string): void {
  localStorage.removeItem(keyOf(no, move))
}
