// A page opened by its plain address has no randomUUID, and still makes drafts and keys.
import { afterEach, expect, it, vi } from 'vitest'

import { newUuid } from '@/lib/uuid'

afterEach(() => { vi.unstubAllGlobals() })

it('is a version 4 UUID without randomUUID, another each time', () => {
  const given = globalThis.crypto
  vi.stubGlobal('crypto', { getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => given.getRandomValues(bytes) })
  const made = Array.from({ length: 50 }, newUuid)
  for (const one of made) expect(one).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(new Set(made).size).toBe(50)
})
