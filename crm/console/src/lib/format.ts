// How numbers, times and telephone numbers are written (pure).

const ZONE = 'Asia/Shanghai'
const PARTS = new Intl.DateTimeFormat('en-CA', {
  timeZone: ZONE,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})

interface Wall {
  day: string
  year: string
  time: string
  seconds: string
}

function wall(ms: number): Wall {
  const found: Record<string, string> = {}
  for (const part of PARTS.formatToParts(ms)) found[part.type] = part.value
  const { year = '', month = '', day = '', hour = '', minute = '', second = '' } = found
  return { day: `${month}-${day}`, year, time: `${hour}:${minute}`, seconds: `${hour}:${minute}:${second}` }
}

/** Returns milliseconds since the epoch of an ISO time, or NaN. */
export function instant(iso: string): number {
  return Date.parse(iso)
}

/** 14:05:31 in Asia/Shanghai; 「-」 for no time. */
export function timeWithSeconds(ms: number): string {
  return Number.isFinite(ms) ? wall(ms).seconds : '-'
}

/** 14:05 today, 昨天 14:05, 11-20 14:05 this year, 2025-11-20 before; 「-」 for no time. */
export function when(ms: number, now: number): string {
  if (!Number.isFinite(ms)) return '-'
  const then = wall(ms)
  const today = wall(now)
  if (then.year === today.year && then.day === today.day) return then.time
  const yesterday = wall(now - 86_400_000)
  if (then.year === yesterday.year && then.day === yesterday.day) return `昨天 ${then.time}`
  return then.year === today.year ? `${then.day} ${then.time}` : `${then.year}-${then.day}`
}

/** The Asia/Shanghai day as 2026-11-22. */
export function dayOf(ms: number): string {
  const then = wall(ms)
  return `${then.year}-${then.day}`
}

/** The head over what happened on a day: 今天 11-22, 昨天 11-21, 11-20 this year, 2025-11-20 before; 「-」 for no day. */
export function dayHead(day: string, now: number): string {
  if (!Number.isFinite(momentOf(day, '00:00'))) return '-'
  const short = day.slice(5)
  if (day === dayOf(now)) return `今天 ${short}`
  if (day === dayOf(now - 86_400_000)) return `昨天 ${short}`
  return day.slice(0, 4) === dayOf(now).slice(0, 4) ? short : day
}

/** A day in Asia/Shanghai as its first moment and the first one after it, ISO; nothing for no day. */
export function spanOf(day: string): { from?: string; to?: string } {
  const start = momentOf(day, '00:00')
  return Number.isFinite(start) ? { from: new Date(start).toISOString(), to: new Date(start + 86_400_000).toISOString() } : {}
}

const WEEKDAY = new Intl.DateTimeFormat('zh-CN', { timeZone: ZONE, weekday: 'short' })

/** The weekday of a day, e.g. 周日; 「-」 for no day. */
export function weekday(day: string): string {
  const noon = momentOf(day, '12:00')
  return Number.isFinite(noon) ? WEEKDAY.format(noon) : '-'
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}

/** A running clock: 02:13 or 1:02:13; never negative; 「-」 for no time. */
export function clock(ms: number): string {
  if (!Number.isFinite(ms)) return '-'
  const all = Math.max(0, Math.floor(ms / 1000))
  const hours = Math.floor(all / 3600)
  const rest = `${two(Math.floor(all / 60) % 60)}:${two(all % 60)}`
  return hours > 0 ? `${hours}:${rest}` : rest
}

/** The length of a promise: 3天23时, 7时59分, 48分, so that it is never taken for a clock; days from two on. */
export function span(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000))
  const hours = Math.floor(minutes / 60)
  if (hours >= 48) return `${Math.floor(hours / 24)}天${hours % 24}时`
  return hours > 0 ? `${hours}时${two(minutes % 60)}分` : `${minutes}分`
}

/** Seconds with one digit, for clips: 1.8. */
export function seconds(ms: number): string {
  return (ms / 1000).toFixed(1)
}

function national(number: string): string {
  const digits = number.replace(/[^\d+*]/g, '')
  if (digits.startsWith('+86')) {
    const rest = digits.slice(3)
    return /^1\d/.test(rest) && rest.length === 11 ? rest : /^400/.test(rest) ? rest : `0${rest}`
  }
  return digits
}

/** A number as people read it: 138 0013 8000, 0757-6688 3358, 400-172-6011; masked ones keep their stars. */
export function phone(number: string): string {
  const digits = national(number)
  if (/^1\d{2}[\d*]{8}$/.test(digits)) {
    return digits.includes('*') ? digits : `${digits.slice(0, 3)} ${digits.slice(3, 7)} ${digits.slice(7)}`
  }
  if (/^400\d{7}$/.test(digits)) return `${digits.slice(0, 3)}-${digits.slice(3, 6)}-${digits.slice(6)}`
  const area = /^0(10|2\d)/.test(digits) ? 3 : 4
  if (/^0\d[\d*]{8,10}$/.test(digits)) {
    const local = digits.slice(area)
    const cut = local.length - 4
    return `${digits.slice(0, area)}-${local.slice(0, cut)} ${local.slice(cut)}`
  }
  return digits || number
}

/** A number with its middle covered: 138****8000, 0757-6688 33**. */
export function maskedPhone(number: string): string {
  if (number.includes('*')) return phone(number)
  const digits = national(number)
  if (/^1\d{10}$/.test(digits)) return `${digits.slice(0, 3)}****${digits.slice(7)}`
  return digits.length > 4 ? phone(`${digits.slice(0, -2)}**`) : digits
}

/** A ticket number in fours: 6021 4831. */
export function ticketNumber(number: string): string {
  return number.length === 8 ? `${number.slice(0, 4)} ${number.slice(4)}` : number
}

/** An address with places where a line may break: after its divisions only, so that no 「号」 stands alone. */
export function breakable(address: string): string {
  return address.replace(/(省|市|区|县|街道|镇|乡|社区)(?=.{2})/g, '$1\u200B')
}

/** 14:05 in Asia/Shanghai whatever the day; 「-」 for no time. */
export function hourMinute(ms: number): string {
  return Number.isFinite(ms) ? wall(ms).time : '-'
}

/** The moment of a day and a time of Asia/Shanghai, e.g. "2026-11-22" and "17:00"; NaN when one is missing. */
export function momentOf(day: string, time: string): number {
  return Date.parse(`${day}T${time}:00+08:00`)
}

/** Money in 分 as people read it: ¥1,280.00. */
export function money(fen: number): string {
  return `¥${(fen / 100).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`
}
