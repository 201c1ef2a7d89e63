// Figures of the rules: read out of the bodies, set anew without touching anything else.
import { expect, it } from 'vitest'

import { bodyWith, figuresOf, isFigure, setInForce } from '@/rules/figures'

const WARRANTY = {
  source: '公司售后服务文件', periods: { refund: { days: 7 }, exchange: { days: 15 }, repair: { years: { boiler: 2, other: 1 } } }, review_after_repairs: 2,
  sentences: { refund: { place: '二.一.(一).1', text: '7日内' }, exchange: { place: '', text: '' }, repair: { place: '', text: '' } },
}

it('reads each figure with its unit and its sentence', () => {
  const found = figuresOf('warranty', WARRANTY)
  expect(found.map((item) => [item.what.join(' '), item.value, item.unit])).toEqual([
    ['refund', 7, 'days'], ['exchange', 15, 'days'], ['repair boiler', 2, 'years'], ['repair other', 1, 'years'], ['review', 2, 'times'],
  ])
  expect([found[0]?.place, found[0]?.sentence]).toEqual(['二.一.(一).1', '7日内'])
})

it('reads promises with their scopes and quotas with their environments', () => {
  const clocks = figuresOf('clocks', { promises: [{ label: '上门', scopes: ['city'], hours: 8, place: '四.一.2', sentence: '市区内8小时' }, { label: '无' }] })
  const working = figuresOf('clocks', { promises: [{ label: '备件发货', scopes: ['city'], hours: 27, calendar: 'working' }] })
  expect(working.map((item) => item.unit)).toEqual(['workHours'])
  const days = figuresOf('follow_up', { after_days: { repair: 2, visit: 1, complaint: 2, self_resolved: 1 } })
  expect(days.map((item) => item.what[0])).toEqual(['after_self_resolved', 'after_repair', 'after_complaint', 'after_visit'])
  expect(clocks.map((item) => [item.what, item.value, item.sentence])).toEqual([[['上门', 'city'], 8, '市区内8小时']])
  const quota = figuresOf('quota', { environments: { cold: '严寒' }, quotas: [{ part: '*', environment: 'cold', pieces: 1, per_units: 30 }] })
  expect(quota.map((item) => [item.what.join(' '), item.value, item.unit])).toEqual([['* 严寒', 1, 'pieces'], ['* 严寒', 30, 'units']])
  const asked = figuresOf('follow_up', { after_days: { repair: 2 }, most_days: 3, low_score: 2, satisfied: 4, zone: 'Asia/Shanghai' })
  expect(asked.map((item) => [item.path.join('.'), item.value, item.unit])).toEqual([['after_days.repair', 2, 'days'], ['most_days', 3, 'days'], ['low_score', 2, 'points'], ['satisfied', 4, 'points']])
})

it('sets figures anew and leaves the rest and the old set alone', () => {
  const made = bodyWith(WARRANTY, { 'periods.repair.years.boiler': 3 })
  expect(made).toEqual({ ...WARRANTY, periods: { ...WARRANTY.periods, repair: { years: { boiler: 3, other: 1 } } } })
  expect(WARRANTY.periods.repair.years.boiler).toBe(2)
  expect((bodyWith({ promises: [{ hours: 8 }, { hours: 24 }] }, { 'promises.1.hours': 12 }) as { promises: unknown }).promises).toEqual([{ hours: 8 }, { hours: 12 }])
})

it('takes positive figures only', () => {
  expect(['8', ' 1.5 ', '0', '-1', '8h', '', '123456', '1.234'].map(isFigure)).toEqual([true, true, false, false, false, false, false, false])
})

it('takes for today the last set that has begun, not the last one', () => {
  const sets = [{ valid_from: '2000-01-01' }, { valid_from: '2026-05-01' }, { valid_from: '2027-01-01' }]
  expect(setInForce(sets, '2026-11-27')).toBe(sets[1])
  expect(setInForce(sets, '2026-05-01')).toBe(sets[1])
  expect(setInForce(sets, '2026-04-30')).toBe(sets[0])
  expect(setInForce(sets, '1999-12-31')).toBeNull()
})
