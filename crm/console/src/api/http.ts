// Plain requests to the REST API: JSON in, JSON or a `Problem` out, always with a time limit.

import { newUuid } from '@/lib/uuid'

const BASE = '/api/v1'
const LIMIT_MS = 8_000
const FILE_LIMIT_MS = 120_000

/** What the server said when it refused (problem+json), or `status` 0 when it could not be reached. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly fields: Readonly<Record<string, string>> = {},
    readonly body: Readonly<Record<string, unknown>> = {},
  ) {
    super(`problem ${status}`)
  }

  get offline(): boolean {
    return this.status === 0
  }
}

type Body = Readonly<Record<string, unknown>>

let onSessionOver: () => void = () => undefined

/** Says what happens when the server no longer knows this browser's session. */
export function whenSessionOver(act: () => void): void {
  onSessionOver = act
}

function fieldErrors(body: Body): Record<string, string> {
  const fields = body['fields']
  const found: Record<string, string> = {}
  if (!Array.isArray(fields)) return found
  for (const item of fields as readonly Body[]) {
    const { field, detail } = item
    if (typeof field === 'string' && typeof detail === 'string') found[field] = detail
  }
  return found
}

async function problemOf(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as Body
  const text = (name: string): string => (typeof body[name] === 'string' ? body[name] : '')
  return new Problem(response.status, text('code'), text('detail'), fieldErrors(body), body)
}

/** Sends one request with JSON below /api/v1; throws `Problem`. `T` is the shape promised by the API. */
export async function request<T>(method: string, path: string, body?: object): Promise<T> {
  const headers: Record<string, string> = body === undefined ? {} : { 'Content-Type': 'application/json' }
  return ask<T>(method, path, headers, body === undefined ? undefined : JSON.stringify(body), LIMIT_MS)
}

// of forms whose answer never came: what was sent -> its key
const unanswered = new Map<string, string>()

/** Posts a form that makes something; throws `Problem`. When no answer came and the same is sent again, it is made once. */
export async function create<T>(path: string, body: object): Promise<T> {
  const text = JSON.stringify(body)
  const sent = `${path}\n${text}`
  const key = unanswered.get(sent) ?? newUuid()
  unanswered.set(sent, key)
  try {
    const made = await ask<T>('POST', path, { 'Content-Type': 'application/json', 'Idempotency-Key': key }, text, LIMIT_MS)
    unanswered.delete(sent)
    return made
  } catch (error) {
    if (error instanceof Problem && error.status > 0 && error.status < 500) unanswered.delete(sent)
    throw error
  }
}

/** Sends a file as the body, with time enough for it to be read; throws `Problem`. */
export async function send<T>(method: string, path: string, file: File): Promise<T> {
  return ask<T>(method, path, { 'Content-Type': file.type || 'application/octet-stream' }, file, FILE_LIMIT_MS)
}

async function ask<T>(method: string, path: string, extra: Readonly<Record<string, string>>, body: BodyInit | undefined, limit: number): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json', ...extra }
  if (method !== 'GET') headers['X-Hotline'] = '1'
  let response: Response
  try {
    response = await fetch(BASE + path, { method, headers, credentials: 'same-origin', signal: AbortSignal.timeout(limit), ...(body === undefined ? {} : { body }) })
  } catch {
    throw new Problem(0, '', '')
  }
  if (!response.ok) {
    const problem = await problemOf(response)
    if (problem.status === 401 && !path.startsWith('/session')) onSessionOver()
    throw problem
  }
  return (response.status === 204 ? undefined : await response.json()) as T
}

/** Returns "?a=1&b=2&b=3" without empty values, or ""; a list is told one by one. */
export function query(values: Readonly<Record<string, string | number | readonly string[] | undefined>>): string {
  const parts = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== '') parts.append(name, String(one))
    }
  }
  const text = parts.toString()
  return text ? `?${text}` : ''
}
