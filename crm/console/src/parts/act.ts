// Sending what was written in a form of the parts' pages: busy, what was refused and at which field.
import { ref, type Ref } from 'vue'

import { Problem } from '@/api/http'
import { t } from '@/locales'

export interface Act {
  readonly busy: Ref<boolean>
  /** What was refused as a whole; '' = nothing. */
  readonly refused: Ref<string>
  /** What is wrong with a field, by its name. */
  readonly wrong: Ref<Readonly<Record<string, string>>>
  /** Sends once at a time; tells whether it was taken. `onConflict` reads anew when somebody else was first, before that is told. */
  run(send: () => Promise<void>, onConflict?: () => Promise<void>): Promise<boolean>
}

export function useAct(): Act {
  const busy = ref(false)
  const refused = ref('')
  const wrong = ref<Readonly<Record<string, string>>>({})

  async function run(send: () => Promise<void>, onConflict: () => Promise<void> = () => Promise.resolve()): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    refused.value = ''
    wrong.value = {}
    try {
      await send()
      return true
    } catch (error) {
      if (!(error instanceof Problem) || error.offline) {
        refused.value = t('parts.offline')
        return false
      }
      if (error.status === 409) await onConflict()
      wrong.value = error.fields
      refused.value = Object.keys(error.fields).length ? '' : error.detail
      return false
    } finally {
      busy.value = false
    }
  }
  return { busy, refused, wrong, run }
}
