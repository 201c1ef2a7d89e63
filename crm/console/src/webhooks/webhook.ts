// How a webhook stands, what is written of a new one, and where an event leads.
import type { Delivery, Webhook, WebhookDraft } from '@/api/webhooks'
import { t } from '@/locales'

export const KINDS = ['ticket', 'contact', 'callback', 'customer', 'clock', 'alarm'] as const
const COUNTED = 1000
type Kind = (typeof KINDS)[number]

export interface Written {
  readonly url: string
  readonly kinds: readonly Kind[]
}
export const BLANK: Written = { url: '', kinds: [] }

/** off: switched off; failing: the last try was not taken; behind: told later; well: all is taken. */
export function standing(webhook: Webhook): 'off' | 'failing' | 'behind' | 'well' {
  if (!webhook.active) return 'off'
  if (webhook.failures) return 'failing'
  return webhook.waiting ? 'behind' : 'well'
}

/** How many events it has not taken, "1000+" where no further was counted. */
export function waitsOf(webhook: Webhook): string {
  return webhook.waiting > COUNTED ? `${COUNTED}+` : String(webhook.waiting)
}

/** How the tag of each standing is dressed. */
export const TAGS = { well: 'ok', behind: '', failing: 'bad', off: 'unknown' } as const

/** What it is told of, in words. */
export function kindsOf(webhook: Webhook): string {
  return KINDS.filter((kind) => webhook.kinds.includes(kind)).map((kind) => t(`webhooks.kind.${kind}`)).join(t('need.and'))
}

/** What is sent, null while the address or a kind is missing. */
export function draftOf(form: Written): WebhookDraft | null {
  const url = form.url.trim()
  return /^https?:\/\/[^/\s]/i.test(url) && form.kinds.length ? { url, kinds: [...form.kinds] } : null
}

/** What an event is about: the page that shows it and its number; a call-back has no page of its own. */
export function aboutOf(delivery: Delivery): { page: 'tickets' | 'customers' | 'calls'; id: string } | null {
  if (delivery.ticket) return { page: 'tickets', id: delivery.ticket }
  if (delivery.customer) return { page: 'customers', id: delivery.customer }
  return delivery.contact ? { page: 'calls', id: delivery.contact } : null
}
