// Filter values found by pinyin initials: every word that the filter of the ticket list offers.
import { expect, it } from 'vitest'

import { foundBy, initials } from '@/lib/initials'
import { t } from '@/locales'
import { CHOICES } from '@/tickets/filter'

it('knows the initials of every word of the filter', () => {
  expect(CHOICES.kind.map((value) => initials(t(`kindShort.${value}` as 'kindShort.repair'))).join(' ')).toBe('wx ts zx az th pjfx bj px jszc hf')
  expect(CHOICES.state.map((value) => initials(t(`ticketState.${value}` as 'ticketState.new'))).join(' ')).toBe('dcl clz dkh ydf ybzb dpd ypd yyd ycf smz dbj fcwxz dsp dfk djh djj ysh tkz yfh dhf bj zf')
  expect(CHOICES.priority.map((value) => initials(t(`priority.${value}` as 'priority.high'))).join(' ')).toBe('jj g pt d')
})

it('keeps letters and digits and leaves the rest out', () => {
  expect(initials('近 7 天，E01')).toBe('j7te01')
})

it('finds by initials, by characters and by nothing, whatever the case', () => {
  expect(['wx', 'WX', '维', ' 维修 ', ''].map((typed) => foundBy(typed, '维修'))).toEqual([true, true, true, true, true])
  expect(['x', 'xw', '修维', 'wxs'].map((typed) => foundBy(typed, '维修'))).toEqual([false, false, false, false])
})
