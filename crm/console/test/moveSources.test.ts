import { describe, expect, it } from 'vitest'

import type { TicketMove } from '@/api/types'
import { asksOf, blockedEverywhere, mayTry, movedFrom, sourceOf } from '@/tickets/needs'

const SHORT = '总仓账上不够：主板 只有 1 件，要发 2 件。实物已在手上请填库存说明，否则先入库'
const ship: TicketMove = {
  move: 'ship', label: '发货', to: 'shipped', to_name: '已发货', needs: [{ slot: 'courier_out', label: '寄出单号', filled: true }], blocked: SHORT,
  sources: [{ place: 'main', place_name: '总仓', lacks: SHORT }, { place: 'a', place_name: '顺德网点', lacks: '' }],
}

describe('where the parts of a move leave from', () => {
  it('is the main warehouse until another is chosen that still is there', () => {
    expect(sourceOf(ship, {})).toBe('main')
    expect(sourceOf(ship, { ship_from: 'a' })).toBe('a')
    expect(sourceOf(ship, { ship_from: 'closed' })).toBe('main')
    expect(sourceOf({ ...ship, sources: [] }, { ship_from: 'a' })).toBe('')
  })

  it('blocks by what that place lacks, and asks for nothing more', () => {
    expect(movedFrom(ship, 'main').blocked).toBe(SHORT)
    const moved = movedFrom(ship, 'a')
    expect([moved.blocked, asksOf(moved), mayTry(moved, [], {})]).toEqual(['', [], true])
    const there = { ...ship, blocked: '', sources: [{ ...ship.sources[0]!, lacks: '' }, { ...ship.sources[1]!, lacks: '顺德网点账上不够' }] }
    expect(movedFrom(there, 'a').blocked).toBe('顺德网点账上不够')
  })

  it('is blocked everywhere only when no place has enough, or for another reason', () => {
    const nowhere = { ...ship, sources: ship.sources.map((item) => ({ ...item, lacks: SHORT })) }
    const swap = { ...ship, blocked: '三包不支持免费修理' }
    expect([ship, nowhere, swap, { ...ship, sources: [] }, { ...ship, sources: [], blocked: '' }].map(blockedEverywhere)).toEqual(['', SHORT, '三包不支持免费修理', SHORT, ''])
  })

  it('lifts no other obstacle', () => {
    const swap = { ...ship, blocked: '三包不支持免费修理' }
    expect(movedFrom(swap, 'a').blocked).toBe('三包不支持免费修理')
  })
})
