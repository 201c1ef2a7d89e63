// Shapes of the pages' API, as crm/API.md promises them: fields are always there, unknown text is "", unknown things null.

import type { Board } from './types.board'
import type { CallRow } from './types.calls'

export type * from './types.board'
export type * from './types.calls'

export type Time = string
export type Role = 'agent' | 'dispatcher' | 'supervisor' | 'quality' | 'auditor' | 'admin'
export type AgentState = 'ready' | 'ringing' | 'talking' | 'wrapup' | 'paused' | 'unreachable' | 'offline'
export type Priority = 'urgent' | 'high' | 'normal' | 'low'
export type Kind =
  | 'consult'
  | 'complaint'
  | 'repair'
  | 'install'
  | 'unit_return'
  | 'part_return'
  | 'part_request'
  | 'training'
  | 'tech_support'
  | 'follow_up'
export type SlotStatus =
  | 'crm_confirmed'
  | 'voice_confirmed'
  | 'dtmf'
  | 'unverified'
  | 'verified'
  | 'missing'
  | 'unheard'
export type Act = 'answered' | 'opened' | 'saved' | 'dismissed' | 'expired'
export type SlotValue = Readonly<Record<string, string>>

export interface Me {
  account: string
  number: string
  name: string
  roles: Role[]
  extension: string
  queues: string[]
  state: AgentState
  state_name: string
  reason: string
  since: Time | null
  signed_in: boolean
  signed_in_since: Time | null
  contact: string
  last_call: CallRow | null
  today: { answered: number; missed: number; average_talk_ms: number | null }
}

export interface Person {
  id: string
  name: string
  kind: string
  kind_name: string
  elder: boolean
}

export interface Slot {
  slot: string
  label: string
  text: string
  value: SlotValue
  status: SlotStatus
  evidence: string
  how: string
  source: string
  candidates: { text: string; value: SlotValue }[]
  clip: string
  clip_ms: number | null
  verified_by: string
  verified_at: Time | null
  /** What the value lacks; "" = nothing. */
  hint: string
  /** Of one that was misheard and corrected: whether it is kept as a sample of recognition. */
  sample: '' | 'kept' | 'dropped'
}

export interface HistoryRow {
  kind: 'call' | 'ticket'
  id: string
  at: Time
  text: string
}

export interface Recording {
  id: string
  status: 'recording' | 'ready' | 'missing' | 'none'
  url: string
  duration_ms: number | null
}

export interface Ledger {
  created: Time
  sent: Time | null
  received: Time | null
  shown: Time | null
  acted: Time | null
}

export interface PathStep {
  node: string
  title: string
  at: Time
  stay_ms: number
  note: string
}

export interface CardEmergency {
  safety: 'gas' | 'co' | 'fire' | 'electric' | 'unknown'
  safety_name: string
  words: string
  clip: string
  at: Time
}

export interface CardCaller {
  number: string
  e164: string
  anonymous: boolean
  spoken_number: string
  area: string
  customer: Person | null
  candidates: Person[]
}

export interface Card {
  pop: string
  kind: 'ring' | 'emergency'
  contact: string
  linkedid: string
  visit: string
  agent: string
  queue: string
  queue_name: string
  state: 'ringing' | 'talking' | 'ended' | 'missed'
  state_since: Time
  gone: boolean
  over: {
    reason: 'talk_ended' | 'caller_hung_up' | 'answered_elsewhere' | 'no_answer' | 'cut'
    by: string
    text: string
  } | null
  waited_ms: number
  joined_at: Time | null
  rang_at: Time
  answered_at: Time | null
  ended_at: Time | null
  talk_ms: number | null
  emergency: CardEmergency | null
  tags: { key: string; text: string; detail: string }[]
  caller: CardCaller
  path: PathStep[]
  path_ms: number
  path_note: string
  slots: Slot[]
  open_tickets: TicketRow[]
  default_ticket: string
  history: HistoryRow[]
  draft: Ticket | null
  recording: Recording
  say_next: string
  ledger: Ledger
}

