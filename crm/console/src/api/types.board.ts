// Shapes of the live board, as crm/API.md promises them.
import type { AgentState, Time } from './types'

export interface BoardQueue {
  queue: string
  name: string
  waiting: number
  longest_since: Time | null
  ringing: number
  talking: number
  offered: number
  answered: number
  abandoned: number
  timeout: number
  service_level: number | null
  n: number
  agents: Record<AgentState, number>
  calls: {
    contact: string
    number: string
    since: Time
    state: 'waiting' | 'ringing' | 'talking'
    agent: string
    agent_name: string
  }[]
}

export interface BoardAgent {
  agent: string
  name: string
  account: string
  state: AgentState
  state_name: string
  reason: string
  since: Time | null
  queues: string[]
  contact: string
  queue: string
}

export interface Board {
  as_of: Time
  telephony: 'ok' | 'unavailable' | 'unknown'
  queues: BoardQueue[]
  agents: BoardAgent[]
  ivr: { node: string; title: string; count: number; longest_since: Time; calls: string[] }[]
  pops: { missed: number; p95_ms: number | null }
  recordings: { expected: number; present: number }
  callbacks_due: number
  voicemails: number
  alarms: { key: string; text: string; at: Time }[]
}
