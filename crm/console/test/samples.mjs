// @ts-check
// Made-up people, calls and tickets in the shapes of the API, for the tests of the console only.

/** @typedef {import('../src/api/types').Card} Card */
/** @typedef {import('../src/api/types').Me} Me */
/** @typedef {import('../src/api/types').Slot} Slot */
/** @typedef {import('../src/api/types').Ticket} Ticket */
/** @typedef {import('../src/api/types').CallRow} CallRow */
/** @typedef {import('../src/api/types').Call} Call */
/** @typedef {import('../src/api/types').Board} Board */

/** @param {number} [agoMs] */
export const time = (agoMs = 0) => new Date(Date.now() - agoMs).toISOString()

/** @param {Partial<Slot> & {slot: string, label: string}} facts @returns {Slot} */
export function slot(facts) {
  return { text: '', value: {}, status: 'missing', evidence: '未说', how: '', source: '', candidates: [], clip: '', clip_ms: null, verified_by: '', verified_at: null, hint: '', sample: '', ...facts }
}

export const ADDRESS = { province: '广东省', city: '佛山市', district: '顺德区', town: '容桂街道', road: '新发路5号', raw_text: '佛山顺德容桂新发路五号' }

/** @returns {Slot[]} */
export function slots() {
  const clip = '/api/v1/clips/c1/fault_code.wav'
  return [
    slot({ slot: 'fault_code', label: '故障代码', text: 'E01', value: { raw: 'E零一', canonical: 'E01', catalogue_id: 'E01' }, status: 'unverified', evidence: '待核实', how: '第 2 次说对', source: 'speech', candidates: [{ text: 'E01', value: { canonical: 'E01' } }, { text: 'E1', value: { canonical: 'E1' } }, { text: 'F01', value: { canonical: 'F01' } }], clip, clip_ms: 1800 }),
    slot({ slot: 'address', label: '地址', text: '广东省佛山市顺德区容桂街道新发路5号', value: ADDRESS, status: 'voice_confirmed', evidence: '来电人已确认', how: '两路一致', source: 'speech', candidates: [{ text: '新发路', value: { ...ADDRESS } }, { text: '新华路', value: { ...ADDRESS, road: '新华路5号' } }], clip: '/api/v1/clips/c1/address.wav', clip_ms: 4200 }),
    slot({ slot: 'product', label: '产品', text: '壁挂炉', value: { product_class: 'boiler' }, status: 'crm_confirmed', evidence: '档案', source: 'crm' }),
    slot({ slot: 'visit', label: '上门时间', text: '2026-11-22 下午', value: { date: '2026-11-22', part: '下午' }, status: 'dtmf', evidence: '按键输入', source: 'dtmf' }),
  ]
}

/** @param {string} no @returns {Ticket} */
export function ticket(no, facts = {}) {
  return {
    no, kind: 'repair', kind_name: '维修申报', state: 'new', state_name: '待处理', priority: 'high', priority_name: '高', customer: 'p1', customer_name: '陈国强', number: '138****8000',
    summary: 'E01', region: '顺德区容桂街道', owner: '', owner_name: '', outcome: 'handed_over', outcome_name: '已转人工', safety: '', safety_name: '', unverified: ['故障代码'], contact: 'c1', matter: 1,
    created_at: time(90_000), updated_at: time(60_000), version: 3, kinds: ['repair', 'consult'], product: null, wrong_at: null, wrong_by: '', slots: slots(),
    moves: [{ move: 'accept', label: '核实完，待派单', to: 'to_dispatch', to_name: '待派单', needs: [], blocked: '', sources: [] }, { move: 'resolve', label: '指导后解决', to: 'resolved', to_name: '待回访', needs: [], blocked: '', sources: [] }, { move: 'void', label: '作废', to: 'void', to_name: '作废', needs: [], blocked: '', sources: [] }], warranty: null, clocks: [],
    timeline: [
      { id: 4, at: time(50_000), kind: 'handed_over', actor: '语音导航', text: '转人工', fields: [], version: 3 },
      { id: 3, at: time(70_000), kind: 'slot', actor: '语音导航', text: '采集 地址', fields: ['address'], version: 3 },
      { id: 2, at: time(80_000), kind: 'slot', actor: '语音导航', text: '采集 E01', fields: ['fault_code'], version: 2 },
      { id: 1, at: time(90_000), kind: 'opened', actor: '语音导航', text: '建单', fields: [], version: 1 },
    ],
    callback: null, calls: [], ...facts,
  }
}

