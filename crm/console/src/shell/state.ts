// The agent's own state: what may be asked for, and what was refused.
import { ref } from 'vue'

import { api } from '@/api'
import { Problem } from '@/api/http'
import type { Me } from '@/api/types'
import { me } from '@/live/store'
import { t } from '@/locales'

export const PAUSE_REASONS = ['reason.break', 'reason.meal', 'reason.meeting', 'reason.training', 'reason.outbound', 'reason.device'] as const

/** Why the last change of state was refused, "" when it was not. */
export const refusal = ref('')
/** A pause asked for during a call, carried out after it; "" = none. */
export const pauseAfterCall = ref('')
export const changing = ref(false)

async function change(name: string, act: () => Promise<Me>): Promise<boolean> {
  changing.value = true
  refusal.value = ''
  try {
    me.value = await act()
    return true
  } catch (error) {
    const offline = !(error instanceof Problem) || error.offline
    refusal.value = offline
      ? t('act.failedOffline', { state: name })
      : t('act.failed', { state: name, detail: error.detail })
    return false
  } finally {
    changing.value = false
  }
}

/** Signs in if need be and makes the agent ready. */
export async function goReady(): Promise<boolean> {
  pauseAfterCall.value = ''
  return change(t('state.ready'), async () => {
    const current = me.value?.signed_in ? me.value : await api.signIn()
    return current.state === 'ready' ? current : api.ready()
  })
}

/** Pauses now, or books the pause when a call is going on. */
export async function goPause(reason: string): Promise<boolean> {
  if (me.value?.state === 'talking' || me.value?.state === 'ringing') {
    pauseAfterCall.value = reason
    return true
  }
  pauseAfterCall.value = ''
  return change(t('state.paused'), () => api.pause(reason))
}

/** Signs the phone out of all queues. */
export async function signOut(): Promise<boolean> {
  return change(t('state.offline'), () => api.signOut())
}

/** Carries out a booked pause once the talk is over; called whenever the own state changed. */
export function afterCall(): void {
  const reason = pauseAfterCall.value
  const state = me.value?.state
  if (reason && (state === 'ready' || state === 'wrapup')) void goPause(reason)
}
