// What an editor fills in, by kind of knowledge: one row a field, in the order of the page.
import type { Content, EntryKind } from '@/api/knowledge'
import { t, type TextKey, word } from '@/locales'

export interface Field {
  readonly name: string
  readonly label: TextKey
  /** line: one line; text: several; lines: one item a line; choice: one of `options`; flag: yes or no. */
  readonly shape: 'line' | 'text' | 'lines' | 'choice' | 'flag'
  /** Codes of a choice, and the word of each. */
  readonly options?: readonly string[]
  readonly say?: (code: string) => string
}

const CLASSES = ['ignition', 'flame', 'water_pressure', 'overheat', 'flue_fan', 'sensor', 'electronics', 'gas_safety', 'other']
const SEVERITIES = ['info', 'service', 'stop_use', 'emergency']

export const FIELDS: Readonly<Record<EntryKind, readonly Field[]>> = {
  fault_code: [
    { name: 'code_printed', label: 'knowledge.code', shape: 'line' },
    { name: 'aliases', label: 'knowledge.aliases', shape: 'lines' },
    { name: 'brand', label: 'knowledge.brand', shape: 'line' },
    { name: 'model_family', label: 'knowledge.family', shape: 'line' },
    { name: 'meaning_zh', label: 'knowledge.meaning', shape: 'line' },
    { name: 'fault_class', label: 'knowledge.class', shape: 'choice', options: CLASSES, say: (code) => word('faultClass', code) },
    { name: 'severity', label: 'knowledge.severity', shape: 'choice', options: SEVERITIES, say: (code) => word('severity', code) },
    { name: 'self_check_zh', label: 'knowledge.selfCheck', shape: 'lines' },
    { name: 'engineer_steps', label: 'knowledge.engineerSteps', shape: 'lines' },
    { name: 'parts_hint', label: 'knowledge.parts', shape: 'lines' },
    { name: 'reset_allowed', label: 'knowledge.resetAllowed', shape: 'flag' },
    { name: 'source_url', label: 'knowledge.source', shape: 'line' },
    { name: 'source_page', label: 'knowledge.sourcePage', shape: 'line' },
    { name: 'reviewed_by', label: 'knowledge.reviewedBy', shape: 'line' },
    { name: 'example', label: 'knowledge.example', shape: 'flag' },
  ],
  article: [
    { name: 'title_zh', label: 'knowledge.title', shape: 'line' },
    { name: 'segments', label: 'knowledge.segments', shape: 'lines' },
    { name: 'asked', label: 'knowledge.asked', shape: 'lines' },
    { name: 'body', label: 'knowledge.body', shape: 'text' },
    { name: 'source', label: 'knowledge.source', shape: 'line' },
    { name: 'example', label: 'knowledge.example', shape: 'flag' },
  ],
  phrase: [
    { name: 'stage', label: 'knowledge.stage', shape: 'line' },
    { name: 'say', label: 'knowledge.say', shape: 'lines' },
    { name: 'avoid', label: 'knowledge.avoid', shape: 'lines' },
    { name: 'source', label: 'knowledge.source', shape: 'line' },
    { name: 'example', label: 'knowledge.example', shape: 'flag' },
  ],
}

/** An editor's copy: every field as the page shows it; lists are text with one item a line. */
export type Sheet = Readonly<Record<string, string | boolean>>

/** Returns the content as an editor sees it. */
export function sheetOf(kind: EntryKind, content: Readonly<Record<string, unknown>>): Sheet {
  return Object.fromEntries(
    FIELDS[kind].map(({ name, shape }) => {
      const value = content[name]
      if (shape === 'flag') return [name, value === true]
      return [name, Array.isArray(value) ? value.join('\n') : typeof value === 'string' ? value : '']
    }),
  )
}

/** Returns every field of a version as text, in the order of the page; "" = empty. */
export function told(kind: EntryKind, content: Readonly<Record<string, unknown>>): { name: string; label: TextKey; text: string }[] {
  const sheet = sheetOf(kind, content)
  return FIELDS[kind].map(({ name, label, say }) => {
    const value = sheet[name]
    return { name, label, text: typeof value === 'boolean' ? t(value ? 'knowledge.yes' : 'knowledge.no') : value && say ? say(value) : (value ?? '') }
  })
}

/** Returns `content` with what the editor wrote; empty lines of a list are left out. */
export function contentOf(kind: EntryKind, content: Readonly<Record<string, unknown>>, sheet: Sheet): Content {
  const changed = FIELDS[kind].map(({ name, shape }) => {
    const value = sheet[name]
    if (shape === 'flag') return [name, value === true]
    const text = String(value ?? '').trim()
    return [name, shape === 'lines' ? text.split('\n').map((line) => line.trim()).filter(Boolean) : text]
  })
  return { ...content, ...(Object.fromEntries(changed) as object), kind } as Content
}

/** Returns a new entry's empty content. */
export function blank(kind: EntryKind): Readonly<Record<string, unknown>> {
  return kind === 'fault_code' ? { kind, brand: t('knowledge.ownBrand'), fault_class: 'other', severity: 'service' } : { kind }
}

/** Returns the fault told for a field; a list's faults are told at the list. */
export function faultOf(faults: readonly Readonly<Record<string, string>>[], name: string): string {
  const own = faults.filter((fault) => fault['field'] === `content.${name}` || fault['field']?.startsWith(`content.${name}.`))
  return own.map((fault) => fault['detail']).join(' ')
}
