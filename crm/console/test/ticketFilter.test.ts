// What the ticket list asks for, from its address to its chips and back; how it meets a newer reading.
import { expect, it } from 'vitest'

import type { SavedView } from '@/api/savedViews'
import { type Asked, askedOfView, chipsOf, columnsOf, paramsOf, sameTickets, toggle, valuesOf } from '@/tickets/filter'
import { changedSince, meet } from '@/tickets/fresh'

const NONE: Asked = { view: 'all', q: '', kind: '', state: '', priority: '', owner: '', days: '', cols: '' }
const BUSY: Asked = { ...NONE, view: 'open', q: '顺德', kind: 'complaint,repair', state: 'new', owner: 'none', days: '7' }
const VIEW: SavedView = { id: 'a', name: '顺德', role: 'agent', role_name: '坐席', removable: false, view: 'open', q: '顺德', kind: ['repair', 'complaint'], state: ['new'], priority: [], owner: 'none', days: 7, columns: ['region', 'kind'] }

it('takes values in their own order and none that are not', () => {
  expect(valuesOf({ ...NONE, kind: 'complaint,nonsense,repair' }, 'kind')).toEqual(['repair', 'complaint'])
  expect(columnsOf('updated,kind,nonsense')).toEqual(['kind', 'updated'])
  expect(columnsOf('')).toEqual([])
})

it('asks for one value more or less', () => {
  expect(toggle(BUSY, 'kind', 'consult', true)).toEqual({ kind: 'repair,complaint,consult' })
  expect(toggle(BUSY, 'kind', 'repair', false)).toEqual({ kind: 'complaint' })
  expect(toggle(NONE, 'priority', 'high', false)).toEqual({ priority: '' })
})

it('shows each thing that is asked for, and taking all off one by one asks for nothing', () => {
  expect(chipsOf(NONE)).toEqual([])
  expect(chipsOf(BUSY).map((chip) => `${chip.field} ${chip.value}`)).toEqual(['view open', 'kind repair', 'kind complaint', 'state new', 'owner none', 'days 7', 'q 顺德'])
  let asked = BUSY
  for (let left = chipsOf(asked); left[0]; left = chipsOf(asked)) asked = { ...asked, ...left[0].off }
  expect(asked).toEqual(NONE)
})

it('asks the server for several values one by one, not for columns and not for a place in the list', () => {
  expect(paramsOf({ ...BUSY, cols: 'kind', cursor: 'abc' } as Asked)).toEqual({ view: 'open', q: '顺德', kind: ['repair', 'complaint'], state: ['new'], priority: [], owner: 'none', days: '7' })
})

it('knows a kept view again, whatever the order and the columns', () => {
  expect(sameTickets(askedOfView(VIEW), BUSY)).toBe(true)
  expect(sameTickets(askedOfView({ ...VIEW, days: 0 }), BUSY)).toBe(false)
  expect(columnsOf(askedOfView(VIEW).cols)).toEqual(['kind', 'region'])
})

const row = (no: string, version = 1): { no: string; version: number } => ({ no, version })

it('changes rows in place, moves none and counts what came and left', () => {
  const met = meet([row('3'), row('2'), row('1')], [row('4'), row('1'), row('3', 2)], false)
  expect(met.rows).toEqual([row('3', 2), row('2'), row('1')])
  expect([...met.gone]).toEqual(['2'])
  expect(met.changes).toBe(2)
})

it('does not call a row gone that only moved on to the next page', () => {
  expect(meet([row('3'), row('2')], [row('4'), row('3')], true)).toEqual({ rows: [row('3'), row('2')], gone: new Set(), changes: 1 })
  expect([...meet([row('3'), row('2')], [row('3')], true).gone]).toEqual(['2'])
  expect(meet([row('1')], [row('1')], false).changes).toBe(0)
})

it('knows which rows changed between two readings, not those that came', () => {
  expect([...changedSince([row('3'), row('2', 4)], [row('4', 7), row('3', 2), row('2', 4)])]).toEqual(['3'])
})
