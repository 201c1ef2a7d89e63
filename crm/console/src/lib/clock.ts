// One shared second-hand for every running clock, set by the server's time.
import { readonly, ref } from 'vue'

const current = ref(Date.now())
let offset = 0

/** The server's now in milliseconds, moved on four times a second. */
export const now = readonly(current)

/** Takes the server's time as the console's, so that clocks agree on every desk. */
export function setServerTime(ms: number): void {
  if (Number.isFinite(ms)) offset = ms - Date.now()
}

/** The server's time at this very moment. */
export function serverNow(): number {
  return Date.now() + offset
}

/** Starts the second-hand; returns how to stop it. */
export function startClock(): () => void {
  const timer = window.setInterval(() => {
    current.value = serverNow()
  }, 250)
  return () => window.clearInterval(timer)
}
