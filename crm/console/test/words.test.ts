// One thing, one word: the locale is scanned for banned words; every key is used and every used key exists.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { expect, it } from 'vitest'

import { isTextKey, t, word } from '@/locales'
import { zhCN } from '@/locales/zh-CN'

const SOURCE = fileURLToPath(new URL('../src', import.meta.url))
const BANNED = [
  '应答', '挂起', 'DTMF', '盲转', '协商转', '密语', '拦截', '自动语音', '槽位', '录音片段', '技能组', '呼损', '客服代表', '示闲', '空闲', '整理', '事后', '案件', '过保', '师傅',
  '错误码', '服务等级', '系统异常', '确定吗', '!', '！', '离线', '抱歉',
]
// 「确定」 must name its act; only 「不确定」 is a word of ours.
const DUTY = /(?<!不)确定/

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)]))
}
const sources = files(SOURCE).filter((path) => /\.(ts|vue)$/.test(path) && !path.includes('locales/') && !path.endsWith('.d.ts'))
const code = sources.map((path) => readFileSync(path, 'utf8')).join('\n')

it('has no banned word', () => {
  const found = Object.entries(zhCN).filter(([, text]) => BANNED.some((bad) => text.includes(bad)) || DUTY.test(text))
  expect(found).toEqual([])
})

it('uses full-width punctuation and sets Han and Latin apart', () => {
  const wrong = Object.entries(zhCN).filter(([, text]) => /[一-鿿][,;:?]|[一-鿿][A-Za-z0-9]|[A-Za-z0-9][一-鿿]/.test(text.replace(/\{\w+\}/g, '')))
  expect(wrong).toEqual([])
})

// lib/initials.ts holds the first character of each letter, no text
it('keeps Chinese out of the pages', () => {
  const literal = sources.filter((path) => {
    const text = readFileSync(path, 'utf8').replace(/<!--[\s\S]*?-->|\/\*[\s\S]*?\*\/|^\s*\/\/.*$|\s\/\/.*$/gm, '')
    return /[一-鿿]/.test(text)
  })
  expect(literal.map((path) => path.slice(SOURCE.length + 1))).toEqual(['lib/format.ts', 'lib/initials.ts', 'tickets/timeline.ts'])
})

it('uses every key', () => {
  const dynamic = [...code.matchAll(/t\(`([\w.]+)\.\$\{|word\('(\w+)'|isTextKey\(key\)/g)].map((match) => match[1] ?? match[2] ?? 'slot')
  const written = new Set([...code.matchAll(/'([\w.]+)(?=')/g)].map((match) => match[1]))
  const unused = Object.keys(zhCN).filter((key) => !written.has(key) && !dynamic.some((prefix) => key.startsWith(`${prefix}.`)))
  expect(unused).toEqual([])
})

it('fills in values and falls back for codes it does not know', () => {
  expect(t('list.total', { n: 3 })).toBe('共 3 条')
  expect(t('list.total')).toBe('共 {n} 条')
  expect([word('state', 'ready'), word('state', 'strange'), isTextKey('toString')]).toEqual(['就绪', 'strange', false])
})
