// What of a ticket a clerk corrects: its values as text, the inputs of its kind, what is sent of what was written (pure).
import type { TicketChange } from '@/api'
import type { Ticket } from '@/api/types'
import { blankDraft, formSlots } from '@/desk/draft'
import { changed, type Edits, write } from '@/lib/edits'
import { isTextKey, type TextKey, t } from '@/locales'
import { type Ask, askOf, needValue, type Sheet } from './needs'
import { KINDS, PRIORITIES } from './opening'

const ELSEWHERE = new Set(['product', 'note'])
/** An engineer was given a time: it is moved where he is planned. */
const PLANNED = new Set(['dispatched', 'scheduled', 'on_the_way', 'on_site'])
const PART_WORDS: Readonly<Record<string, TextKey>> = { morning: 'need.part.morning', afternoon: 'need.part.afternoon', evening: 'need.part.evening' }

export function planned(ticket: Ticket): boolean {
  return PLANNED.has(ticket.state)
}

/** The inputs of a ticket besides kind, priority and owner. */
export function asksOfTicket(ticket: Ticket): Ask[] {
  const slots = formSlots({ ...blankDraft('', 0), kind: ticket.kind }).filter((slot) => !ELSEWHERE.has(slot) && (slot !== 'visit' || !planned(ticket)))
  return slots.map((slot) => {
    const key = `slot.${slot}`
    return askOf(slot, isTextKey(key) ? t(key) : slot, false)
  })
}

/** Everything that can be corrected, as it stands. */
export function heldBy(ticket: Ticket): Sheet {
  const held: Record<string, string> = { kind: ticket.kind, priority: ticket.priority, owner: ticket.owner, 'visit.date': '', 'visit.part': '' }
  for (const ask of asksOfTicket(ticket)) {
    const slot = ticket.slots.find((item) => item.slot === ask.slot)
    if (ask.slot !== 'visit') held[ask.slot] = slot?.text ?? ''
    else {
      const part = slot?.value['part'] ?? ''
      const key = PART_WORDS[part]
      held['visit.date'] = slot?.value['date'] ?? ''
      held['visit.part'] = key ? t(key) : part
    }
  }
  return held
}

/** Takes what stands in the inputs now. */
export function written(edits: Edits<Sheet>, saved: Sheet, sheet: Sheet): Edits<Sheet> {
  return Object.entries(sheet).reduce((all, [name, value]) => (value === ({ ...saved, ...all.typed }[name] ?? '') ? all : write(all, saved, name, value)), edits)
}

/** What is sent: only what was written; emptied inputs are left as they are. null = nothing. */
export function correctionOf(edits: Edits<Sheet>, ticket: Ticket): TicketChange | null {
  if (!changed(edits)) return null
  const { typed } = edits
  const change: TicketChange = { version: ticket.version }
  const kind = KINDS.find((item) => item === typed['kind'])
  const priority = PRIORITIES.find((item) => item === typed['priority'])
  if (kind) change.kind = kind
  if (priority) change.priority = priority
  if (typed['owner'] !== undefined) change.owner = typed['owner']
  const sheet = { ...heldBy(ticket), ...typed } as Sheet
  const touched = asksOfTicket(ticket).filter((ask) => Object.keys(typed).some((name) => name.split('.')[0] === ask.slot))
  const slots = touched.flatMap((ask) => {
    const value = needValue(ask, sheet)
    return value ? [[ask.slot, { value }] as const] : []
  })
  return slots.length ? { ...change, slots: Object.fromEntries(slots) } : change
}