export interface TicketRow {
  no: string
  kind: Kind
  kind_name: string
  state: string
  state_name: string
  priority: Priority
  priority_name: string
  customer: string
  customer_name: string
  number: string
  summary: string
  region: string
  owner: string
  owner_name: string
  outcome: string
  outcome_name: string
  safety: string
  safety_name: string
  unverified: string[]
  contact: string
  matter: number
  created_at: Time
  updated_at: Time
  version: number
}

export interface TicketLine extends TicketRow {
  /** The promise that is due first. */
  clock: TicketClock | null
}

export interface TicketEntry {
  id: number
  at: Time
  kind: string
  actor: string
  text: string
  fields: string[]
  version: number
}

export interface TicketMove {
  move: string
  label: string
  to: string
  to_name: string
  /** Slots to be filled first; blocked: why it cannot be made now, '' = it can. */
  needs: { slot: string; label: string; filled: boolean }[]
  blocked: string
  /** Where the parts can leave from when the move ships: lacks '' = enough there; blocked is told of the first. */
  sources: { place: string; place_name: string; lacks: string }[]
}

/** The verdict of 三包; dates are days, until is the last one included. */
export interface Warranty {
  line: string
  line_name: string
  spoken: string
  counted_from: string | null
  until: string | null
  rights: { right: string; name: string; standing: string; standing_name: string; until: string | null }[]
  fees: { fee: string; name: string }[]
  reasons: { code: string; text: string; place: string; sentence: string }[]
  rules_from: string
}

/** A promise of the ticket; left_ms below zero = late by so much. */
export interface TicketClock {
  key: string
  label: string
  state: string
  state_name: string
  scope: string
  scope_name: string
  started_at: Time
  due_at: Time
  at_risk_at: Time
  left_ms: number | null
  met_at: Time | null
  pause_reason: string
  pause_reason_name: string
  paused_until: Time | null
  place: string
  sentence: string
}

export interface Ticket extends TicketRow {
  /** What kind it can be corrected to, its own included. */
  kinds: string[]
  /** The machine on file; null = none, or not ours to see. */
  product: { id: string; text: string } | null
  /** Since when the number is known not to be the customer's, told by wrong_by. */
  wrong_at: string | null
  wrong_by: string
  slots: Slot[]
  moves: TicketMove[]
  warranty: Warranty | null
  clocks: TicketClock[]
  timeline: TicketEntry[]
  callback: Callback | null
  calls: CallRow[]
}

export interface Callback {
  id: string
  contact: string
  ticket: string
  number: string
  e164: string
  reason: string
  reason_name: string
  priority: string
  /** Somebody in danger: mobile = ring from due_at on, landline = do not ring, the duty officer sees to it; '' = no danger. */
  recall: string
  note: string
  created_at: Time
  due_at: Time
  taken_by: string
  taken_name: string
  again_min: number
  taken_until: Time | null
  /** The hotline itself rings back when it is the caller's turn; a person does when this is false. */
  in_turn: boolean
  /** Not before this local time, as the caller wished; '' = any. */
  after: string
  attempts: number
  done_at: Time | null
  done_by: string
  result: string
  /** 勿呼: confirm = rung with a reason only, wished = the caller asked for this call or is in danger; '' = not marked. */
  do_not_call: string
  /** Only a supervisor may take it. */
  for_supervisor: boolean
  /** The calls that this one call-back serves, the first first; none for a danger that was written. */
  asked: CallbackAsked[]
}

export interface CallbackAsked {
  contact: string
  /** '' = it has none. */
  ticket: string
  at: Time
}

export interface Page<T> {
  items: T[]
  /** Cursor of what comes after; '' = there is no more. */
  next: string
  /** Counted up to 1000; capped: there are more. */
  total: number
  capped: boolean
}

export interface StatusPart {
  part: string
  name: string
  ok: boolean
  since: Time
  text: string
}

export interface Status {
  status: 'ok' | 'degraded'
  time: Time
  parts: StatusPart[]
}

export type LiveMessage =
  | { type: 'snapshot'; n: number; seq: number; cards: Card[]; me: Me; board: Board | null }
  | { type: 'card'; n: number; seq: number; card: Card }
  | { type: 'me'; n: number; seq: number; me: Me }
  | { type: 'board'; n: number; seq: number; board: Board }
  | { type: 'heartbeat'; n: number; seq: number; time: Time }
