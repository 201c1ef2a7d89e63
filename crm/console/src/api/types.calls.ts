// Shapes of finished and running calls, as crm/API.md promises them.
import type { Kind, Ledger, PathStep, Recording, Slot, Time } from './types'

export interface CallRow {
  contact: string
  started_at: Time
  ended_at: Time | null
  number: string
  customer: string
  customer_name: string
  queue: string
  queue_name: string
  agent: string
  agent_name: string
  outcome: string
  outcome_name: string
  wait_ms: number | null
  talk_ms: number | null
  tickets: string[]
  recording: Recording
}

export interface CallTurn {
  at: Time
  flow: string
  node: string
  title: string
  cause: string
  cause_name: string
  mode: string
  text: string
  digits: string
  meaning: string
  clip: string
  attempt: number
  wait_ms: number
  barged_in: boolean
}

export interface CallVisit {
  visit: string
  queue: string
  queue_name: string
  joined_at: Time
  answered_at: Time | null
  left_at: Time | null
  ended_at: Time | null
  agent: string
  agent_name: string
  outcome: string
  outcome_name: string
  wait_ms: number | null
  ring_ms: number | null
  talk_ms: number | null
  certain: boolean
  rings: { agent: string; at: Time; reason: string; ring_ms: number }[]
}

export interface Call extends CallRow {
  linkedids: string[]
  did: string
  area: string
  duration_ms: number | null
  language: string
  path: PathStep[]
  turns: CallTurn[]
  matters: { matter: number; kind: Kind; kind_name: string; ticket: string; slots: Slot[] }[]
  visits: CallVisit[]
  pops: { pop: string; agent: string; kind: string; ledger: Ledger }[]
}
