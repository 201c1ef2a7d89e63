// The drafts of this person: in memory, in the browser within 1 s, on the server within 5 s. Nothing typed is lost.
import { computed, shallowRef } from 'vue'

import { api } from '@/api'
import { Problem } from '@/api/http'
import type { Card, Ticket } from '@/api/types'
import { serverNow } from '@/lib/clock'
import { newUuid } from '@/lib/uuid'
import { me } from '@/live/store'
import { t } from '@/locales'
import { blankDraft, changeOf, type Draft, isPickUnsent, isTouched, markConflict, mergeCard, mergeTicket, saved, slotsOf } from './draft'

const LOCAL_MS = 400
const SERVER_MS = 3_000
const RETRY_MS = 3_000
const KEEP_SUBMITTED_MS = 86_400_000

const all = shallowRef<Readonly<Record<string, Draft>>>({})
/** What is wrong with saving, per draft; "" = nothing. */
const problems = shallowRef<Readonly<Record<string, string>>>({})
const fieldProblems = shallowRef<Readonly<Record<string, Readonly<Record<string, string>>>>>({})
const saving = new Set<string>()
const localTimers = new Map<string, number>()
const serverTimers = new Map<string, number>()

export const drafts = computed(() => Object.values(all.value).sort((a, b) => b.createdAt - a.createdAt))
export const draftById = (id: string): Draft | undefined => all.value[id]
export const problemOf = (id: string): string => problems.value[id] ?? ''
export const fieldProblemsOf = (id: string): Readonly<Record<string, string>> => fieldProblems.value[id] ?? {}

function storeKey(id: string): string {
  return `hotline.draft.${me.value?.account ?? ''}.${id}`
}

function put(draft: Draft): void {
  all.value = { ...all.value, [draft.id]: draft }
}

function setProblem(id: string, text: string, fields: Readonly<Record<string, string>> = {}): void {
  problems.value = { ...problems.value, [id]: text }
  fieldProblems.value = { ...fieldProblems.value, [id]: fields }
}

function storeNow(id: string): void {
  window.clearTimeout(localTimers.get(id))
  localTimers.delete(id)
  const draft = all.value[id]
  if (!draft) return
  const stamped = { ...draft, localAt: serverNow() }
  put(stamped)
  localStorage.setItem(storeKey(id), JSON.stringify(stamped))
}

/** Takes what the agent wrote: stored in the browser within 1 s, sent within 5 s of the first unsent change. */
export function write(draft: Draft): void {
  put(draft)
  if (!localTimers.has(draft.id)) localTimers.set(draft.id, window.setTimeout(() => storeNow(draft.id), LOCAL_MS))
  planSend(draft.id, SERVER_MS)
}

function planSend(id: string, ms: number): void {
  if (serverTimers.has(id)) return
  const run = (): void => {
    serverTimers.delete(id)
    void send(id)
  }
  serverTimers.set(id, window.setTimeout(run, ms))
}

function explain(error: unknown): string {
  if (!(error instanceof Problem) || error.offline || error.status >= 500) return t('form.saveFailed')
  return t('form.failed', { detail: error.detail })
}

function afterConflict(draft: Draft, problem: Problem): boolean {
  const { current, changed } = problem.body
  if (problem.status !== 409 || !current || !Array.isArray(changed)) return false
  put(markConflict(draft, changed as { field: string; by: string; at: string }[], current as Ticket))
  setProblem(draft.id, problem.detail)
  return true
}

function failed(id: string, error: unknown): void {
  const draft = all.value[id]
  if (draft && error instanceof Problem && afterConflict(draft, error)) return
  setProblem(id, explain(error), error instanceof Problem ? error.fields : {})
  if (!(error instanceof Problem) || error.offline || error.status >= 500) planSend(id, RETRY_MS)
}

async function create(sent: Draft): Promise<Ticket> {
  const { kind, priority, customer, contact } = sent
  return api.newTicket({ kind, priority, customer, contact, product: '', slots: slotsOf(sent), note: sent.fields['note']?.text.trim() ?? '' })
}

