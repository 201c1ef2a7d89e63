// Between what an agent types and what a slot's value is (pure).
import type { SlotValue } from '@/api/types'

const PLACES = ['province', 'city', 'district', 'town'] as const

/** A fault code as printed: upper case, without spaces, dots and dashes. */
export function printedCode(text: string): string {
  return text.replace(/[\s.·-]/g, '').toUpperCase()
}

/**
 * The value of an address line. Places that were understood before stay fields when the line still begins with them;
 * what follows is the road. A line that begins otherwise is kept whole as text.
 */
export function addressValue(line: string, before: SlotValue): SlotValue {
  const text = line.trim()
  const places: Record<string, string> = {}
  let rest = text
  for (const place of PLACES) {
    const name = before[place]
    if (name && rest.startsWith(name)) {
      places[place] = name
      rest = rest.slice(name.length).trim()
    }
  }
  const base: Record<string, string> = { raw_text: text }
  if (!Object.keys(places).length) return { ...base, text }
  if (before['adcode']) places['adcode'] = before['adcode']
  return { ...base, ...places, ...(rest ? { road: rest } : {}) }
}

/** The value to send for what stands in a field. */
export function valueOf(slot: string, text: string, before: SlotValue): SlotValue {
  const clean = text.trim()
  switch (slot) {
    case 'fault_code':
      return { raw: clean, canonical: printedCode(clean) }
    case 'address':
      return addressValue(clean, before)
    case 'contact':
      return { number: clean.replace(/[\s-]/g, '') }
    default:
      return { text: clean }
  }
}

const MOBILE = 11

/** How many digits a mobile number lacks; 0 when it is whole or no mobile number. */
export function missingDigits(number: string): number {
  const digits = number.replace(/\D/g, '')
  return /^1[3-9]/.test(digits) && digits.length < MOBILE ? MOBILE - digits.length : 0
}
