// The dispatcher's day: bars, proposed windows, lateness.
import { expect, it } from 'vitest'

import type { BoardVisit, EngineerLine } from '@/api/dispatch'
import { bars, byUrgency, dayAfter, hoursOf, lateBy, marksOf, moments, nearPlace, place, proposed, startingAt, timeAt, times, USUAL } from '@/dispatch/day'
import { instant, momentOf } from '@/lib/format'

const DAY = '2026-11-22'
const visit = (id: string, from: string, to: string): BoardVisit => ({
  visit: id, ticket: '60214831', starts_at: new Date(momentOf(DAY, from)).toISOString(), ends_at: new Date(momentOf(DAY, to)).toISOString(), state: 'planned', place: '',
})

it('stands between 8 and 20 o’clock and never beyond', () => {
  expect(['08:00', '14:00', '23:00'].map((time) => place(DAY, momentOf(DAY, time), USUAL))).toEqual([0, 50, 100])
  expect([0, 0.5, 1, -1].map((share) => timeAt(DAY, share, USUAL))).toEqual(['08:00', '14:00', '19:30', '08:00'])
})

it('reaches as far as the visits of the day, and no further than the day', () => {
  expect([hoursOf(DAY, []), hoursOf(DAY, [visit('a', '08:00', '20:00')])]).toEqual([USUAL, USUAL])
  expect(hoursOf(DAY, [visit('a', '20:30', '22:30'), visit('b', '06:59', '08:00')])).toEqual({ first: 6, last: 24 })
  const night = { ...visit('night', '23:00', '23:59'), ends_at: new Date(momentOf(dayAfter(DAY, 1), '01:00')).toISOString() }
  expect([hoursOf(DAY, [night]), hoursOf(dayAfter(DAY, 1), [night])]).toEqual([{ first: 8, last: 24 }, { first: 0, last: 20 }])
  expect([marksOf(USUAL), marksOf({ first: 6, last: 22 }).at(-1)]).toEqual([[8, 10, 12, 14, 16, 18], 20])
  const late = { first: 8, last: 24 }
  expect([bars(DAY, [visit('evening', '20:00', '22:00')], late)[0], timeAt(DAY, 0.8, late)]).toMatchObject([{ left: 75, width: 12.5 }, '20:30'])
})

it('puts what overlaps into lanes and takes a lane again once it is free', () => {
  const found = bars(DAY, [visit('c', '11:00', '12:00'), visit('a', '08:00', '11:00'), visit('b', '09:00', '10:00')], USUAL)
  expect(found.map((bar) => [bar.visit.visit, bar.lane])).toEqual([['a', 0], ['b', 1], ['c', 0]])
  expect([found[0]?.left, found[0]?.width]).toEqual([0, 25])
  expect(bars(DAY, [visit('late', '23:55', '23:59')], { first: 0, last: 24 })[0]).toMatchObject({ left: 98, width: 2 })
})

it('shows first who should have set off', () => {
  const line = (name: string, silent: boolean): EngineerLine => ({ engineer: name, name, outlet_name: '', number: '', load: 0, capacity: 7, full: false, silent, visits: [] })
  expect(byUrgency([line('李强', false), line('周立', true), line('黄海', false)]).map((item) => item.name)).toEqual(['周立', '李强', '黄海'])
})

it('proposes two hours that leave an hour for the way', () => {
  expect(proposed(DAY, momentOf(DAY, '14:08'))).toEqual({ day: DAY, from: '15:30', to: '17:30' })
  expect(proposed(DAY, momentOf(DAY, '23:20'))).toEqual({ day: '2026-11-23', from: '00:30', to: '02:30' })
  expect(proposed('2026-11-24', momentOf(DAY, '14:08'))).toEqual({ day: '2026-11-24', from: '09:00', to: '11:00' })
  expect(startingAt({ day: DAY, from: '09:00', to: '10:00' }, '16:30')).toEqual({ day: DAY, from: '16:30', to: '18:30' })
})

it('ends the day after when the end comes first, and knows what is missing', () => {
  const night = moments({ day: DAY, from: '23:00', to: '01:00' })
  expect(night.end - night.start).toBe(2 * 3_600_000)
  expect(moments({ day: DAY, from: '', to: '01:00' }).start).toBeNaN()
  expect(dayAfter('2026-12-31', 1)).toBe('2027-01-01')
})

it('is late only after the promise', () => {
  const due = '2026-11-22T14:07:00.000Z'
  expect([lateBy(instant(due), due), lateBy(instant(due) + 60_000, due), lateBy(instant(due) + 60_000, null)]).toEqual([0, 60_000, 0])
})

it('offers every half hour and what is chosen already', () => {
  expect([times('09:30').length, times('09:10').slice(18, 21)]).toEqual([48, ['09:00', '09:10', '09:30']])
})

it('says only the town where a bar has no room for the district', () => {
  expect(['顺德区容桂街道', '南海区里水镇', '顺德区', '昆山市玉山镇', ''].map(nearPlace)).toEqual(['容桂街道', '里水镇', '顺德区', '玉山镇', ''])
})