/**
 * Sends what the server does not have; true when it has all afterwards. A draft without ticket becomes one
 * when it belongs to a call or `makeTicket` says so. The machine follows what was typed.
 */
export async function send(id: string, makeTicket = false): Promise<boolean> {
  const done = await sendOnce(id, makeTicket)
  const draft = all.value[id]
  return done && draft?.no && isPickUnsent(draft) ? sendOnce(id, false) : done
}

async function sendOnce(id: string, makeTicket: boolean): Promise<boolean> {
  const sent = all.value[id]
  if (!sent) return true
  if (saving.has(id)) {
    planSend(id, 500)
    return false
  }
  const change = sent.no ? changeOf(sent) : null
  const makes = !sent.no && (makeTicket || (sent.contact !== '' && isTouched(sent)))
  if (!change && !makes) return true
  saving.add(id)
  try {
    const ticket = makes ? await create(sent) : await api.changeTicket(sent.no, change ?? { version: sent.version })
    const now = all.value[id] ?? sent
    const next = saved(mergeTicket(saved(now, sent, ticket, serverNow()), ticket), sent, ticket, serverNow())
    const worded = makes || change?.slots?.['product'] !== undefined // our own words took the machine off: the pick stays to be sent
    put(worded ? { ...next, picked: now.picked } : next)
    setProblem(id, '')
    storeNow(id)
    return true
  } catch (error) {
    failed(id, error)
    return false
  } finally {
    saving.delete(id)
  }
}

/** The draft of a call, filled from its card; made when it is not there. */
export function draftOfCard(card: Card): Draft {
  const found = drafts.value.find((draft) => draft.contact === card.contact)
  const before = found ?? { ...blankDraft(card.contact, serverNow()), contact: card.contact }
  const next = mergeCard(before, card)
  put(next)
  return next
}

/** A draft for a matter without a call, or a new matter of a call. */
export function newDraft(from?: Draft): Draft {
  const draft = blankDraft(newUuid(), serverNow())
  const next = from ? { ...draft, customer: from.customer, customerName: from.customerName, number: from.number } : draft
  put(next)
  return next
}

/** The draft of a ticket that is opened for work on the desk. */
export function draftOfTicket(ticket: Ticket): Draft {
  const found = drafts.value.find((draft) => draft.no === ticket.no)
  const next = mergeTicket(found ?? { ...blankDraft(`ticket-${ticket.no}`, serverNow()), number: ticket.number }, ticket)
  put(next)
  return next
}

/** Marks a draft as submitted; its text stays readable for the wrap-up. */
export function markSubmitted(id: string): void {
  const draft = all.value[id]
  if (!draft) return
  put({ ...draft, submittedAt: serverNow() })
  storeNow(id)
}

/** Forgets a draft, here and in the browser. */
export function forget(id: string): void {
  window.clearTimeout(serverTimers.get(id))
  serverTimers.delete(id)
  localStorage.removeItem(storeKey(id))
  all.value = Object.fromEntries(Object.entries(all.value).filter(([key]) => key !== id))
}

/** Reads the drafts that an earlier page of this person left in the browser. */
export function restoreDrafts(): void {
  const prefix = storeKey('')
  const found: Record<string, Draft> = { ...all.value }
  for (const key of Object.keys(localStorage).filter((item) => item.startsWith(prefix))) {
    try {
      const stored = JSON.parse(localStorage.getItem(key) ?? '') as Draft
      const draft = { ...blankDraft(stored.id, stored.createdAt), ...stored } // one that an older page wrote lacks fields
      if (draft.submittedAt && serverNow() - draft.submittedAt > KEEP_SUBMITTED_MS) localStorage.removeItem(key)
      else if (!(draft.id in found)) found[draft.id] = draft
    } catch {
      localStorage.removeItem(key)
    }
  }
  all.value = found
  for (const id of Object.keys(found)) planSend(id, SERVER_MS)
}

/** Stores everything at once, before the page goes. */
export function storeAll(): void {
  for (const id of localTimers.keys()) storeNow(id)
}
