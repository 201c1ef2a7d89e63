// What is told of the lines that are wrong, before and after the import.
import { describe, expect, it } from 'vitest'

import type { Report, Run, RunReport } from '@/api/imports'
import { onItsWay, toldProblems, undoable } from '@/imports/problems'

const checked = { problems: [{ line: 4, column: '电话', value: '12', reason: '电话号码不对' }] } as unknown as Report
const ended = {
  problems: [
    { line: 4, column: '电话', reason: '电话号码不对' },
    { line: 9, column: '序列号', reason: '序列号已登记在另一位客户名下' },
  ],
} as unknown as RunReport

describe('problems of a file', () => {
  it('are those of the check until it is handed in', () => {
    expect(toldProblems(checked, null)).toEqual(checked.problems)
    expect(toldProblems(null, null)).toEqual([])
  })
  it('are those of the import afterwards, with what stood there as far as it is known', () => {
    expect(toldProblems(checked, ended).map((item) => [item.line, item.value])).toEqual([[4, '12'], [9, '']])
    expect(toldProblems(null, ended).map((item) => item.value)).toEqual(['', ''])
  })
})

const run = (told: Partial<Run>): Run => ({ ended_at: '2026-11-22T04:00:00.000Z', undo_at: null, undo_ended_at: null, undo_until: null, ...told }) as Run

describe('an import', () => {
  it('is looked at again as long as crm works on it', () => {
    expect([{}, { ended_at: null }, { undo_at: '2026-11-22T05:00:00.000Z' }, { undo_at: '2026-11-22T05:00:00.000Z', undo_ended_at: '2026-11-22T05:00:01.000Z' }].map((told) => onItsWay(run(told)))).toEqual([false, true, true, false])
  })
  it('can be taken back until the moment the server named', () => {
    const until = '2026-11-29T04:00:00.000Z'
    expect([0, 1].map((later) => undoable(run({ undo_until: until }), Date.parse(until) + later))).toEqual([true, false])
    expect(undoable(run({}), 0)).toBe(false)
  })
})
