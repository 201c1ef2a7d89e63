// @ts-check
// A stand-in for crm that speaks the shapes of its API, for the console's own tests. Usage: node server.mjs PORT
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

import { WebSocketServer } from 'ws'

import * as samples from './samples.mjs'

const STATIC = fileURLToPath(new URL('../../../web/static', import.meta.url))
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }
const PASSWORD = 'right-password'

let session = false
let me = samples.me()
/** @type {import('../../src/api/types').Board | null} */
let board = null
/** @type {Map<string, import('../../src/api/types').Card>} */
const cards = new Map()
/** @type {Map<string, import('../../src/api/types').Ticket>} */
const tickets = new Map([['60214831', samples.ticket('60214831')], ['60209138', samples.ticket('60209138', { kind: 'part_return', kind_name: '配件返修', slots: [] })]])
/** @type {{method: string, path: string, body: any}[]} */
const log = []
/** @type {Set<{socket: import('ws').WebSocket, n: number}>} */
const feeds = new Set()
let refusing = false
let seq = 1

/** @param {object} message */
function tell(message) {
  seq += 1
  for (const feed of feeds) {
    feed.n += 1
    feed.socket.send(JSON.stringify({ ...message, n: feed.n, seq }))
  }
}

/** @param {import('node:http').IncomingMessage} request */
async function bodyOf(request) {
  let text = ''
  for await (const piece of request) text += piece
  return text ? JSON.parse(text) : {}
}

/** @param {number} status @param {string} code @param {string} detail */
const problem = (status, code, detail) => ({ status, json: { type: 'about:blank', title: code, status, detail, code, fields: [] } })

/** @param {string} no @param {any} body */
function change(no, body) {
  const ticket = tickets.get(no)
  if (!ticket) return problem(404, 'not_found', '没有这张工单')
  for (const [name, { value }] of Object.entries(body.slots ?? {})) {
    const old = ticket.slots.find((item) => item.slot === name) ?? samples.slot({ slot: name, label: name })
    const text = value.canonical ?? value.text ?? value.number ?? Object.values({ ...value, raw_text: '' }).join('')
    const next = { ...old, text, value, status: /** @type {const} */ ('verified'), evidence: '已核实', source: 'agent', verified_by: me.name, verified_at: samples.time() }
    ticket.slots = [...ticket.slots.filter((item) => item.slot !== name), next]
  }
  for (const name of body.confirm ?? []) {
    ticket.slots = ticket.slots.map((item) => (item.slot === name ? { ...item, status: 'verified', evidence: '已核实', verified_by: me.name, verified_at: samples.time() } : item))
  }
  ticket.version += 1
  ticket.updated_at = samples.time()
  for (const card of cards.values()) {
    if (card.draft?.no === no) put({ ...card, draft: { ...ticket }, slots: card.slots.map((slot) => ticket.slots.find((item) => item.slot === slot.slot) ?? slot) })
  }
  return { status: 200, json: { ...ticket, merged: [] } }
}

/** @param {import('../../src/api/types').Card} card */
function put(card) {
  cards.set(card.pop, card)
  if (card.gone) cards.delete(card.pop)
  tell({ type: 'card', card })
}

/** @param {object} facts */
function setMe(facts) {
  me = { ...me, since: samples.time(), ...facts }
  tell({ type: 'me', me })
}

/** @param {string} act @param {any} body */
function control(act, body) {
  const card = [...cards.values()].find((item) => item.contact === body.contact)
  if (act === 'me') setMe(body)
  else if (act === 'board') { board = samples.board(body); tell({ type: 'board', board }) }
  else if (act === 'ring') { put(samples.card(body.contact, body)); setMe({ state: 'ringing', state_name: '振铃', contact: body.contact }) }
  else if (act === 'card' && card) put({ ...card, ...body })
  else if (act === 'answer' && card) { put({ ...card, state: 'talking', state_since: samples.time(), answered_at: samples.time() }); setMe({ state: 'talking', state_name: '通话中' }) }
  else if (act === 'end' && card) { put({ ...card, state: 'ended', state_since: samples.time(), talk_ms: 320_000, over: { reason: 'talk_ended', by: 'caller', text: '通话已结束' } }); setMe({ state: 'wrapup', state_name: '话后处理', contact: '' }) }
  else if (act === 'miss' && card) { put({ ...card, state: 'missed', state_since: samples.time(), over: { reason: 'caller_hung_up', by: 'caller', text: '来电人已挂断（等了 42 秒），已生成回拨任务' } }); setMe({ state: 'ready', state_name: '就绪', contact: '' }) }
  else if (act === 'log-out') session = false
  else if (act === 'cut') { refusing = true; for (const feed of feeds) feed.socket.terminate() }
  else if (act === 'heal') refusing = false
  return { status: 200, json: {} }
}

