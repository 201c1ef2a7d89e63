import { describe, expect, it } from 'vitest'

import { valueOf } from '@/desk/slotValue'

describe('a telephone number as it is typed', () => {
  it('loses its gaps', () => {
    expect(valueOf('contact', ' 138 0013-8000 ')).toEqual({ number: '13800138000' })
    expect(valueOf('contact', '0757-6688-3358')).toEqual({ number: '075766883358' })
  })
  it('keeps what tells an extension, for the server to part them', () => {
    for (const text of ['0757-66883358 转 801', '0757-66883358-801', '400-172-6011-2', '075766883358x801']) expect(valueOf('contact', text)).toEqual({ number: text })
  })
})
