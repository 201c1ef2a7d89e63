// What is told of the lines that are wrong, before and after the import.
import { describe, expect, it } from 'vitest'

import type { Report, RunReport } from '@/api/imports'
import { toldProblems } from '@/imports/problems'

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
