// Contrast of every text on its ground, light and dark, from the hex values of tokens.css (WCAG 2).
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { describe, expect, it } from 'vitest'

const css = readFileSync(fileURLToPath(new URL('../src/styles/tokens.css', import.meta.url)), 'utf8')

function tokens(selector: string): Record<string, string> {
  const block = css.slice(css.indexOf(`${selector} {`)).split('}')[0] ?? ''
  return Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9A-F]{6});/g)].map((match) => [match[1] ?? '', match[2] ?? '']))
}
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (high + 0.05) / (low + 0.05)
}

const TEXT = [
  ['text-1', 'surface'], ['text-2', 'surface'], ['text-3', 'surface'], ['text-1', 'page'], ['text-2', 'page'], ['action', 'surface'], ['on-action', 'action'], ['text-1', 'fresh'], ['text-3', 'fresh'], ['action', 'fresh'],
  ['ok', 'ok-tint'], ['warn', 'warn-tint'], ['bad', 'bad-tint'], ['unknown', 'unknown-tint'], ['on-emergency', 'emergency'],
  ['state-ready', 'state-ready-tint'], ['state-ringing', 'state-ringing-tint'], ['state-talking', 'state-talking-tint'], ['state-wrapup', 'state-wrapup-tint'],
  ['state-paused', 'state-paused-tint'], ['state-unreachable', 'state-unreachable-tint'],
] as const
const MARKS = [['control-line', 'surface'], ['series-1', 'surface'], ['series-2', 'surface'], ['series-3', 'surface'], ['series-4', 'surface'], ['series-5', 'surface'], ['series-6', 'surface']] as const

const light = tokens(':root')
const THEMES: [string, Record<string, string>][] = [['light', light], ['dark', { ...light, ...tokens(":root[data-theme='dark']") }]]

describe.each(THEMES)('%s', (_, theme) => {
  it.each(TEXT)('%s on %s is readable', (ink, ground) => {
    expect(contrast(theme[ink] ?? '', theme[ground] ?? '')).toBeGreaterThanOrEqual(4.5)
  })
  it.each(MARKS)('%s on %s is visible', (ink, ground) => {
    expect(contrast(theme[ink] ?? '', theme[ground] ?? '')).toBeGreaterThanOrEqual(3)
  })
})
