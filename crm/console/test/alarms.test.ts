// Alarms that say the same stand on the board once.
import { expect, it } from 'vitest'

import { type Alarm, grouped } from '@/board/alarms'

const alarm = (key: string, at: string, text: string): Alarm => ({ key, at, text })

it('says the same words once, with how often and when last', () => {
  const told = [alarm('a', '2026-11-28T08:00:00Z', '录音缺失'), alarm('b', '2026-11-28T08:01:00Z', '有一条没有入账'), alarm('c', '2026-11-28T08:02:00Z', '录音缺失')]
  expect(grouped(told).map(({ newest, count }) => [newest.key, newest.text, count])).toEqual([['c', '录音缺失', 2], ['b', '有一条没有入账', 1]])
  expect(grouped([...told].reverse()).map(({ newest }) => newest.key)).toEqual(['c', 'b'])
  expect(grouped([])).toEqual([])
})
