// Attaching a ticket: what a picked file proposes, what is sent.
import { describe, expect, it } from 'vitest'

import type { CustomerFile } from '@/api/customers'
import { AS_IS, attachOf, isChoice, picked } from '@/tickets/attach'
import { ticket } from './samples.mjs'

const MACHINE = { id: 'm1', product_class: 'boiler', product_class_name: '壁挂炉', model: 'HP-24', serial: '1', purchased_on: '' }
const HOME = { id: 'a1', text: '顺德容桂', status: 'verified', adcode: '440606', value: { road: '新发路5号' }, hint: '' }
const file = (id: string, products = [MACHINE]): CustomerFile => ({ id, products, addresses: [HOME] }) as unknown as CustomerFile

describe('attaching', () => {
  it('proposes the only machine of the file that was picked, none of several', () => {
    expect(picked(file('p2'), ticket('1'))).toEqual({ customer: 'p2', product: 'm1', address: null })
    expect(picked(file('p2', [MACHINE, { ...MACHINE, id: 'm2' }]), ticket('1')).product).toBeNull()
    const same = ticket('1', { product: { id: 'm1', text: '壁挂炉' } })
    expect(picked(file('p1'), same)).toEqual(AS_IS)
  })
  it('sends what was chosen and nothing else', () => {
    expect(isChoice(AS_IS)).toBe(false)
    expect(attachOf({ customer: '', product: null, address: null }, null, 3)).toEqual({ version: 3, customer: '' })
    const all = { customer: 'p2', product: 'm1', address: 'a1' }
    expect(attachOf(all, file('p2'), 3)).toEqual({ version: 3, customer: 'p2', product: 'm1', slots: { address: { value: { road: '新发路5号' } } } })
    expect(attachOf({ ...all, address: 'gone' }, file('p2'), 3)).toBeNull()
  })
})
