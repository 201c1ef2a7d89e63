// A notice in its form: from now to the end of the day, sent with whole times, nothing sent while something is missing.
import { expect, it } from 'vitest'

import { blank, draftOf, ended, written } from '@/notices/notice'

const NOW = Date.parse('2026-11-22T04:00:00Z')
const GAS = {
  id: 'n1', kind: 'area', adcode: '440606003', area: '容桂街道', event: '今天停气', starts_at: '2026-11-22T04:00:00.000Z', ends_at: '2026-11-22T15:59:00.000Z',
  state: 'lasting', spoken: '容桂街道今天停气', version: 3, changed_by: '赵班长',
}

it('begins with a notice that lasts until the end of the day', () => {
  expect(blank(NOW)).toMatchObject({ kind: 'area', startDay: '2026-11-22', startTime: '12:00', endDay: '2026-11-22', endTime: '23:59' })
  expect(draftOf(blank(NOW))).toBeNull()
})

it('sends what was written, the same after a round trip', () => {
  expect(draftOf(written(GAS))).toEqual({ kind: 'area', adcode: '440606003', area: '容桂街道', event: '今天停气', starts_at: GAS.starts_at, ends_at: GAS.ends_at })
  expect(draftOf({ ...written(GAS), kind: 'surge' })).toMatchObject({ kind: 'surge', adcode: '', area: '', event: '' })
  expect(draftOf({ ...written(GAS), endTime: '' })).toBeNull()
})

it('ends a notice now', () => {
  expect(ended(GAS, NOW)).toEqual({ kind: 'area', adcode: '440606003', area: '容桂街道', event: '今天停气', starts_at: GAS.starts_at, ends_at: '2026-11-22T04:00:00.000Z' })
})
