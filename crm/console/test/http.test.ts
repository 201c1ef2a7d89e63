// The key of what is made: one while its answer is missing, a new one after it.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { create, Problem, request } from '@/api/http'

type Answer = () => Promise<Response>

const keys: (string | null)[] = []
let answers: Answer[] = []
const lost: Answer = () => Promise.reject(new TypeError('timed out'))
const says = (status: number): Answer => () => Promise.resolve(new Response('{"no":"60214831"}', { status }))

beforeEach(() => {
  keys.length = 0
  vi.stubGlobal('fetch', (_: string, sent: RequestInit) => {
    keys.push(new Headers(sent.headers).get('Idempotency-Key'))
    return (answers.shift() ?? lost)()
  })
})
afterEach(() => { vi.unstubAllGlobals() })

/** Sends one after the other; returns the status of each, 0 for no answer. */
async function sends(told: Answer[], body: (index: number) => object): Promise<number[]> {
  answers = [...told]
  const seen: number[] = []
  for (let index = 0; index < told.length; index += 1) {
    seen.push(await create('/tickets', body(index)).then(() => 201, (error: unknown) => (error instanceof Problem ? error.status : -1)))
  }
  return seen
}

it('stays the same until an answer came, and is a new one after it', async () => {
  const seen = await sends([lost, says(503), lost, says(201), says(201)], () => ({ kind: 'repair' }))
  expect(seen).toEqual([0, 503, 0, 201, 201])
  expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/)
  expect(new Set(keys.slice(0, 4)).size).toBe(1)
  expect(keys[4]).not.toBe(keys[0])
})

it('is a new one after a refusal, and for other content', async () => {
  await sends([says(422), says(201)], () => ({ kind: 'refused' }))
  await sends([lost, lost], (index) => ({ kind: 'other', note: String(index) }))
  expect(new Set(keys).size).toBe(4)
})

it('is shared by two presses at once', async () => {
  answers = [says(201), says(201)]
  await Promise.all([create('/tickets', { kind: 'twice' }), create('/tickets', { kind: 'twice' })])
  expect(keys[0]).toBe(keys[1])
})

it('is sent with nothing else', async () => {
  answers = [says(200)]
  await request('POST', '/me/ready', {})
  expect(keys).toEqual([null])
})
