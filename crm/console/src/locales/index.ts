// Texts by key: `t('login.wrong', { n: 3 })`. Names in braces are put in as they are.
import { zhCN } from './zh-CN'

export type TextKey = keyof typeof zhCN
export type TextParams = Readonly<Record<string, string | number>>

/** Returns the text of `key` with `{name}` replaced by `params.name`; a name without a value stays visible. */
export function t(key: TextKey, params: TextParams = {}): string {
  return zhCN[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole))
}

/** Tells whether `key` is a known text, for words that come from the server as codes. */
export function isTextKey(key: string): key is TextKey {
  return Object.hasOwn(zhCN, key)
}

/** Returns the text of `prefix.code`, or `fallback` for a code the console does not know yet. */
export function word(prefix: string, code: string, fallback: string = code): string {
  const key = `${prefix}.${code}`
  return isTextKey(key) ? t(key) : fallback
}
