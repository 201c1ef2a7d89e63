// One change made to many tickets: what is tried, what is reported, what takes it back.
import { expect, it } from 'vitest'

import { Problem } from '@/api/http'
import type { TicketRow } from '@/api/types'
import { lastsMs, left, runSteps, stepsOf, type Step } from '@/tickets/bulk'
import { ticket } from './samples.mjs'

const OFFLINE = '连不上服务器'
const row = (no: string, facts: Partial<TicketRow> = {}): TicketRow => ticket(no, { version: 3, owner: 'old', ...facts })
const ROWS = [row('60214831'), row('60214799', { state: 'closed', state_name: '办结' }), row('60214856', { owner: 'new' })]

/** A server of tickets by number that takes a step, or throws what stands there instead. */
function server(refuses: Readonly<Record<string, Problem>> = {}): { asked: Step[]; send: (step: Step) => Promise<{ no: string; version: number }> } {
  const asked: Step[] = []
  return {
    asked,
    send: (step) => {
      asked.push(step)
      const problem = refuses[step.no]
      return problem ? Promise.reject(problem) : Promise.resolve({ no: step.no, version: step.version + 1 })
    },
  }
}

it('sends each open row its change with the version that was seen, and reports what is closed', async () => {
  const { asked, send } = server()
  const progress: number[] = []
  const report = await runSteps(stepsOf(ROWS, { owner: 'new' }), send, (n) => progress.push(n), OFFLINE)
  expect(asked.map((step) => [step.no, step.version, step.change])).toEqual([['60214831', 3, { owner: 'new' }], ['60214856', 3, { owner: 'new' }]])
  expect(report.done.map((item) => item.no)).toEqual(['60214831', '60214856'])
  expect(report.refused).toEqual([{ no: '60214799', why: '办结' }])
  expect(progress).toEqual([1, 2, 3])
})

it('takes back what it changed, with the newer version, and not what already was so', async () => {
  const report = await runSteps(stepsOf(ROWS, { owner: 'new' }), server().send, () => undefined, OFFLINE)
  expect(report.undo.map((step) => [step.no, step.version, step.change, step.back])).toEqual([['60214831', 4, { owner: 'old' }, { owner: 'new' }]])
  const again = await runSteps(report.undo, server().send, () => undefined, OFFLINE)
  expect(again.undo.map((step) => step.change)).toEqual([{ owner: 'new' }])
})

it('goes on after a refusal and says whose it was', async () => {
  const taken = new Problem(409, 'ticket_changed', '李强 14:05 改了 承办')
  const { asked, send } = server({ 60214831: taken })
  const report = await runSteps(stepsOf(ROWS, { priority: 'low' }), send, () => undefined, OFFLINE)
  expect(asked).toHaveLength(2)
  expect(report.refused).toEqual([{ no: '60214831', why: '李强 14:05 改了 承办' }, { no: '60214799', why: '办结' }])
  expect(report.undo.map((step) => step.change)).toEqual([{ priority: 'high' }])
})

it('asks no further when nobody answers or the log-in is over, and reports the rest as not done', async () => {
  for (const [problem, why] of [[new Problem(0, '', ''), OFFLINE], [new Problem(401, '', '请先登录'), '请先登录']] as const) {
    const { asked, send } = server({ 60214831: problem })
    const report = await runSteps(stepsOf([row('60214831'), row('60214832')], { owner: 'new' }), send, () => undefined, OFFLINE)
    expect(asked).toHaveLength(1)
    expect(report.done).toEqual([])
    expect(report.refused).toEqual([{ no: '60214831', why }, { no: '60214832', why }])
  }
})

it('offers to take it back for ten seconds; what was refused stays until it was read', () => {
  const step: Step = stepsOf(ROWS, { owner: 'new' })[0]!
  const refused = [{ no: '60214799', why: '办结' }]
  const clean = { done: [], refused: [], undo: [step] }
  expect([lastsMs(clean), left(clean)]).toEqual([10_000, null])
  expect([lastsMs({ ...clean, refused }), left({ ...clean, refused })]).toEqual([10_000, { done: [], refused, undo: [] }])
  expect([lastsMs({ done: [], refused, undo: [] }), lastsMs({ done: [], refused: [], undo: [] })]).toEqual([0, 4_000])
})
