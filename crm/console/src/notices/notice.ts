// What is written of a notice, and what of it is sent (pure).
import type { Notice, NoticeDraft } from '@/api/notices'
import { dayOf, hourMinute, instant, momentOf } from '@/lib/format'

export interface Written {
  readonly id: string
  readonly version: number
  readonly kind: 'area' | 'surge'
  readonly adcode: string
  readonly area: string
  readonly event: string
  readonly startDay: string
  readonly startTime: string
  readonly endDay: string
  readonly endTime: string
}

/** A new notice: from now until the end of the day. */
export function blank(now: number): Written {
  const day = dayOf(now)
  return { id: '', version: 0, kind: 'area', adcode: '', area: '', event: '', startDay: day, startTime: hourMinute(now), endDay: day, endTime: '23:59' }
}

/** A notice as it is put into the form. */
export function written(notice: Notice): Written {
  const start = instant(notice.starts_at)
  const end = instant(notice.ends_at)
  return {
    id: notice.id, version: notice.version, kind: notice.kind === 'surge' ? 'surge' : 'area', adcode: notice.adcode, area: notice.area, event: notice.event,
    startDay: dayOf(start), startTime: hourMinute(start), endDay: dayOf(end), endTime: hourMinute(end),
  }
}

/** What is sent, null while a time or a needed field is missing. */
export function draftOf(form: Written): NoticeDraft | null {
  const start = momentOf(form.startDay, form.startTime)
  const end = momentOf(form.endDay, form.endTime)
  const words = form.kind === 'surge' ? { adcode: '', area: '', event: '' } : { adcode: form.adcode.trim(), area: form.area.trim(), event: form.event.trim() }
  if (Number.isNaN(start) || Number.isNaN(end) || (form.kind === 'area' && Object.values(words).includes(''))) return null
  return { kind: form.kind, ...words, starts_at: new Date(start).toISOString(), ends_at: new Date(end).toISOString() }
}

/** The same notice, ended now. */
export function ended(notice: Notice, now: number): NoticeDraft {
  const { kind, adcode, area, event, starts_at } = notice
  return { kind: kind === 'surge' ? 'surge' : 'area', adcode, area, event, starts_at, ends_at: new Date(now).toISOString() }
}