/** @param {string} contact @returns {Card} */
export function card(contact, facts = {}) {
  const rang = time(0)
  return {
    pop: `pop-${contact}`, kind: 'ring', contact, linkedid: `hotline-1763.${contact}`, visit: `v-${contact}`, agent: '8003', queue: 'repair', queue_name: '维修', state: 'ringing', state_since: rang, gone: false, over: null,
    waited_ms: 42_000, joined_at: time(42_000), rang_at: rang, answered_at: null, ended_at: null, talk_ms: null, emergency: null,
    tags: [{ key: 'repeat_24h', text: '24 小时内第 2 次来电', detail: '11-22 10:31' }, { key: 'repeat_repair', text: '30 天内同码返修', detail: '10-29 李强 上门修过同一故障' }, { key: 'elder', text: '家有老人', detail: '' }],
    caller: { number: '138 0013 8000', e164: '+8613800138000', anonymous: false, spoken_number: '', area: '广东佛山', customer: { id: 'p1', name: '陈国强', kind: 'owner', kind_name: '终端用户', elder: true }, candidates: [] },
    path: [{ node: 'opening', title: '开场', at: time(108_000), stay_ms: 6_000, note: '' }, { node: 'main_menu', title: '主菜单', at: time(102_000), stay_ms: 9_000, note: '' }, { node: 'fault_code', title: '故障代码', at: time(93_000), stay_ms: 22_000, note: '' }, { node: 'address', title: '地址', at: time(71_000), stay_ms: 24_000, note: '' }, { node: 'to_agent', title: '转人工', at: time(47_000), stay_ms: 5_000, note: '' }],
    path_ms: 66_000, path_note: '', slots: slots(),
    open_tickets: [ticket('60209138', { kind: 'part_return', kind_name: '配件返修', state: 'waiting_return', state_name: '待寄回', contact: '', slots: [] })],
    default_ticket: '60214831',
    history: [{ kind: 'ticket', id: '60209138', at: time(86_400_000 * 2), text: '配件返修 待寄回' }, { kind: 'call', id: 'c0', at: time(12_600_000), text: '维修 通话 03:12 王敏' }],
    draft: ticket('60214831', { contact }),
    recording: { id: 'r1', status: 'recording', url: '', duration_ms: null }, say_next: '您好，汉普顿为您服务，请问是陈先生吗？',
    ledger: { created: rang, sent: rang, received: null, shown: null, acted: null }, ...facts,
  }
}

/** @returns {CallRow} */
export function callRow(facts = {}) {
  return { contact: 'c0', started_at: time(3_600_000), ended_at: time(3_300_000), number: '138****8000', customer: 'p1', customer_name: '陈国强', queue: 'repair', queue_name: '维修', agent: '8003', agent_name: '王敏', outcome: 'talked', outcome_name: '已接听', wait_ms: 42_000, talk_ms: 192_000, tickets: ['60214831'], recording: { id: 'r0', status: 'ready', url: '/api/v1/calls/c0/recording?leg=stereo', duration_ms: 192_000 }, ...facts }
}

