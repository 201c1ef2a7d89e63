// Reading something for a page: keeps the old content while it refreshes, says what went wrong, ignores answers that come late.
import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'

import { Problem } from '@/api/http'
import { t } from '@/locales'

export interface Loader<T> {
  readonly data: ShallowRef<T | null>
  readonly problem: Ref<string>
  readonly status: Ref<number>
  readonly busy: Ref<boolean>
  /** performance.now() of the start of the running request; 0 = none runs. */
  readonly since: Ref<number>
  load(): Promise<void>
}

/** Returns a loader of what `read` gives; `noun` is named in the error text. */
export function useLoader<T>(noun: string, read: () => Promise<T>): Loader<T> {
  const data = shallowRef<T | null>(null)
  const problem = ref('')
  const status = ref(200)
  const busy = ref(false)
  const since = ref(0)
  let latest = 0

  async function load(): Promise<void> {
    latest += 1
    const own = latest
    busy.value = true
    since.value = performance.now()
    try {
      const found = await read()
      if (own !== latest) return
      data.value = found
      problem.value = ''
      status.value = 200
    } catch (error) {
      if (own !== latest) return
      const known = error instanceof Problem && !error.offline
      status.value = error instanceof Problem ? error.status : 0
      problem.value = known ? t('list.failed', { noun, detail: error.detail }) : t('list.failedOffline', { noun })
    } finally {
      if (own === latest) {
        busy.value = false
        since.value = 0
      }
    }
  }
  return { data, problem, status, busy, since, load }
}
