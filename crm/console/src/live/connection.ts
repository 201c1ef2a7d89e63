// The WebSocket of the live feed: opens it, folds what it says, notices silence, comes back with a fresh snapshot.
import { reactive } from 'vue'

import type { Card, LiveMessage } from '@/api/types'
import { fold, type LiveState, NOTHING, reconnecting } from './reducer'

const SILENT_MS = 5_000 // 5 s without any message is the stale dress; the socket is then given up
const RETRY_MS = [0, 500, 1_000, 2_000, 3_000] as const
const AT_ONCE = new Set([4408, 4410])
const SESSION_OVER = 4401

export interface Link {
  state: 'off' | 'connecting' | 'live' | 'lost'
  /** performance.now() of the last message, of the loss; 0 = never. */
  heardAt: number
  lostAt: number
  tries: number
}

export interface Handlers {
  /** lostMs: how long the feed was away before this message, 0 = it was not. */
  taken(state: LiveState, message: LiveMessage, arrived: readonly Card[], lostMs: number): void
  sessionOver(): void
}

/** One feed for the whole page. `start` and `stop` may be called again at any time. */
export class LiveConnection {
  readonly link: Link = reactive({ state: 'off', heardAt: 0, lostAt: 0, tries: 0 })
  private state: LiveState = NOTHING
  private socket: WebSocket | null = null
  private retry = 0
  private watch = 0
  private openedAt = 0

  constructor(
    private readonly handlers: Handlers,
    private readonly address: () => string = liveAddress,
  ) {}

  start(): void {
    if (this.socket || this.link.state !== 'off') return
    this.link.state = 'connecting'
    this.watch = window.setInterval(() => this.check(), 500)
    this.open()
  }

  stop(): void {
    window.clearInterval(this.watch)
    window.clearTimeout(this.retry)
    this.drop()
    this.state = NOTHING
    Object.assign(this.link, { state: 'off', heardAt: 0, lostAt: 0, tries: 0 })
  }

  /** The agent pressed 「立即重连」. */
  reconnectNow(): void {
    this.lose(0)
  }

  private open(): void {
    this.state = reconnecting(this.state)
    this.link.tries += 1
    const socket = new WebSocket(this.address())
    this.socket = socket
    this.openedAt = performance.now()
    socket.onmessage = (event: MessageEvent<unknown>) => {
      if (socket === this.socket) this.take(event.data)
    }
    socket.onclose = (event) => {
      if (socket !== this.socket) return
      if (event.code === SESSION_OVER) {
        this.stop()
        this.handlers.sessionOver()
      } else this.lose(AT_ONCE.has(event.code) && performance.now() - this.openedAt > 1_000 ? 0 : undefined)
    }
  }

  private take(data: unknown): void {
    let message: LiveMessage
    try {
      message = JSON.parse(String(data)) as LiveMessage
    } catch {
      this.lose()
      return
    }
    const folded = fold(this.state, message)
    if (folded.kind === 'gap') {
      this.lose()
      return
    }
    const now = performance.now()
    const lostMs = this.link.lostAt > 0 ? now - this.link.lostAt : 0
    this.state = folded.state
    Object.assign(this.link, { state: 'live', heardAt: now, lostAt: 0, tries: 0 })
    this.handlers.taken(folded.state, message, folded.arrived, lostMs)
  }

  private check(): void {
    const { state, heardAt } = this.link
    const now = performance.now()
    if (state === 'live' && now - heardAt > SILENT_MS) this.lose(0)
    // A frozen server takes the connection and never speaks.
    else if (state !== 'live' && this.socket && now - this.openedAt > SILENT_MS) this.lose()
  }

  private drop(): void {
    const socket = this.socket
    this.socket = null
    socket?.close()
  }

  private lose(waitMs?: number): void {
    this.drop()
    window.clearTimeout(this.retry)
    if (this.link.state !== 'lost') {
      this.link.lostAt = performance.now()
      this.link.state = 'lost'
      this.link.tries = 0
    }
    const wait = waitMs ?? RETRY_MS[Math.min(this.link.tries, RETRY_MS.length - 1)] ?? 3_000
    this.retry = window.setTimeout(() => this.open(), wait)
  }
}

function liveAddress(): string {
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:'
  return `${scheme}//${location.host}/api/v1/live`
}
