// Webhooks: how one stands, what is sent of a new one, where an event leads.
import { expect, it } from 'vitest'

import type { Delivery, Webhook } from '@/api/webhooks'
import { aboutOf, BLANK, draftOf, kindsOf, standing, waitsOf } from '@/webhooks/webhook'

const WELL: Webhook = {
  id: 'f'.repeat(32), url: 'https://erp.example/hotline', kinds: ['clock', 'ticket'], active: true, told_to: 9, waiting: 0, failures: 0, next_at: '2026-11-22T04:00:00.000Z',
  last_at: null, last_result: '', last_error: '', created_by: '赵班长', created_at: '2026-11-22T04:00:00.000Z', secret: '',
}
const EVENT: Delivery = { event: 9, kind: 'clock', kind_name: '时限', at: '2026-11-22T04:00:00.000Z', ticket: '', contact: '', customer: '', agent: '', state: 'taken', state_name: '已送到' }

it('says how a webhook stands, the worst first', () => {
  expect(standing(WELL)).toBe('well')
  expect(standing({ ...WELL, waiting: 3 })).toBe('behind')
  expect(standing({ ...WELL, waiting: 3, failures: 1 })).toBe('failing')
  expect(standing({ ...WELL, waiting: 3, failures: 1, active: false })).toBe('off')
  expect(kindsOf(WELL)).toBe('工单、时限')
  expect([0, 1000, 1001].map((waiting) => waitsOf({ ...WELL, waiting }))).toEqual(['0', '1000', '1000+'])
})

it('sends a new one only with an address of the web and something to tell', () => {
  expect(draftOf(BLANK)).toBeNull()
  expect(draftOf({ url: 'https://erp.example', kinds: [] })).toBeNull()
  expect(draftOf({ url: 'erp.example', kinds: ['ticket'] })).toBeNull()
  expect(draftOf({ url: ' http://10.0.0.5:8000/in ', kinds: ['ticket', 'alarm'] })).toEqual({ url: 'http://10.0.0.5:8000/in', kinds: ['ticket', 'alarm'] })
})

it('leads to the ticket first, then to the customer, then to the call', () => {
  expect(aboutOf({ ...EVENT, ticket: '60214831', customer: 'c', contact: 'k' })).toEqual({ page: 'tickets', id: '60214831' })
  expect(aboutOf({ ...EVENT, customer: 'c', contact: 'k' })).toEqual({ page: 'customers', id: 'c' })
  expect(aboutOf({ ...EVENT, contact: 'k' })).toEqual({ page: 'calls', id: 'k' })
  expect(aboutOf(EVENT)).toBeNull()
})
