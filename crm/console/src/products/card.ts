// The tracking card as a form, as a question to the warranty, and as what happened to the machine (pure).
import type { ProductCard, ProductDraft, Question } from '@/api/products'
import type { Warranty } from '@/api/types'
import { instant } from '@/lib/format'

export const CLASSES = ['boiler', 'other', 'unknown'] as const
export const KNOWN = ['yes', 'no', 'unknown'] as const
export const CAUSES = ['unknown', 'quality', 'misuse', 'damage', 'dismantled', 'force_majeure'] as const
export const FIELDS = [
  { name: 'product_class', shape: 'class' },
  { name: 'model', shape: 'line' },
  { name: 'serial', shape: 'mono' },
  { name: 'purchased_on', shape: 'day' },
  { name: 'sold_by', shape: 'line' },
  { name: 'invoice_no', shape: 'mono' },
  { name: 'invoice_on', shape: 'day' },
  { name: 'warranty_card', shape: 'known' },
  { name: 'installer', shape: 'line' },
  { name: 'installed_on', shape: 'day' },
  { name: 'commissioned_on', shape: 'day' },
  { name: 'note', shape: 'text' },
] as const
export const LONGEST = { model: 60, serial: 60, invoice_no: 40, sold_by: 80, installer: 80, note: 1000 } as const

export type FieldName = (typeof FIELDS)[number]['name']
/** Every field as text, '' = nothing. */
export type Values = Readonly<Record<FieldName, string>>
type Fields = Omit<ProductDraft, 'customer'>

export const BLANK: Values = {
  product_class: 'boiler', model: '', serial: '', purchased_on: '', sold_by: '', invoice_no: '', invoice_on: '', warranty_card: 'unknown',
  installer: '', installed_on: '', commissioned_on: '', note: '',
}

export function valuesOf(card: ProductCard | null): Values {
  return card ? (Object.fromEntries(FIELDS.map(({ name }) => [name, card[name] ?? ''])) as Values) : BLANK
}

function among<T extends string>(known: readonly T[], value: string, other: T): T {
  return known.find((item) => item === value) ?? other
}

/** What the server takes: an empty day is none. */
export function fieldsOf(values: Values): Fields {
  return {
    product_class: among(CLASSES, values.product_class, 'unknown'), model: values.model.trim(), serial: values.serial.trim(),
    purchased_on: values.purchased_on || null, sold_by: values.sold_by.trim(), invoice_no: values.invoice_no.trim(), invoice_on: values.invoice_on || null,
    warranty_card: among(KNOWN, values.warranty_card, 'unknown'), installer: values.installer.trim(), installed_on: values.installed_on || null,
    commissioned_on: values.commissioned_on || null, note: values.note.trim(),
  }
}

/** What is asked besides the card. day '' = today. */
export interface Asked {
  readonly day: string
  readonly cause: string
  readonly receipt: string
  readonly serial: string
}

/** The question of a machine as it stands in the form; a day of sale without an invoice is only told. */
export function questionOf(values: Values, asked: Asked): Question {
  return {
    product_class: among(CLASSES, values.product_class, 'unknown'), invoice_on: values.invoice_on || null, voucher_on: null, told_on: values.purchased_on || null, precision: 'day',
    card: among(KNOWN, values.warranty_card, 'unknown'), receipt: among(KNOWN, asked.receipt, 'unknown'), serial_matches: among(KNOWN, asked.serial, 'unknown'),
    cause: among(CAUSES, asked.cause, 'unknown'), repairs: 0, day: asked.day || null,
  }
}

/** A point of the machine's life; `at` in milliseconds. */
export interface Happened {
  readonly key: string
  readonly what: 'code' | 'visit' | 'part' | 'asked' | 'sold' | 'invoice' | 'installed' | 'commissioned'
  readonly at: number
  /** Whether only the day is known. */
  readonly day: boolean
  readonly text: string
  readonly ticket: string
  readonly again: boolean
  readonly state: string
}

const noon = (day: string): number => instant(`${day}T12:00:00+08:00`)

/** Everything that happened to the machine, newest first. */
export function happened(card: ProductCard): Happened[] {
  const plain = { day: false, text: '', ticket: '', again: false, state: '' }
  const days = (['purchased_on', 'invoice_on', 'installed_on', 'commissioned_on'] as const).flatMap((name) => {
    const what = name === 'purchased_on' ? 'sold' : name === 'invoice_on' ? 'invoice' : name === 'installed_on' ? 'installed' : 'commissioned'
    const text = name === 'purchased_on' ? card.sold_by : name === 'invoice_on' ? card.invoice_no : name === 'installed_on' ? card.installer : ''
    const day = card[name]
    return day ? [{ ...plain, key: name, what, at: noon(day), day: true, text } as const] : []
  })
  const codes = card.codes.map((item, index) => ({ ...plain, key: `c${index}`, what: 'code', at: instant(item.at), text: item.code, ticket: item.ticket, again: item.again }) as const)
  const visits = card.visits.map((item) => ({ ...plain, key: item.visit, what: 'visit', at: instant(item.at), text: item.result_name, ticket: item.ticket, state: item.state }) as const)
  const parts = card.parts.map((item, index) => ({ ...plain, key: `p${index}`, what: 'part', at: instant(item.at), text: `${item.name} ×${item.quantity}` }) as const)
  const asked = card.follow_ups.map((item, index) => ({ ...plain, key: `f${index}`, what: 'asked', at: instant(item.at), text: [item.text, item.remark].filter(Boolean).join('，'), ticket: item.ticket }) as const)
  return [...days, ...codes, ...visits, ...parts, ...asked].sort((one, other) => other.at - one.at)
}

export interface Mark {
  readonly day: string
  /** Place on the axis in per cent. */
  readonly left: number
}
export interface Axis {
  readonly from: Mark
  /** Last days of the rights, in order; two rights that end together are one mark. */
  readonly ends: readonly Mark[]
  readonly today: Mark
  readonly dots: readonly { readonly of: Happened; readonly left: number }[]
}

/** The axis from the day that counts to the last right's end or today; null when no day counts. */
export function axisOf(card: ProductCard, verdict: Warranty, today: string): Axis | null {
  const from = verdict.counted_from
  if (!from) return null
  const ends = [...new Set(verdict.rights.flatMap((right) => (right.until ? [right.until] : [])))].sort()
  const start = noon(from)
  const life = happened(card)
  const last = Math.max(noon(today), ...ends.map(noon), ...life.map((item) => item.at))
  const place = (at: number): number => (last > start ? Math.min(100, Math.max(0, ((at - start) / (last - start)) * 100)) : 0)
  const mark = (day: string): Mark => ({ day, left: place(noon(day)) })
  return { from: mark(from), ends: ends.map(mark), today: mark(today), dots: life.map((of) => ({ of, left: place(of.at) })) }
}