/** @returns {Call} */
export function call(facts = {}) {
  const base = card('c0')
  /** @param {string} node @param {string} title @param {string} text @param {number} ago */
  const turn = (node, title, text, ago, facts = {}) => ({ at: time(ago), flow: 'repair', node, title, cause: 'success', cause_name: '听到', mode: 'speech', text, digits: '', meaning: '', clip: '/api/v1/clips/c1/fault_code.wav', attempt: 1, wait_ms: 640, barged_in: false, ...facts })
  return {
    ...callRow(), linkedids: ['hotline-1763.0'], did: '4001726011', area: '广东佛山', duration_ms: 300_000, language: '', path: base.path,
    turns: [turn('main_menu', '主菜单', '我要报修', 102_000), turn('fault_code', '故障代码', 'E零一', 93_000, { attempt: 2 }), turn('address_full', '地址', '佛山顺德容桂新发路五号', 71_000, { barged_in: true }), turn('confirm', '复述', '', 60_000, { mode: 'dtmf', digits: '1', clip: '' })],
    matters: [{ matter: 1, kind: 'repair', kind_name: '维修申报', ticket: '60214831', slots: slots() }],
    visits: [{ visit: 'v0', queue: 'repair', queue_name: '维修', joined_at: time(60_000), answered_at: time(20_000), left_at: null, ended_at: null, agent: '8003', agent_name: '王敏', outcome: 'answered', outcome_name: '已接听', wait_ms: 42_000, ring_ms: 6_000, talk_ms: 192_000, certain: true, rings: [] }],
    pops: [{ pop: 'pop-c0', agent: '8003', kind: 'ring', ledger: { created: time(60_000), sent: time(59_990), received: time(59_950), shown: time(59_900), acted: null } }],
    ...facts,
  }
}

/** @returns {Me} */
export function me(facts = {}) {
  return { account: 'a1', number: '1001', name: '王敏', roles: ['agent'], extension: '8003', queues: ['repair', 'emergency'], state: 'ready', state_name: '就绪', reason: '', since: time(41_000), signed_in: true, signed_in_since: time(7_200_000), contact: '', last_call: callRow(), today: { answered: 23, missed: 0, average_talk_ms: 252_000 }, ...facts }
}

const NONE = { ready: 0, ringing: 0, talking: 0, wrapup: 0, paused: 0, unreachable: 0, offline: 0 }

/** @returns {Board} */
export function board(facts = {}) {
  /** @param {string} queue @param {string} name */
  const one = (queue, name, facts = {}) => ({ queue, name, waiting: 0, longest_since: null, ringing: 0, talking: 0, offered: 0, answered: 0, abandoned: 0, timeout: 0, service_level: null, n: 0, agents: { ...NONE }, calls: [], ...facts })
  return {
    as_of: time(), telephony: 'ok',
    queues: [
      one('repair', '维修', { waiting: 2, longest_since: time(161_000), ringing: 1, talking: 1, offered: 46, answered: 42, abandoned: 4, service_level: 0.714, n: 42, agents: { ...NONE, ready: 1, ringing: 1, talking: 1, paused: 1 }, calls: [{ contact: 'c2', number: '139****2345', since: time(161_000), state: 'waiting', agent: '', agent_name: '' }, { contact: 'c1', number: '138****8000', since: time(6_000), state: 'ringing', agent: '8003', agent_name: '王敏' }] }),
      one('complaint', '投诉', { offered: 10, answered: 10, service_level: 0.9, n: 10, agents: { ...NONE, ready: 1 } }), one('consult', '咨询'), one('emergency', '紧急'),
    ],
    agents: [
      { agent: '8005', name: '赵敏', account: 'a5', state: 'unreachable', state_name: '联系不上', reason: '话机未注册', since: time(21_000), queues: ['repair'], contact: '', queue: '' },
      { agent: '8003', name: '王敏', account: 'a1', state: 'ringing', state_name: '振铃', reason: '', since: time(6_000), queues: ['repair'], contact: 'c1', queue: 'repair' },
      { agent: '8004', name: '刘洋', account: 'a4', state: 'talking', state_name: '通话中', reason: '', since: time(751_000), queues: ['repair'], contact: 'c3', queue: 'repair' },
      { agent: '8006', name: '陈晨', account: 'a6', state: 'paused', state_name: '示忙', reason: '用餐', since: time(1_870_000), queues: ['repair'], contact: '', queue: '' },
      { agent: '8007', name: '李娜', account: 'a7', state: 'ready', state_name: '就绪', reason: '', since: time(90_000), queues: ['repair'], contact: '', queue: '' },
    ],
    ivr: [{ node: 'main_menu', title: '主菜单', count: 1, longest_since: time(9_000), calls: ['c8'] }, { node: 'fault_code', title: '故障代码', count: 2, longest_since: time(35_000), calls: ['c9', 'c10'] }],
    pops: { missed: 0, p95_ms: 210 }, recordings: { expected: 46, present: 46 }, callbacks_due: 3, voicemails: 1, alarms: [], ...facts,
  }
}
