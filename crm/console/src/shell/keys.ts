// Keys that work everywhere: F6 walks the regions, F2 and F4 belong to the call. Never while an input method composes.

export interface KeyActs {
  answer(): void
  hangUp(): void
}

const REGIONS = '[data-region]'
const FOCUSABLE = 'a[href],button:not(:disabled),input:not(:disabled),textarea,select,[tabindex="0"]'

/** Moves the focus to the next (or previous) region that is on the page, to what was focused in it last. */
export function nextRegion(back: boolean): void {
  const regions = [...document.querySelectorAll<HTMLElement>(REGIONS)].filter((item) => item.offsetParent !== null)
  if (!regions.length) return
  const here = regions.findIndex((item) => item.contains(document.activeElement))
  const step = back ? -1 : 1
  const target = regions[(here + step + regions.length) % regions.length]
  const first = target?.querySelector<HTMLElement>(FOCUSABLE)
  ;(first ?? target)?.focus()
}

/** Handles one key press; returns true when it was ours. */
export function onGlobalKey(event: KeyboardEvent, acts: KeyActs): boolean {
  if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return false
  if (event.code === 'F6') nextRegion(event.shiftKey)
  else if (event.code === 'F2' && !event.shiftKey) acts.answer()
  else if (event.code === 'F4' && !event.shiftKey) acts.hangUp()
  else return false
  event.preventDefault()
  return true
}
