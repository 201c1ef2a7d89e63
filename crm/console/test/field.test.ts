// Outlets and engineers as forms: what lacks and what is sent.
import { expect, it } from 'vitest'

import { engineerDraft, engineerLacks, engineerValues, outletDraft, outletLacks, outletValues } from '@/field/field'

const AREA = { adcode: '440606', name: '顺德区', city: true }

it('names what an outlet lacks; an empty row of areas is none', () => {
  const blank = outletValues(null)
  expect(outletLacks(blank)).toEqual(['field.name'])
  expect(outletLacks({ ...blank, name: '顺德网点', adcode: '44060', areas: [{ ...AREA, name: '' }] })).toEqual(['field.adcode', 'field.areas'])
  const good = { ...blank, name: ' 顺德网点 ', areas: [AREA, { adcode: ' ', name: '', city: false }] }
  expect(outletLacks(good)).toEqual([])
  expect(outletDraft(good)).toMatchObject({ name: '顺德网点', areas: [AREA], active: true })
})

it('names what an engineer lacks, and sends areas without 市区', () => {
  const blank = engineerValues(null)
  expect(engineerLacks(blank)).toEqual(['field.engineerName', 'field.badge_no', 'field.skills'])
  const good = { ...blank, name: '李强', badge_no: '1026', skills: ['boiler'] as const, areas: [AREA], capacity: '8' }
  expect(engineerLacks(good)).toEqual([])
  expect(engineerLacks({ ...good, capacity: '0' })).toEqual(['field.capacity'])
  expect(engineerDraft(good)).toMatchObject({ skills: ['boiler'], areas: [{ adcode: '440606', name: '顺德区' }], capacity: 8 })
})
