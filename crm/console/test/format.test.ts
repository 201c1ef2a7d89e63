// Numbers, times and telephone numbers as people read them.
import { expect, it } from 'vitest'

import { breakable, clock, dayHead, dayOf, instant, maskedPhone, phone, seconds, span, spanOf, ticketNumber, timeWithSeconds, weekday, when } from '@/lib/format'

const NOW = instant('2026-11-22T06:05:31.000Z')

it('writes times of Asia/Shanghai', () => {
  expect(when(NOW, NOW)).toBe('14:05')
  expect(when(instant('2026-11-21T06:05:00Z'), NOW)).toBe('昨天 14:05')
  expect(when(instant('2026-11-20T06:05:00Z'), NOW)).toBe('11-20 14:05')
  expect(when(instant('2025-11-20T06:05:00Z'), NOW)).toBe('2025-11-20')
  expect(when(NaN, NOW)).toBe('-')
  expect(timeWithSeconds(NOW)).toBe('14:05:31')
  expect(dayOf(instant('2026-11-21T16:30:00Z'))).toBe('2026-11-22')
})

it('writes the heads of days', () => {
  expect(['2026-11-22', '2026-11-21', '2026-11-20', '2025-11-22', ''].map((day) => dayHead(day, NOW))).toEqual(['今天 11-22', '昨天 11-21', '11-20', '2025-11-22', '-'])
  expect(dayHead('2025-12-31', instant('2026-01-01T00:00:00+08:00'))).toBe('昨天 12-31')
})

it('writes running clocks and promises so that neither is taken for the other', () => {
  expect([clock(133_000), clock(3_733_000), clock(-5), clock(NaN)]).toEqual(['02:13', '1:02:13', '00:00', '-'])
  expect([span(28_740_000), span(2_880_000), seconds(1_840)]).toEqual(['7时59分', '48分', '1.8'])
  expect([span(172_799_000), span(172_800_000), span(345_420_000)]).toEqual(['47时59分', '2天0时', '3天23时'])
})

it('writes telephone numbers', () => {
  expect(phone('+8613800138000')).toBe('138 0013 8000')
  expect(phone('+8675766883358')).toBe('0757-6688 3358')
  expect(phone('01062881234')).toBe('010-6288 1234')
  expect(phone('4001726011')).toBe('400-172-6011')
  expect(phone('138****8000')).toBe('138****8000')
  expect(maskedPhone('+8613800138000')).toBe('138****8000')
  expect(maskedPhone('138 0013 8000')).toBe('138****8000')
  expect(maskedPhone('+8675766883358')).toBe('0757-6688 33**')
  expect(maskedPhone('')).toBe('')
  expect(ticketNumber('60214831')).toBe('6021 4831')
})

it('breaks an address after its divisions only', () => {
  expect(breakable('广东省佛山市顺德区容桂街道新发路5号').split('\u200B')).toEqual(['广东省', '佛山市', '顺德区', '容桂街道', '新发路5号'])
  expect(breakable('小区')).toBe('小区')
})

it('says which day of the week a day is', () => {
  expect(['2026-11-29', '2026-11-30', ''].map(weekday)).toEqual(['周日', '周一', '-'])
})

it('reads a day as what lies between two midnights of ours', () => {
  expect(spanOf('2026-11-28')).toEqual({ from: '2026-11-27T16:00:00.000Z', to: '2026-11-28T16:00:00.000Z' })
  expect([spanOf(''), spanOf('yesterday')]).toEqual([{}, {}])
})
