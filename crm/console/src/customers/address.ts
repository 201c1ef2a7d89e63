// Between the fields in which an address of a file is written and its value as the API has it (pure).

export type Value = Readonly<Record<string, string>>
export interface Fields {
  readonly province: string
  readonly city: string
  readonly district: string
  readonly town: string
  readonly road: string
  readonly room: string
  readonly adcode: string
  readonly status: Status
}
export const STATUSES = ['verified', 'voice_confirmed', 'unverified'] as const
export type Status = (typeof STATUSES)[number]
export const PLACES = ['province', 'city', 'district', 'town'] as const
export const NAMES = [...PLACES, 'road', 'room', 'adcode', 'status'] as const
export const BLANK: Fields = { province: '', city: '', district: '', town: '', road: '', room: '', adcode: '', status: 'verified' }

const STREETS = ['community', 'street', 'number', 'estate', 'landmark'] as const
const STREET: readonly string[] = [...STREETS, 'road']
// two statuses of the dialogue have the words of these two and cannot be written by hand
const WRITTEN: Readonly<Record<string, Status>> = { crm_confirmed: 'verified', dtmf: 'voice_confirmed' }

/** The fields in which an address on file is shown. */
export function fieldsOf(address: Readonly<{ value: Value; status: string; adcode: string }>): Fields {
  const { value, status, adcode } = address
  const places = Object.fromEntries(PLACES.map((place) => [place, value[place] ?? ''])) as Pick<Fields, (typeof PLACES)[number]>
  const district = places.district || (PLACES.some((place) => places[place]) ? '' : (value['region'] ?? ''))
  const road = value['road'] ?? STREETS.map((name) => value[name] ?? '').join('')
  return { ...places, district, road, room: value['room'] ?? '', adcode, status: WRITTEN[status] ?? STATUSES.find((item) => item === status) ?? 'unverified' }
}

/** The value to send: what was not touched keeps its finer fields, the words it was once said with go. */
export function valueOf(fields: Fields, before: Value): Record<string, string> {
  const sameRoad = fieldsOf({ value: before, status: '', adcode: '' }).road === fields.road.trim()
  const street = sameRoad ? Object.entries(before).filter(([name]) => STREET.includes(name)) : [['road', fields.road.trim()] as const]
  const typed = [...PLACES, 'room' as const, 'adcode' as const].map((name) => [name, fields[name].trim()] as const)
  return Object.fromEntries([...typed, ...street].filter(([, text]) => text !== ''))
}

/** Tells whether writing this field makes the code on file that of another place; a code that was typed stays. */
export function moved(name: keyof Fields, shown: Fields, saved: Fields): boolean {
  return PLACES.some((place) => place === name) && saved.adcode !== '' && shown.adcode === saved.adcode
}
