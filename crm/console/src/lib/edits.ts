// What is being written in a form: touched fields stay the writer's, what another saved stands beside (pure).

/** `typed`: what was changed; `base`: what stood there when the writing began. */
export interface Edits<V> {
  readonly typed: Readonly<Partial<V>>
  readonly base: Readonly<Partial<V>>
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

export function none<V>(): Edits<V> {
  return { typed: {} as Partial<V>, base: {} as Partial<V> }
}

/** Writes one field; what equals the saved value again is no change. */
export function write<V extends object, F extends keyof V & string>(edits: Edits<V>, saved: V, field: F, value: V[F]): Edits<V> {
  const typed = { ...edits.typed, [field]: value }
  const base = { [field]: saved[field], ...edits.base } as Partial<V>
  if (!same(value, saved[field])) return { typed, base }
  return without({ typed, base }, field)
}

function without<V extends object>(edits: Edits<V>, field: keyof V & string): Edits<V> {
  const cut = (values: Readonly<Partial<V>>): Partial<V> => Object.fromEntries(Object.entries(values).filter(([name]) => name !== field)) as Partial<V>
  return { typed: cut(edits.typed), base: cut(edits.base) }
}

/** Touched fields that another has changed since. */
export function overtaken<V extends object>(edits: Edits<V>, saved: V): (keyof V & string)[] {
  return (Object.keys(edits.typed) as (keyof V & string)[]).filter((field) => !same(edits.base[field], saved[field]))
}

/** Takes the newer value of a field: the own text of it goes. */
export function take<V extends object>(edits: Edits<V>, field: keyof V & string): Edits<V> {
  return without(edits, field)
}

export function changed<V>(edits: Edits<V>): boolean {
  return Object.keys(edits.typed).length > 0
}
