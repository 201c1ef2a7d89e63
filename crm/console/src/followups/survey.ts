// The questions of a follow-up, what was answered so far, and what the answers bring about (pure).
import type { AttemptDraft, FollowUp } from '@/api/followups'
import { instant } from '@/lib/format'
import { t } from '@/locales'

export const RULES = ['badge', 'cleanup', 'demo', 'teach', 'forbidden'] as const
export type Rule = (typeof RULES)[number]
export type QuestionKey = 'fixed' | 'score_visit' | 'score_call' | Rule

/** What is being written down, by question, '' = no answer; remark: what else the customer said, or why nobody was asked. */
export type Written = Readonly<Record<QuestionKey, string>> & { readonly remark: string }
export const BLANK: Written = { fixed: '', score_visit: '', score_call: '', badge: '', cleanup: '', demo: '', teach: '', forbidden: '', remark: '' }

export interface Option {
  readonly value: string
  readonly text: string
}
export interface Question {
  readonly key: QuestionKey
  /** The words to say. */
  readonly text: string
  /** The n-th is chosen by the key n. */
  readonly options: readonly Option[]
}

export const isBlank = (written: Written): boolean => Object.values(written).every((value) => value === '')

function fixedText(about: FollowUp): string {
  if (about.kind === 'install') return t('followups.ask.installed')
  if (about.kind === 'complaint') return t('followups.ask.solved')
  return t(about.visited ? 'followups.ask.mended' : 'followups.ask.works')
}
const SCORES: readonly Option[] = ['1', '2', '3', '4', '5'].map((value) => ({ value, text: value }))

/** The questions in order. Whoever says it is not mended is not asked for scores; without a visit none is asked about. */
export function questionsOf(about: FollowUp, written: Written): Question[] {
  const fixed: Question = { key: 'fixed', text: fixedText(about), options: (['yes', 'no', 'again'] as const).map((value) => ({ value, text: t(`followups.fixed.${value}`) })) }
  if (written.fixed === 'no' || written.fixed === 'again') return [fixed]
  const rules = RULES.map((key): Question => ({
    key, text: t(`followups.ask.${key}`), options: [{ value: 'yes', text: t(key === 'forbidden' ? 'followups.none' : 'followups.did') }, { value: 'no', text: t(key === 'forbidden' ? 'followups.some' : 'followups.didNot') }],
  }))
  const visit: Question[] = about.visited ? [{ key: 'score_visit', text: t('followups.ask.score_visit'), options: SCORES }, ...rules] : []
  return [fixed, ...visit, { key: 'score_call', text: t('followups.ask.score_call'), options: SCORES }]
}

/** The option that a key of the keyboard chooses in a question; 0 takes the answer back; null = no such key. */
export function optionAt(question: Question, pressed: string): string | null {
  if (pressed === '0') return ''
  return /^[1-5]$/.test(pressed) ? (question.options[Number(pressed) - 1]?.value ?? null) : null
}

const score = (value: string): number | null => (value ? Number(value) : null)
const kept = (value: string): 'yes' | 'no' | '' => (value === 'yes' || value === 'no' ? value : '')

/** What is sent once the first question is answered; null before. Answers to what is not asked any more are left out. */
export function answerOf(about: FollowUp, written: Written): AttemptDraft | null {
  const { fixed } = written
  if (fixed !== 'yes' && fixed !== 'no' && fixed !== 'again') return null
  const asked = new Set<string>(questionsOf(about, written).map((question) => question.key))
  const of = (key: QuestionKey): string => (asked.has(key) ? written[key] : '')
  const rules = { badge: kept(of('badge')), cleanup: kept(of('cleanup')), demo: kept(of('demo')), teach: kept(of('teach')), forbidden: kept(of('forbidden')) }
  return { result: 'answered', note: '', survey: { fixed, score_visit: score(of('score_visit')), visit_rules: rules, score_call: score(of('score_call')), remark: written.remark.trim() } }
}

/** What saving brings about beyond the answer itself: the key of the words that say so, null when nothing. */
export function consequence(about: FollowUp, written: Written, low: number): 'followups.willReopen' | 'followups.willTell' | null {
  const survey = answerOf(about, written)?.survey
  if (!survey) return null
  if (survey.fixed !== 'yes') return 'followups.willReopen'
  const bad = [survey.score_visit, survey.score_call].some((given) => typeof given === 'number' && given <= low)
  return bad || survey.visit_rules?.forbidden === 'no' ? 'followups.willTell' : null
}

export type Standing = 'mine' | 'others' | 'due' | 'later' | 'done'

/** How it stands for the one who looks at it. Taken counts till its end; then it is anybody's again. */
export function standing(item: FollowUp, own: string, now: number): Standing {
  if (item.done_at) return 'done'
  if (item.taken_until && instant(item.taken_until) > now) return item.taken_by === own ? 'mine' : 'others'
  return item.ticket && instant(item.due_at) <= now ? 'due' : 'later'
}

/** A share as people read it, "83%"; "-" for none. */
export const percent = (share: number | null): string => (share === null ? '-' : `${Math.round(share * 100)}%`)
