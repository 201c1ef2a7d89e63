// Keys of a list: letters act only while no field has the focus, and never while an input method composes.
import { onBeforeUnmount, onMounted } from 'vue'

export interface ListActs {
  refresh(): void
  search(): void
}

/** R reads the list anew, / goes to the search box, while the component is there. */
export function useListKeys(acts: ListActs): void {
  function onKey(event: KeyboardEvent): void {
    const inField = event.target instanceof Element && event.target.closest('input, textarea, select, [contenteditable]') !== null
    if (inField || event.isComposing || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return
    if (event.code === 'KeyR') acts.refresh()
    else if (event.code === 'Slash') acts.search()
    else return
    event.preventDefault()
  }
  onMounted(() => document.addEventListener('keydown', onKey))
  onBeforeUnmount(() => document.removeEventListener('keydown', onKey))
}
