// Between what an agent types and what a slot's value is (pure).
import type { SlotValue } from '@/api/types'

/** A fault code as printed: upper case, without spaces, dots and dashes. */
export function printedCode(text: string): string {
  return text.replace(/[\s.·-]/g, '').toUpperCase()
}

/** A number with an extension, in words or behind a dash: the server parts them. */
const EXTENDED = /[^\d\s()+-]|^\s*(?:0\d{2,3}[\s-]?\d{7,8}|1\d{10}|[48]00[\s-]?\d{3}[\s-]?\d{4})\s*-\s*\d{1,6}\s*$/

/** The value to send for what stands in a field. In which division an address lies is the server's to find. */
export function valueOf(slot: string, text: string): SlotValue {
  const clean = text.trim()
  switch (slot) {
    case 'fault_code':
      return { raw: clean, canonical: printedCode(clean) }
    case 'address':
      return { raw_text: clean, text: clean }
    case 'contact':
      return { number: EXTENDED.test(clean) ? clean : clean.replace(/[\s-]/g, '') }
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
