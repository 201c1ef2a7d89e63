import { describe, expect, it } from 'vitest'

import { told } from '@/knowledge/fields'

describe('an older version', () => {
  it('is told field by field as the page words it', () => {
    const lines = told('fault_code', { code_printed: 'E01', aliases: ['E1', 'E-01'], severity: 'service', example: true })
    const text = Object.fromEntries(lines.map((line) => [line.name, line.text]))
    expect([text['code_printed'], text['aliases'], text['example'], text['reset_allowed'], text['brand']]).toEqual(['E01', 'E1\nE-01', '是', '否', ''])
    expect(text['severity']).not.toBe('service')
  })
})
