// What the form of a customer's file asks the API for.
import { expect, it } from 'vitest'

import { asChange, FIELDS } from '@/customers/edits'

it('writes every field that the file has by hand', () => {
  expect(FIELDS).toEqual(['name', 'kind', 'organization', 'elder', 'do_not_call', 'recording_consent', 'marketing_consent', 'note'])
})

it('asks for what was typed, and leaves the choices alone that were not', () => {
  const typed = { do_not_call: true, organization: false, marketing_consent: 'no' }
  expect(asChange(typed)).toEqual({ do_not_call: true, organization: false, kind: null, recording_consent: null, marketing_consent: 'no' })
  expect(asChange({ name: '陈', kind: 'dealer' })).toEqual({ name: '陈', kind: 'dealer', recording_consent: null, marketing_consent: null })
})

it('never sends a choice that the API does not know', () => {
  expect(asChange({ kind: 'king', recording_consent: 'maybe' })).toEqual({ kind: null, recording_consent: null, marketing_consent: null })
})
