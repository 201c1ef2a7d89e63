// A form over what is saved: touched fields stay the writer's, over a reload and over what another saves meanwhile.
import { computed, type ComputedRef, ref, type Ref } from 'vue'

import { changed, type Edits, none, overtaken, take as taken, write } from '@/lib/edits'
import { kept } from '@/lib/kept'

export interface Form<V extends object> {
  /** What is touched. */
  readonly typed: ComputedRef<Readonly<Partial<V>>>
  /** What is saved with what is touched on top. */
  readonly shown: ComputedRef<V>
  readonly dirty: ComputedRef<boolean>
  /** Touched fields that another has changed since. */
  readonly newer: ComputedRef<readonly (keyof V & string)[]>
  /** What became of the last saving; goes with the next touch. */
  readonly said: Ref<string>
  set<F extends keyof V & string>(field: F, value: V[F]): void
  /** Takes the newer value of a field. */
  take(field: keyof V & string): void
  /** Takes everything back, or lets it go once it is saved. */
  drop(): void
}

/** `key` names it in this browser; `saved` is what the server holds, blank values for a new record. */
export function useForm<V extends object>(key: string, saved: () => V): Form<V> {
  const edits = kept<Edits<V>>(key, none(), (written) => !changed(written))
  const said = ref('')
  return {
    typed: computed(() => edits.value.typed),
    shown: computed(() => ({ ...saved(), ...edits.value.typed })),
    dirty: computed(() => changed(edits.value)),
    newer: computed(() => overtaken(edits.value, saved())),
    said,
    set(field, value) {
      said.value = ''
      edits.value = write(edits.value, saved(), field, value)
    },
    take(field) { edits.value = taken(edits.value, field) },
    drop() { edits.value = none() },
  }
}

/** What was typed into the field of an event. */
export const text = (event: Event): string => (event.target as HTMLInputElement).value
/** Whether the box of an event is ticked. */
export const ticked = (event: Event): boolean => (event.target as HTMLInputElement).checked
