// How a call-back task stands for the one who looks at it (pure).
import type { Callback } from '@/api/types'
import { instant } from '@/lib/format'

export const RESULTS = ['reached', 'no_answer', 'wrong_number', 'not_needed'] as const
/** Slices of the list, each a tab of the page. */
export const CALLBACK_TABS = ['callback', 'abandoned', 'voicemail', 'done'] as const
export type Standing = 'mine' | 'others' | 'due' | 'later' | 'done'

/** Taken counts till its end; then the task is anybody's again. */
export function standing(task: Callback, own: string, now: number): Standing {
  if (task.done_at) return 'done'
  if (task.taken_until && instant(task.taken_until) > now) return task.taken_by === own ? 'mine' : 'others'
  return instant(task.due_at) <= now ? 'due' : 'later'
}
