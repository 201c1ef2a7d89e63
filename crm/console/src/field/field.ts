// Outlets and engineers as forms: every field as it is typed, what lacks, what is sent (pure).
import type { Engineer, EngineerDraft, Outlet, OutletDraft } from '@/api/field'
import type { TextKey } from '@/locales'

export const SKILLS = ['boiler', 'other', 'install', 'electric', 'gas'] as const
export type Skill = (typeof SKILLS)[number]

/** A division that is served; of an outlet it may count as 市区. */
export interface Area {
  readonly adcode: string
  readonly name: string
  readonly city: boolean
}
export interface OutletValues {
  readonly name: string
  readonly number: string
  readonly adcode: string
  readonly address: string
  readonly areas: readonly Area[]
  readonly active: boolean
}
export interface EngineerValues {
  readonly name: string
  readonly badge_no: string
  readonly number: string
  readonly outlet: string
  readonly skills: readonly Skill[]
  readonly areas: readonly Area[]
  readonly capacity: string
  readonly active: boolean
}

export function outletValues(outlet: Outlet | null): OutletValues {
  if (!outlet) return { name: '', number: '', adcode: '', address: '', areas: [], active: true }
  return { name: outlet.name, number: outlet.number, adcode: outlet.adcode, address: outlet.address, areas: outlet.areas.map((area) => ({ ...area, city: area.city ?? false })), active: outlet.active }
}
export function engineerValues(engineer: Engineer | null): EngineerValues {
  if (!engineer) return { name: '', badge_no: '', number: '', outlet: '', skills: [], areas: [], capacity: '7', active: true }
  const skills = SKILLS.filter((skill) => engineer.skills.includes(skill))
  const { name, badge_no, number, outlet, active } = engineer
  return { name, badge_no, number, outlet, active, skills, areas: engineer.areas.map((area) => ({ ...area, city: false })), capacity: String(engineer.capacity) }
}

const wrongArea = (area: Area): boolean => !/^(\d{4}|\d{6}|\d{9})$/.test(area.adcode.trim()) || area.name.trim() === ''
/** Rows that were begun; one without a word is none. */
const begun = (areas: readonly Area[]): Area[] => areas.filter((area) => area.adcode.trim() !== '' || area.name.trim() !== '')

export function outletLacks(values: OutletValues): TextKey[] {
  return [
    ...(values.name.trim() ? [] : (['field.name'] as const)),
    ...(/^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})?$/.test(values.adcode.trim()) ? [] : (['field.adcode'] as const)),
    ...(begun(values.areas).some(wrongArea) ? (['field.areas'] as const) : []),
  ]
}
export function engineerLacks(values: EngineerValues): TextKey[] {
  const capacity = Number(values.capacity)
  return [
    ...(values.name.trim() ? [] : (['field.engineerName'] as const)),
    ...(/^[0-9A-Za-z]{1,20}$/.test(values.badge_no.trim()) ? [] : (['field.badge_no'] as const)),
    ...(values.skills.length ? [] : (['field.skills'] as const)),
    ...(begun(values.areas).some(wrongArea) ? (['field.areas'] as const) : []),
    ...(Number.isInteger(capacity) && capacity >= 1 && capacity <= 50 ? [] : (['field.capacity'] as const)),
  ]
}

export function outletDraft(values: OutletValues): OutletDraft {
  const areas = begun(values.areas).map((area) => ({ adcode: area.adcode.trim(), name: area.name.trim(), city: area.city }))
  return { name: values.name.trim(), number: values.number.trim(), adcode: values.adcode.trim(), address: values.address.trim(), areas, active: values.active }
}
export function engineerDraft(values: EngineerValues): EngineerDraft {
  const areas = begun(values.areas).map((area) => ({ adcode: area.adcode.trim(), name: area.name.trim() }))
  return {
    name: values.name.trim(), badge_no: values.badge_no.trim(), number: values.number.trim(), outlet: values.outlet, skills: [...values.skills], areas,
    capacity: Number(values.capacity), active: values.active,
  }
}
