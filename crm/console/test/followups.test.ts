// What a follow-up asks, what is sent of it, and what it brings about.
import { expect, it } from 'vitest'

import type { FollowUp } from '@/api/followups'
import { answerOf, BLANK, consequence, isBlank, optionAt, percent, questionsOf, standing } from '@/followups/survey'

const NOW = Date.parse('2026-11-24T02:00:00Z')
const ONE: FollowUp = {
  id: 'f1', ticket: '60214849', original: '60214831', kind: 'repair', kind_name: '维修申报', matter: '报过修', customer: '', customer_name: '陈国强', number: '138 0013 8000',
  e164: '+8613800138000', place: '顺德区容桂街道', fault: 'E01', engineer: '李强', visited: true, completed_at: '2026-11-22T03:00:00.000Z', due_at: '2026-11-23T16:00:00.000Z', code: '123456',
  taken_by: '', taken_name: '', taken_until: null, attempts: [], attempts_left: 3, outcome: '', outcome_name: '', survey: null, supervisor: false, done_at: null, done_by: '',
}
const keys = (about: FollowUp, fixed: string): string[] => questionsOf(about, { ...BLANK, fixed }).map((question) => question.key)

it('asks first whether it is mended, then for scores, and about the visit only where there was one', () => {
  expect(keys(ONE, '')).toEqual(['fixed', 'score_visit', 'badge', 'cleanup', 'demo', 'teach', 'forbidden', 'score_call'])
  expect(keys({ ...ONE, visited: false }, 'yes')).toEqual(['fixed', 'score_call'])
  expect(keys(ONE, 'again')).toEqual(['fixed'])
  expect(['repair', 'install', 'complaint'].map((kind) => questionsOf({ ...ONE, kind }, BLANK)[0]?.text)).toEqual(['先问您：机器修好了吗？', '先问您：机器装好了吗？', '先问您：事情解决了吗？'])
})

it('takes the digit of the keyboard, 0 takes the answer back', () => {
  const [fixed, visit] = questionsOf(ONE, BLANK)
  if (!fixed || !visit) throw new Error('two questions at least')
  expect(['1', '2', '3', '4', '0', 'a', 'Enter'].map((pressed) => optionAt(fixed, pressed))).toEqual(['yes', 'no', 'again', null, '', null, null])
  expect(optionAt(visit, '4')).toBe('4')
})

it('sends nothing before the first answer, and no answer to what is not asked any more', () => {
  const written = { ...BLANK, score_visit: '1', forbidden: 'no', score_call: '4', remark: ' 字太小 ' }
  expect(answerOf(ONE, written)).toBeNull()
  expect(answerOf(ONE, { ...written, fixed: 'yes' })?.survey).toMatchObject({ fixed: 'yes', score_visit: 1, score_call: 4, remark: '字太小', visit_rules: { forbidden: 'no', badge: '' } })
  expect(answerOf(ONE, { ...written, fixed: 'no' })?.survey).toMatchObject({ fixed: 'no', score_visit: null, score_call: null, visit_rules: { forbidden: '' } })
})

it('says beforehand what will happen', () => {
  const of = (more: Partial<typeof BLANK>): string | null => consequence(ONE, { ...BLANK, ...more }, 2)
  expect([of({}), of({ fixed: 'yes', score_visit: '3' }), of({ fixed: 'yes', score_visit: '2' }), of({ fixed: 'yes', forbidden: 'no' }), of({ fixed: 'again' })]).toEqual([
    null, null, 'followups.willTell', 'followups.willTell', 'followups.willReopen',
  ])
})

it('is mine, another person’s, due, later or done', () => {
  const taken = { ...ONE, taken_by: '8001', taken_until: '2026-11-24T02:05:00.000Z' }
  expect([standing(taken, '8001', NOW), standing(taken, '8002', NOW), standing(taken, '8002', NOW + 600_000)]).toEqual(['mine', 'others', 'due'])
  expect([standing({ ...ONE, ticket: '' }, '8001', NOW), standing({ ...ONE, due_at: '2026-11-24T16:00:00.000Z' }, '8001', NOW), standing({ ...ONE, done_at: ONE.due_at }, '8001', NOW)]).toEqual(['later', 'later', 'done'])
})

it('knows an empty form and writes shares', () => {
  expect([isBlank(BLANK), isBlank({ ...BLANK, remark: 'x' }), percent(0.825), percent(null)]).toEqual([true, false, '83%', '-'])
})
