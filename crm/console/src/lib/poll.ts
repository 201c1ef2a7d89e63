// Doing something again and again while a page is open and in sight.
import { onBeforeUnmount, onMounted } from 'vue'

/** Does `act` every `ms` milliseconds while the component is there, not in a tab that nobody sees. */
export function usePoll(ms: number, act: () => unknown): void {
  let timer = 0
  onMounted(() => {
    timer = window.setInterval(() => { if (!document.hidden) act() }, ms)
  })
  onBeforeUnmount(() => window.clearInterval(timer))
}
