// Keys of a list: letters act only while no field has the focus, and never while an input method composes.
import { onBeforeUnmount, onMounted } from 'vue'

export type ListAct = 'refresh' | 'search' | 'up' | 'down' | 'mark' | 'range' | 'clear'
export type Pressed = Pick<KeyboardEvent, 'code' | 'shiftKey' | 'ctrlKey' | 'altKey' | 'metaKey' | 'isComposing'>
export interface ListActs {
  refresh(): void
  search(): void
  /** Marks the row with this data-row; `range`: all from the one that was marked last. */
  mark?(row: string, range: boolean): void
  clear?(): void
}

const ACTS: Readonly<Record<string, ListAct>> = { KeyR: 'refresh', Slash: 'search', ArrowDown: 'down', KeyJ: 'down', ArrowUp: 'up', KeyK: 'up', KeyX: 'mark', Escape: 'clear' }
/** Where keys are text or choose a value; a tick is no such field. */
const FIELDS = 'input:not([type="checkbox"]), textarea, select, [contenteditable]'

/** Returns what a key means to a list; null: nothing (pure). */
export function listActOf(key: Pressed): ListAct | null {
  if (key.isComposing || key.ctrlKey || key.altKey || key.metaKey) return null
  if (key.shiftKey) return key.code === 'KeyX' ? 'range' : null
  return ACTS[key.code] ?? null
}

/** Returns what a key press means to the list of a page, null for one that belongs to a field or was used already. */
export function listActAt(event: KeyboardEvent): ListAct | null {
  const taken = event.defaultPrevented || (event.target instanceof Element && event.target.closest(FIELDS) !== null)
  return taken ? null : listActOf(event)
}

/** R reads the list anew, / goes to the search box, X marks a row, Esc takes the marks off, while the component is there. */
export function useListKeys(acts: ListActs): void {
  function onKey(event: KeyboardEvent): void {
    const act = listActAt(event)
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-row]')?.dataset['row'] : undefined
    if (act === 'refresh') acts.refresh()
    else if (act === 'search') acts.search()
    else if (act === 'clear' && acts.clear) acts.clear()
    else if ((act === 'mark' || act === 'range') && acts.mark && row) acts.mark(row, act === 'range')
    else return
    event.preventDefault()
  }
  onMounted(() => document.addEventListener('keydown', onKey))
  onBeforeUnmount(() => document.removeEventListener('keydown', onKey))
}
