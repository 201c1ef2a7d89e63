// The fee that a verdict proposes for a visit.
import { expect, it } from 'vitest'

import type { Warranty } from '@/api/types'
import { feeOf } from '@/dispatch/fee'

const verdict = (standing: string): Warranty => ({
  line: 'in', line_name: '', spoken: '', counted_from: null, until: null, fees: [], reasons: [], rules_from: '2000-01-01',
  rights: [{ right: 'refund', name: '退货', standing: 'no', standing_name: '', until: null }, { right: 'free_repair', name: '免费维修', standing, standing_name: '', until: null }],
})

it('proposes only what is certain', () => {
  expect(['yes', 'no', 'maybe'].map((standing) => feeOf(verdict(standing)))).toEqual(['in', 'out', 'unknown'])
  expect(feeOf(null)).toBe('unknown')
})
