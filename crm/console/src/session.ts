// Log-in, roles, where each role lands.
import { ref } from 'vue'

import { api } from '@/api'
import { Problem, whenSessionOver } from '@/api/http'
import type { Role } from '@/api/types'
import { me, startLive, stopLive } from '@/live/store'

/** True when the server forgot us while the page was open: log in again over the work column. */
export const expired = ref(false)

const LANDING: readonly (readonly [Role, string])[] = [
  ['supervisor', '/board'],
  ['agent', '/desk'],
  ['dispatcher', '/dispatch'],
  ['quality', '/calls'],
  ['admin', '/board'],
  ['auditor', '/audit'],
]

/** Which roles may see a page of the rail. */
export const PAGES = {
  desk: ['agent', 'supervisor'],
  tickets: ['agent', 'dispatcher', 'supervisor', 'quality', 'admin'],
  customers: ['agent', 'dispatcher', 'supervisor', 'quality', 'admin'],
  dispatch: ['agent', 'dispatcher', 'supervisor', 'admin'],
  parts: ['agent', 'dispatcher', 'supervisor', 'quality', 'admin'],
  callbacks: ['agent', 'supervisor'],
  followups: ['agent', 'supervisor'],
  calls: ['agent', 'supervisor', 'quality'],
  knowledge: ['agent', 'dispatcher', 'supervisor', 'quality', 'admin'],
  board: ['supervisor', 'admin'],
  users: ['admin'],
  rules: ['agent', 'dispatcher', 'supervisor', 'quality', 'auditor', 'admin'],
  outlets: ['agent', 'dispatcher', 'supervisor', 'quality', 'admin'],
  notices: ['agent', 'dispatcher', 'supervisor', 'quality', 'admin'],
  gasPhones: ['agent', 'dispatcher', 'supervisor', 'quality', 'admin'],
  webhooks: ['admin'],
  channels: ['admin'],
  imports: ['supervisor', 'admin'],
  audit: ['auditor', 'supervisor', 'admin'],
} as const satisfies Record<string, readonly Role[]>

export type PageName = keyof typeof PAGES

/** Tells whether the person who is logged in may see the page. */
export function may(page: PageName): boolean {
  const allowed: readonly Role[] = PAGES[page]
  return me.value?.roles.some((role) => allowed.includes(role)) ?? false
}

/** Tells whether the person writes customers' files and product cards. */
export function writesFiles(): boolean {
  return me.value?.roles.some((role) => role === 'agent' || role === 'dispatcher' || role === 'supervisor') ?? false
}

/** The first page of the person's roles; an agent who is also supervisor begins at the board. */
export function landing(): string {
  return LANDING.find(([role]) => me.value?.roles.includes(role))?.[1] ?? '/tickets'
}

function over(): void {
  if (me.value) expired.value = true
}
whenSessionOver(over)

/** Logs in; throws `Problem`. */
export async function logIn(number: string, password: string): Promise<void> {
  me.value = await api.logIn(number, password)
  expired.value = false
  startLive(over)
}

/** Picks up the session of the cookie; false when there is none. Throws `Problem` when the server is away. */
export async function resume(): Promise<boolean> {
  if (me.value) return true
  try {
    me.value = await api.me()
  } catch (error) {
    if (error instanceof Problem && (error.status === 401 || error.status === 403)) return false
    throw error
  }
  startLive(over)
  return true
}

/** Logs out; the telephone's own sign-in is not touched. */
export async function logOut(): Promise<void> {
  try {
    await api.logOut()
  } finally {
    stopLive()
  }
}
