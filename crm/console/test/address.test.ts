// An address of a file: shown in fields, sent back with what was not touched.
import { describe, expect, it } from 'vitest'

import { BLANK, fieldsOf, moved, valueOf } from '@/customers/address'

const VALUE = { province: '广东省', city: '佛山市', district: '顺德区', town: '容桂街道', street: '凤翔路', number: '18', room: '502', adcode: '440606101', raw_text: '凤翔路十八号' }
const ON_FILE = { value: VALUE, status: 'crm_confirmed', adcode: '440606101' }

describe('an address of a file', () => {
  it('is shown in its fields', () => {
    expect(fieldsOf(ON_FILE)).toEqual({ province: '广东省', city: '佛山市', district: '顺德区', town: '容桂街道', road: '凤翔路18', room: '502', adcode: '440606101', status: 'verified' })
    expect(fieldsOf({ value: { region: '佛山顺德', text: '在那边' }, status: 'dtmf', adcode: '' })).toEqual({ ...BLANK, district: '佛山顺德', status: 'voice_confirmed' })
    expect(fieldsOf({ value: { road: '新发路5号' }, status: 'strange', adcode: '' }).status).toBe('unverified')
  })

  it('keeps the finer fields of what is not touched', () => {
    expect(valueOf({ ...fieldsOf(ON_FILE), room: '503' }, VALUE)).toEqual({ province: '广东省', city: '佛山市', district: '顺德区', town: '容桂街道', street: '凤翔路', number: '18', room: '503', adcode: '440606101' })
  })

  it('writes another road for the old one, without empty fields', () => {
    expect(valueOf({ ...fieldsOf(ON_FILE), road: ' 新发路5号 ', room: '', adcode: '' }, VALUE)).toEqual({ province: '广东省', city: '佛山市', district: '顺德区', town: '容桂街道', road: '新发路5号' })
    expect(valueOf({ ...BLANK, district: '顺德区', road: '新发路5号' }, {})).toEqual({ district: '顺德区', road: '新发路5号' })
  })

  it('takes the code of the old place away when the place is another, unless it was typed', () => {
    const saved = fieldsOf(ON_FILE)
    expect(moved('district', saved, saved)).toBe(true)
    expect(moved('road', saved, saved)).toBe(false)
    expect(moved('district', { ...saved, adcode: '440605' }, saved)).toBe(false)
    expect(moved('district', BLANK, BLANK)).toBe(false)
  })
})
