// A ticket's timeline by days.
import { expect, it } from 'vitest'

import type { TicketEntry } from '@/api/types'
import { daysOf } from '@/tickets/timeline'

const entry = (id: number, at: string, actor: string): TicketEntry => ({ id, at, actor, kind: 'note', text: '', fields: [], version: 1 })

it('begins a day anew at midnight of Shanghai, also between entries of the system', () => {
  const days = daysOf([
    entry(5, '2026-11-22T06:02:00Z', '王敏'), entry(4, '2026-11-21T16:01:00Z', '系统'),
    entry(3, '2026-11-21T15:59:00Z', '系统'), entry(2, '2026-11-21T15:58:00Z', '语音导航'), entry(1, '2026-11-21T01:00:00Z', '王敏'),
  ])
  const ids = days.map(({ day, groups }) => [day, groups.map((group) => group.entries.map(({ id }) => id))])
  expect(ids).toEqual([['2026-11-22', [[5], [4]]], ['2026-11-21', [[3, 2], [1]]]])
  expect(daysOf([])).toEqual([])
})

it('puts neighbours of the system together, and nobody else', () => {
  const groups = daysOf([entry(3, '2026-11-22T06:00:00Z', '王敏'), entry(2, '2026-11-22T05:00:00Z', '王敏'), entry(1, '2026-11-22T04:00:00Z', '系统')])[0]?.groups
  expect(groups?.map(({ id, system }) => [id, system])).toEqual([[3, false], [2, false], [1, true]])
})
