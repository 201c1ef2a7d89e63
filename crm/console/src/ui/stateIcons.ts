// The one icon of each agent state (Lucide names of the UX specification).
import { CircleCheck, ClipboardPen, Coffee, PhoneCall, PhoneIncoming, Power, Unplug } from 'lucide-vue-next'
import type { Component } from 'vue'

import type { AgentState } from '@/api/types'

export const STATE_ICONS: Readonly<Record<AgentState, Component>> = {
  ready: CircleCheck,
  ringing: PhoneIncoming,
  talking: PhoneCall,
  wrapup: ClipboardPen,
  paused: Coffee,
  unreachable: Unplug,
  offline: Power,
}
