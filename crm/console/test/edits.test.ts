// A form never overwrites what is typed, and never keeps what was taken back.
import { describe, expect, it } from 'vitest'

import { changed, type Edits, none, overtaken, take, write } from '@/lib/edits'

interface Values {
  name: string
  queues: readonly string[]
}
const SAVED: Values = { name: '王敏', queues: ['repair'] }
const typed = (): Edits<Values> => write(none<Values>(), SAVED, 'name', '王小敏')

describe('what is written', () => {
  it('is a change until it equals what is saved again', () => {
    expect([changed(none()), changed(typed())]).toEqual([false, true])
    expect(changed(write(typed(), SAVED, 'name', '王敏'))).toBe(false)
    expect(changed(write(none<Values>(), SAVED, 'queues', ['repair']))).toBe(false)
  })

  it('is overtaken only by another value of the same field', () => {
    expect(overtaken(typed(), { ...SAVED, queues: [] })).toEqual([])
    expect(overtaken(typed(), { ...SAVED, name: '李敏' })).toEqual(['name'])
    expect(overtaken(write(typed(), { ...SAVED, name: '李敏' }, 'name', '王'), { ...SAVED, name: '李敏' })).toEqual(['name'])
  })

  it('gives way to the newer value of one field when that is taken', () => {
    const two = write(typed(), SAVED, 'queues', [])
    expect(take(two, 'name')).toEqual({ typed: { queues: [] }, base: { queues: ['repair'] } })
  })
})
