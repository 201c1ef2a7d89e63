// What the agent does from a card: verify and correct slots, open tickets.
import { api } from '@/api'
import { Problem } from '@/api/http'
import type { Card, Slot } from '@/api/types'
import { acted } from '@/live/pops'
import { t } from '@/locales'
import { draftOfCard, draftOfTicket, newDraft, send, write } from './drafts'
import { touch } from './draft'
import { openFront } from './tabs'

function refused(error: unknown): string {
  if (!(error instanceof Problem) || error.offline) return t('form.saveFailed')
  return t('slot.saveFailed', { detail: error.detail })
}

/** Marks a slot as verified; returns what went wrong, "" = nothing. */
export async function confirmSlot(card: Card, slot: Slot): Promise<string> {
  acted(card, 'opened')
  const draft = draftOfCard(card)
  if (!draft.no) return ''
  try {
    draftOfTicket(await api.changeTicket(draft.no, { version: draft.version, confirm: [slot.slot] }))
    return ''
  } catch (error) {
    return refused(error)
  }
}

/** Writes another value into a slot; it is the agent's from now on. */
export async function correctSlot(card: Card, slot: Slot, text: string): Promise<string> {
  acted(card, 'opened')
  const draft = touch(draftOfCard(card), slot.slot, text)
  write(draft)
  await send(draft.id)
  return ''
}

/** Takes one of the candidates. */
export async function takeCandidate(card: Card, slot: Slot, index: number): Promise<string> {
  const candidate = slot.candidates[index]
  if (!candidate) return ''
  acted(card, 'opened')
  const draft = draftOfCard(card)
  if (!draft.no) return correctSlot(card, slot, candidate.text)
  try {
    const change = { version: draft.version, slots: { [slot.slot]: { value: candidate.value } } }
    draftOfTicket(await api.changeTicket(draft.no, change))
    return ''
  } catch (error) {
    return refused(error)
  }
}

/** Says whether a corrected slot was misheard or the caller changed his mind. */
export async function judgeSlot(card: Card, slot: Slot, misheard: boolean): Promise<string> {
  const no = card.draft?.no
  if (!no) return ''
  try {
    draftOfTicket(await api.judgeSample(no, slot.slot, misheard))
    return ''
  } catch (error) {
    return refused(error)
  }
}

/** Opens the ticket this call made. */
export function openOwn(card: Card): void {
  acted(card, 'opened')
  openFront(draftOfCard(card).id)
}

/** Goes on with a ticket that is open already. */
export async function intoTicket(card: Card, no: string): Promise<string> {
  acted(card, 'opened')
  if (card.draft?.no === no) {
    openOwn(card)
    return ''
  }
  try {
    openFront(draftOfTicket(await api.ticket(no)).id)
    return ''
  } catch (error) {
    return refused(error)
  }
}

/** Begins a ticket for another matter of the same caller. */
export function newMatter(card: Card): void {
  acted(card, 'opened')
  openFront(newDraft(draftOfCard(card)).id)
}
