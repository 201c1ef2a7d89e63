// What the agent reads in an emergency: the steps the voice navigation speaks, by kind of danger.
import type { CardEmergency } from '@/api/types'
import type { TextKey } from '@/locales'

const STEPS: Readonly<Record<CardEmergency['safety'], readonly TextKey[]>> = {
  gas: ['emergency.gas.1', 'emergency.gas.2', 'emergency.gas.3', 'emergency.gas.4'],
  co: ['emergency.co.1', 'emergency.co.2', 'emergency.co.3'],
  fire: ['emergency.fire.1', 'emergency.fire.2'],
  electric: ['emergency.electric.1', 'emergency.electric.2', 'emergency.electric.3'],
  unknown: ['emergency.gas.1', 'emergency.gas.2', 'emergency.gas.3', 'emergency.gas.4'],
}

/** The steps to read for this danger; an unknown one is treated as gas, as the caller heard it. */
export function scriptOf(safety: CardEmergency['safety']): readonly TextKey[] {
  return STEPS[safety]
}
