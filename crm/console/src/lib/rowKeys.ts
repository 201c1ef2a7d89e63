// Walking the rows of a list by arrows or J and K. The cursor is the browser's own focus, on the link that opens the row,
// so that Enter opens it and the focus ring shows it.
import { onBeforeUnmount, onBeforeUpdate, onMounted, onUpdated, type Ref } from 'vue'

import { listActAt } from './listKeys'

const ROWS = 'tbody tr'
const ENTRY = 'a[href], button'
/** Parts of the page whose arrows are their own. */
const ELSEWHERE = 'form, .pop-menu'

/** Returns the row to go to from row `at`; -1 = from none: down begins at the first, up at the last (pure). */
export function nextRow(at: number, count: number, act: 'up' | 'down'): number {
  if (at < 0) return act === 'down' ? 0 : count - 1
  return Math.max(0, Math.min(count - 1, at + (act === 'down' ? 1 : -1)))
}

/** Walks the rows in `root` while the component is there. What the list reads anew leaves the focus where it was, on the
    row that took the place of one that is gone; whoever comes Back from a row's page stands on that row again. */
export function useRowKeys(root: Readonly<Ref<HTMLElement | null>>): void {
  const entry = (row: HTMLElement | undefined): HTMLElement | null => row?.querySelector<HTMLElement>(ENTRY) ?? null
  const rows = (): HTMLElement[] => [...(root.value?.querySelectorAll<HTMLElement>(ROWS) ?? [])].filter(entry)
  const rowOf = (element: Element | null): number => rows().findIndex((row) => row.contains(element))
  const idle = (): boolean => document.activeElement === document.body || document.activeElement === null

  function onKey(event: KeyboardEvent): void {
    const { target } = event
    if (!(target instanceof Element) || target.closest(ELSEWHERE)) return
    if (target !== document.body && !root.value?.closest('main')?.contains(target)) return
    const act = listActAt(event)
    if (act !== 'up' && act !== 'down') return
    const all = rows()
    entry(all[nextRow(rowOf(target), all.length, act)])?.focus()
    event.preventDefault()
  }
  onMounted(() => document.addEventListener('keydown', onKey))
  onBeforeUnmount(() => document.removeEventListener('keydown', onKey))

  let held: HTMLElement | null = null
  let at = -1
  let came = false
  onBeforeUpdate(() => {
    at = rowOf(document.activeElement)
    held = at >= 0 && document.activeElement instanceof HTMLElement ? document.activeElement : null
  })
  onUpdated(() => {
    const all = rows()
    if (held && idle()) (held.isConnected ? held : entry(all[Math.min(at, all.length - 1)]))?.focus()
    held = null
    if (came || !all.length) return
    came = true
    const left: unknown = (history.state as { forward?: unknown } | null)?.forward
    if (typeof left === 'string' && idle()) all.map(entry).find((link) => link?.getAttribute('href') === left)?.focus()
  })
}
