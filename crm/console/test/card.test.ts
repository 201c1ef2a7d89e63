// The tracking card: a form of texts, the question to the warranty, one axis of what happened.
import { describe, expect, it } from 'vitest'

import type { ProductCard } from '@/api/products'
import type { Warranty } from '@/api/types'
import { axisOf, BLANK, fieldsOf, happened, questionOf, valuesOf } from '@/products/card'

const CARD: ProductCard = {
  id: 'p', customer: 'c', customer_name: '陈国强', product_class: 'boiler', product_class_name: '壁挂炉', model: 'HP-24', serial: '2503-01877', purchased_on: null,
  invoice_no: '04512233', invoice_on: '2025-03-10', counts_from: '2025-03-10', warranty_card: 'yes', sold_by: '', installer: '李强', installed_on: '2025-03-15', commissioned_on: null, note: '',
  follow_ups: [{ ticket: '60214831', at: '2026-03-20T04:00:00Z', outcome: 'answered', text: '好了，上门 5 分', remark: '说明书字太小' }],
  codes: [{ code: 'E01', at: '2026-03-10T04:00:00Z', ticket: '60214831', again: true }],
  visits: [{ visit: 'v', ticket: '60214831', at: '2026-03-11T04:00:00Z', state: 'done', result_name: '修好了', fee: 'in' }],
  parts: [{ name: '点火电极', quantity: 1, at: '2026-03-11T05:00:00Z', visit: 'v' }], version: 3,
}
const right = (code: string, until: string | null) => ({ right: code, name: code, standing: 'yes', standing_name: '可以', until })
const VERDICT: Warranty = {
  line: 'in', line_name: '保内，免费维修', spoken: 'wv_in', counted_from: '2025-03-10', until: '2027-03-10', rules_from: '2018-01-01', fees: [], reasons: [],
  rights: [right('refund', '2025-03-17'), right('exchange', '2025-03-25'), right('free_repair', '2027-03-10'), right('paid_visit', null)],
}
const ASKED = { day: '', cause: 'unknown', receipt: 'unknown', serial: 'unknown' }

describe('the form', () => {
  it('shows a day that is not known as nothing and sends nothing as none', () => {
    expect(valuesOf(CARD)).toMatchObject({ model: 'HP-24', purchased_on: '', invoice_on: '2025-03-10' })
    expect(fieldsOf({ ...valuesOf(CARD), model: ' HP-28 ' })).toMatchObject({ model: 'HP-28', purchased_on: null, invoice_on: '2025-03-10', warranty_card: 'yes' })
    expect(fieldsOf({ ...BLANK, product_class: 'kettle', warranty_card: '' })).toMatchObject({ product_class: 'unknown', warranty_card: 'unknown' })
  })

  it('asks with what is written, a sale without an invoice only as told', () => {
    const asked = questionOf({ ...BLANK, purchased_on: '2026-01-02' }, { ...ASKED, day: '2026-02-01', cause: 'damage' })
    expect(asked).toMatchObject({ invoice_on: null, told_on: '2026-01-02', day: '2026-02-01', cause: 'damage', card: 'unknown' })
    expect(questionOf(valuesOf(CARD), ASKED)).toMatchObject({ invoice_on: '2025-03-10', told_on: null, day: null, card: 'yes' })
  })
})

describe('the life', () => {
  it('is told newest first, days and moments together', () => {
    expect(happened(CARD).map((item) => [item.what, item.text, item.day, item.again])).toEqual([
      ['asked', '好了，上门 5 分，说明书字太小', false, false],
      ['part', '点火电极 ×1', false, false], ['visit', '修好了', false, false], ['code', 'E01', false, true], ['installed', '李强', true, false], ['invoice', '04512233', true, false],
    ])
  })

  it('stands on an axis from the day that counts to the last of rights and today', () => {
    const axis = axisOf(CARD, VERDICT, '2026-03-10')
    expect(axis?.ends.map((mark) => [mark.day, Math.round(mark.left)])).toEqual([['2025-03-17', 1], ['2025-03-25', 2], ['2027-03-10', 100]])
    expect(axis?.today.left).toBe(50)
    expect(axis?.dots.find((dot) => dot.of.what === 'code')?.left).toBe(50)
    const over = axisOf(CARD, VERDICT, '2029-03-10')
    expect([over?.today.left, Math.round(over?.ends.at(-1)?.left ?? 0)]).toEqual([100, 50])
    expect(axisOf(CARD, { ...VERDICT, counted_from: null }, '2026-03-10')).toBeNull()
  })
})
