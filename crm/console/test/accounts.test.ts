// What an account needs before it can be saved.
import { expect, it } from 'vitest'

import type { Account } from '@/api/accounts'
import { BLANK, lacks, QUEUES, toggled, valuesOf } from '@/users/account'

const ACCOUNT: Account = {
  number: '8002', name: '王敏', roles: ['supervisor', 'agent', 'strange'], role_names: [], extension: '8002', queues: ['emergency', 'repair'], queue_names: [],
  active: true, logged_in: false, phone_state: '', phone_state_name: '', created_at: '2026-11-22T04:00:00.000Z', version: 3,
}

it('reads roles and queues in one order, without what it does not know', () => {
  expect(valuesOf(ACCOUNT)).toEqual({ name: '王敏', roles: ['agent', 'supervisor'], extension: '8002', queues: ['repair', 'emergency'] })
  expect(valuesOf(null)).toBe(BLANK)
})

it('names every field that is missing or wrong', () => {
  expect(lacks(BLANK, '')).toEqual(['number', 'name', 'roles'])
  expect(lacks({ ...BLANK, name: ' ', roles: ['agent'], extension: '80-02' }, '张三')).toEqual(['number', 'name', 'extension', 'queues'])
  expect(lacks(valuesOf(ACCOUNT), null)).toEqual([])
})

it('puts one in or out and keeps the order of all', () => {
  expect(toggled(QUEUES, ['emergency'], 'repair', true)).toEqual(['repair', 'emergency'])
  expect(toggled(QUEUES, ['repair', 'emergency'], 'repair', false)).toEqual(['emergency'])
})
