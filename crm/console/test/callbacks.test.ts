// Who rings back now, and what waits for whom.
import { expect, it } from 'vitest'

import type { Callback } from '@/api/types'
import { standing } from '@/callbacks/task'

const NOW = Date.parse('2026-11-22T04:00:00Z')
const TASK: Callback = {
  id: 't1', contact: 'c1', ticket: '', number: '138 0013 8000', e164: '+8613800138000', reason: 'abandoned', reason_name: '排队放弃', priority: 'normal', recall: '', note: '',
  created_at: '2026-11-22T03:00:00.000Z', due_at: '2026-11-22T03:30:00.000Z', taken_by: '', taken_name: '', again_min: 30, taken_until: null, in_turn: false, after: '', attempts: 0, done_at: null, done_by: '', result: '', do_not_call: '', for_supervisor: false, asked: [],
}

it('is taken only until its time is over', () => {
  const taken = { ...TASK, taken_by: '8002', taken_until: '2026-11-22T04:10:00.000Z' }
  expect([standing(taken, '8002', NOW), standing(taken, '8001', NOW), standing(taken, '8001', NOW + 600_000)]).toEqual(['mine', 'others', 'due'])
})

it('is due, later or done', () => {
  expect([standing(TASK, '8001', NOW), standing({ ...TASK, due_at: '2026-11-22T04:00:01.000Z' }, '8001', NOW)]).toEqual(['due', 'later'])
  expect(standing({ ...TASK, taken_by: '8001', taken_until: '2026-11-22T04:10:00.000Z', done_at: TASK.due_at }, '8001', NOW)).toBe('done')
})
