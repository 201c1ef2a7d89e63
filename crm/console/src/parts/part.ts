// What is typed about parts: numbers, money, fields of a part (pure).
import type { PartChange, SparePart } from '@/api/parts'
import { t } from '@/locales'

export type Values = Required<Pick<PartChange, 'name' | 'unit' | 'swappable' | 'active'>>
export const BLANK: Values = { name: '', unit: t('parts.piece'), swappable: false, active: true }

/** The line of the price list that is the fee for coming and working, as the server names it. */
export const LABOR = 'LABOR'

/** What is saved of a part, as the form writes it; `code` is that of a new one, the fee for coming has its name already. */
export function valuesOf(part: SparePart | null, code = ''): Values {
  if (part) return { name: part.name, unit: part.unit, swappable: part.swappable, active: part.active }
  return code.trim() === LABOR ? { ...BLANK, name: t('parts.labor.name'), unit: t('parts.labor.unit') } : BLANK
}

/** The whole number that was typed; null = it is none, or too great. */
export function pieces(typed: string): number | null {
  const text = typed.trim()
  return /^\d{1,7}$/.test(text) && Number(text) <= 1_000_000 ? Number(text) : null
}

/** 分 of what was typed in 元; null = it is no amount. */
export function fenOf(typed: string): number | null {
  const text = typed.trim().replace(/^[¥￥]/, '')
  return /^\d{1,6}(\.\d{1,2})?$/.test(text) ? Math.round(Number(text) * 100) : null
}

export type MoveKind = 'in' | 'out' | 'count'
export const KINDS: readonly MoveKind[] = ['in', 'out', 'count']

/** What will lie there after the movement. */
export function after(kind: MoveKind, there: number, quantity: number): number {
  if (kind === 'count') return quantity
  return kind === 'in' ? there + quantity : there - quantity
}

/** Lines of a request with one more or another number of a part; null takes it out. */
export function withLine(lines: Readonly<Record<string, number>>, part: string, quantity: number | null): Record<string, number> {
  const others = Object.entries(lines).filter(([code]) => code !== part || quantity !== null)
  return { ...Object.fromEntries(others), ...(quantity === null ? {} : { [part]: quantity }) }
}
