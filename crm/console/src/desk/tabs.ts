// Work tabs of the desk: 我的待办 first, then one per draft. A tab behind never comes forward by itself.
import { computed, ref } from 'vue'

import type { Card } from '@/api/types'
import { maskedPhone, ticketNumber } from '@/lib/format'
import { t } from '@/locales'
import { type Draft, isDirty, isTouched } from './draft'
import { draftById, draftOfCard } from './drafts'

export const TODO = 'todo'
const MOST = 6

interface Tab {
  readonly id: string
  readonly fresh: boolean
}

const open = ref<Tab[]>([])
export const front = ref<string>(TODO)
export const tabs = computed(() => open.value)
export const full = computed(() => open.value.length >= MOST - 1)

/** What a tab says: the ticket, else the call's number, else 草稿. */
export function tabTitle(draft: Draft): string {
  if (draft.contact && !draft.submittedAt) return t('work.tabCall', { number: maskedPhone(draft.number) || t('card.unknownNumber') })
  return draft.no ? t('work.tabTicket', { ticket: ticketNumber(draft.no) }) : t('work.tabDraft')
}

/** Opens a tab behind the one in front; `fresh` marks it 「新」. */
export function openBehind(id: string): void {
  if (open.value.some((tab) => tab.id === id)) return
  if (full.value) {
    const spare = open.value.find((tab) => tab.id !== front.value && !unsafe(tab.id))
    if (!spare) return
    open.value = open.value.filter((tab) => tab !== spare)
  }
  open.value = [...open.value, { id, fresh: true }]
}

function unsafe(id: string): boolean {
  const draft = draftById(id)
  return draft !== undefined && isDirty(draft)
}

/** Opens a tab and brings it forward, because the agent asked for it. */
export function openFront(id: string): void {
  openBehind(id)
  if (!open.value.some((tab) => tab.id === id)) return
  open.value = open.value.map((tab) => (tab.id === id ? { ...tab, fresh: false } : tab))
  front.value = id
}

/** Shows 我的待办. */
export function showTodo(): void {
  front.value = TODO
}

/** Closes a tab; unsaved text stays a draft in 我的待办. */
export function closeTab(id: string): void {
  open.value = open.value.filter((tab) => tab.id !== id)
  if (front.value === id) front.value = open.value.at(-1)?.id ?? TODO
}

/** Moves to the next or previous tab. */
export function walkTabs(step: 1 | -1): void {
  const ids = [TODO, ...open.value.map((tab) => tab.id)]
  const at = ids.indexOf(front.value)
  const next = ids[(at + step + ids.length) % ids.length]
  if (next === TODO) showTodo()
  else if (next) openFront(next)
}

/**
 * The call's tab. It comes forward only when nobody types and nothing is unsaved in the tab that is in front;
 * otherwise it waits behind, marked 「新」.
 */
export function offerCall(card: Card, typing: boolean): void {
  const draft = draftOfCard(card)
  const current = draftById(front.value)
  const busy = current !== undefined && current.id !== draft.id && !current.submittedAt && isTouched(current)
  if (typing || busy) openBehind(draft.id)
  else openFront(draft.id)
}