/** @param {string} method @param {string} path @param {any} body @param {URLSearchParams} query */
function answer(method, path, body, query) {
  if (path.startsWith('/fake/')) return path === '/fake/log' ? { status: 200, json: log } : control(path.slice(6), body)
  const api = path.slice('/api/v1'.length)
  if (method !== 'GET') log.push({ method, path: api, body })
  if (refusing) return problem(503, 'database_unavailable', '数据库暂时连不上')
  if (api === '/session' && method === 'POST') {
    if (body.password !== PASSWORD) return problem(401, 'wrong_password', '工号或密码不对，还可以试 3 次')
    session = true
    return { status: 200, json: me }
  }
  if (!session) return problem(401, 'not_signed_in', '请先登录')
  if (api === '/session') { session = false; return { status: 204, json: null } }
  if (api === '/me') return { status: 200, json: me }
  if (api === '/me/ready') { setMe({ state: 'ready', state_name: '就绪', reason: '', signed_in: true }); return { status: 200, json: me } }
  if (api === '/me/sign-in') { setMe({ state: 'ready', state_name: '就绪', signed_in: true, signed_in_since: samples.time() }); return { status: 200, json: me } }
  if (api === '/me/sign-out') { setMe({ state: 'offline', state_name: '未签入', signed_in: false }); return { status: 200, json: me } }
  if (api === '/me/pause') { setMe({ state: 'paused', state_name: '示忙', reason: body.reason }); return { status: 200, json: me } }
  if (api.startsWith('/pops/')) {
    const [, , pop, step] = api.split('/')
    const card = cards.get(pop ?? '')
    if (card && (step === 'received' || step === 'shown')) cards.set(card.pop, { ...card, ledger: { ...card.ledger, [step]: body.page_time } })
    if (card && ['saved', 'dismissed', 'expired'].includes(body.act) && step === 'acted') put({ ...card, gone: true })
    return { status: 204, json: null }
  }
  if (api === '/tickets' && method === 'GET') {
    const items = [...tickets.values()].filter((item) => !query.get('q') || item.no.includes(query.get('q') ?? ''))
    return { status: 200, json: { items: query.get('view') === 'mine' ? [] : items, total: items.length, page: 1, size: 50 } }
  }
  if (api === '/tickets') {
    const no = `6030${String(tickets.size).padStart(4, '0')}`
    tickets.set(no, samples.ticket(no, { kind: body.kind, contact: body.contact, slots: [], version: 1, timeline: [] }))
    return { ...change(no, { slots: Object.fromEntries(Object.entries(body.slots).map(([name, value]) => [name, { value }])) }), status: 201 }
  }
  const [, noun, id = '', part = ''] = api.split('/')
  if (noun === 'tickets' && part === 'notes') {
    const ticket = tickets.get(id)
    if (!ticket) return problem(404, 'not_found', '没有这张工单')
    ticket.timeline = [{ id: ticket.timeline.length + 1, at: samples.time(), kind: 'note', actor: me.name, text: body.text, fields: [], version: ticket.version }, ...ticket.timeline]
    return { status: 200, json: ticket }
  }
  if (noun === 'tickets') return method === 'PATCH' ? change(id, body) : tickets.has(id) ? { status: 200, json: { ...tickets.get(id), calls: [samples.callRow()] } } : problem(404, 'not_found', '没有这张工单')
  if (noun === 'calls' && !id) return { status: 200, json: { items: [samples.callRow(), samples.callRow({ contact: 'c5', outcome: 'abandoned', outcome_name: '放弃', talk_ms: null, agent_name: '', tickets: [] })], total: 2, page: 1, size: 50 } }
  if (noun === 'calls' && !part) return { status: 200, json: samples.call() }
  if (noun === 'status') return { status: 200, json: { status: 'ok', time: samples.time(), parts: [] } }
  return problem(404, 'not_found', '没有找到')
}

/** @param {string} path @param {import('node:http').ServerResponse} response */
async function file(path, response) {
  const name = extname(path) ? normalize(path) : '/index.html'
  try {
    const content = await readFile(join(STATIC, name))
    response.writeHead(200, { 'Content-Type': TYPES[/** @type {keyof typeof TYPES} */ (extname(name))] ?? 'application/octet-stream' })
    response.end(content)
  } catch {
    response.writeHead(404).end()
  }
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url ?? '/', 'http://fake')
  if (!url.pathname.startsWith('/api/') && !url.pathname.startsWith('/fake/')) return file(url.pathname, response)
  const { status, json } = answer(request.method ?? 'GET', url.pathname, await bodyOf(request), url.searchParams)
  response.writeHead(status, { 'Content-Type': status < 400 ? 'application/json' : 'application/problem+json' })
  response.end(status === 204 ? undefined : JSON.stringify(json))
})

new WebSocketServer({ server, path: '/api/v1/live' }).on('connection', (socket) => {
  if (refusing || !session) return socket.close(refusing ? 4503 : 4401)
  const feed = { socket, n: 1 }
  feeds.add(feed)
  socket.on('close', () => feeds.delete(feed))
  socket.send(JSON.stringify({ type: 'snapshot', n: 1, seq, cards: [...cards.values()], me, board }))
})
setInterval(() => tell({ type: 'heartbeat', time: samples.time() }), 1_000)
server.listen(Number(process.argv[2] ?? 27010), '127.0.0.1', () => process.stdout.write('listening\n'))
