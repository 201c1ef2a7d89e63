// Text that is being written, kept in this browser for its writer until it is saved or taken back.
import { ref, watch, type Ref } from 'vue'

import { me } from '@/live/store'

/** Returns a ref that survives a reload under `name`; what `isEmpty` says is nothing is not kept. */
export function kept<T>(name: string, empty: T, isEmpty: (value: T) => boolean): Ref<T> {
  const key = `hotline.${name}.${me.value?.account ?? ''}`
  const found = localStorage.getItem(key)
  const value = ref(found === null ? empty : (JSON.parse(found) as T)) as Ref<T>
  watch(value, (written) => {
    if (isEmpty(written)) localStorage.removeItem(key)
    else localStorage.setItem(key, JSON.stringify(written))
  }, { deep: true })
  return value
}
