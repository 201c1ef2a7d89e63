// Keys of a list: what each means, which row comes next, which rows are marked.
import { expect, it } from 'vitest'

import { listActOf, type Pressed } from '@/lib/listKeys'
import { nextRow } from '@/lib/rowKeys'
import { allOrNone, NO_MARKS, ranged, stillThere, toggled } from '@/tickets/marks'

const PLAIN: Pressed = { code: '', shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, isComposing: false }
const press = (code: string, also: Partial<Pressed> = {}): ReturnType<typeof listActOf> => listActOf({ ...PLAIN, code, ...also })
const ORDER = ['5', '4', '3', '2', '1']

it('walks by arrows and by J and K, marks by X, and leaves all else alone', () => {
  expect(['ArrowDown', 'KeyJ', 'ArrowUp', 'KeyK', 'KeyX', 'Escape', 'KeyR', 'Slash'].map((code) => press(code))).toEqual(['down', 'down', 'up', 'up', 'mark', 'clear', 'refresh', 'search'])
  expect(press('KeyX', { shiftKey: true })).toBe('range')
  expect(['Enter', 'Space', 'Tab', 'KeyA', 'F2'].map((code) => press(code))).toEqual([null, null, null, null, null])
})

it('takes no key of an input method, the browser or a chord', () => {
  for (const also of [{ isComposing: true }, { ctrlKey: true }, { altKey: true }, { metaKey: true }]) expect(press('KeyX', also)).toBeNull()
  expect(press('KeyJ', { shiftKey: true })).toBeNull()
})

it('begins at either end and stops there', () => {
  expect([nextRow(-1, 3, 'down'), nextRow(-1, 3, 'up')]).toEqual([0, 2])
  expect([nextRow(0, 3, 'down'), nextRow(2, 3, 'down'), nextRow(0, 3, 'up'), nextRow(2, 3, 'up')]).toEqual([1, 2, 0, 1])
})

it('marks one, a range in either direction, all, and none', () => {
  const one = toggled(NO_MARKS, '4')
  expect([...one.keys]).toEqual(['4'])
  expect([...toggled(one, '4').keys]).toEqual([])
  expect([...ranged(one, '2', ORDER).keys]).toEqual(['4', '3', '2'])
  expect([...ranged(one, '5', ORDER).keys].sort()).toEqual(['4', '5'])
  expect([...ranged(NO_MARKS, '2', ORDER).keys]).toEqual(['2'])
  expect([...allOrNone(one, ORDER).keys]).toEqual(ORDER)
  expect(allOrNone(allOrNone(one, ORDER), ORDER)).toEqual(NO_MARKS)
})

it('forgets the marks of rows that are gone', () => {
  const marks = ranged(toggled(NO_MARKS, '5'), '3', ORDER)
  expect([...stillThere(marks, ['6', '5', '4']).keys]).toEqual(['5', '4'])
  expect(stillThere(marks, ['6', '5', '4']).last).toBe('')
})
