// What a list is filtered by lives in its address, so that an address can be sent and Back leads back.
import { computed, ref, watch, type ComputedRef, type Ref } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/** Per name of the query the values it may have; ANY = whatever was typed. */
export type Allowed = Readonly<Record<string, readonly string[] | typeof ANY>>
export const ANY = 'any'
type Query = Readonly<Record<string, unknown>>

export interface ListFilter<N extends string> {
  /** The values, '' for what is not asked, with the place in the list; another object only when one of them changed. */
  readonly asked: ComputedRef<Readonly<Record<N | 'cursor', string>>>
  /** The text in the search box: q until somebody types, and again when q changes. */
  readonly typed: Ref<string>
  /** Asks for something else as well, from the first row on unless `cursor` is given; '' asks for a name no more. */
  narrow(change: Readonly<Partial<Record<N | 'cursor', string>>>): void
}

/** Returns the values of these names in an address's query (pure); what is not allowed is ''. */
export function askedOf<A extends Allowed>(names: A, query: Query): Record<(keyof A & string) | 'cursor', string> {
  const text = (name: string): string => (typeof query[name] === 'string' ? query[name] : '')
  const value = (name: string, allowed: Allowed[string]): string => (allowed === ANY || allowed.includes(text(name)) ? text(name) : '')
  const found = Object.fromEntries(Object.entries(names).map(([name, allowed]) => [name, value(name, allowed)]))
  return { ...found, cursor: text('cursor') } as Record<(keyof A & string) | 'cursor', string>
}

/** Returns the query of an address that asks for these values (pure). */
export function queryOf(asked: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== ''))
}

/** Returns the filter that the address holds; `names` are the parts of the query it is made of. */
export function useFilter<A extends Allowed>(names: A): ListFilter<keyof A & string> {
  const route = useRoute()
  const router = useRouter()
  const own = route.matched.at(-1)
  type Asked = Record<(keyof A & string) | 'cursor', string>
  const asked = computed<Asked>((before) => {
    if (before && route.matched.at(-1) !== own) return before // the next page's address is none of ours
    const found = askedOf(names, route.query)
    return before && JSON.stringify(before) === JSON.stringify(found) ? before : found
  })
  const q = computed(() => (asked.value as Readonly<Record<string, string>>)['q'] ?? '')
  const typed = ref(q.value)
  watch(q, (text) => { typed.value = text })

  function narrow(change: Readonly<Partial<Asked>>): void {
    void router.push({ query: queryOf({ ...asked.value, cursor: '', ...change } as Asked) })
  }
  return { asked, typed, narrow }
}
