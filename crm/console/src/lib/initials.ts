// Finding words by their pinyin initials. The letter of a character is told by the place it has in the browser's own
// pinyin order, so that no table of readings is loaded; of several readings it knows the first (调 is d).

const ORDER = new Intl.Collator('zh-Hans-u-co-pinyin')
/** The first character of each letter in that order; no syllable begins with i, u or v. */
const FIRST: readonly (readonly [string, string])[] = [
  ['阿', 'a'], ['八', 'b'], ['嚓', 'c'], ['咑', 'd'], ['妸', 'e'], ['发', 'f'], ['旮', 'g'], ['哈', 'h'], ['丌', 'j'], ['咔', 'k'], ['垃', 'l'], ['妈', 'm'], ['拏', 'n'],
  ['噢', 'o'], ['妑', 'p'], ['七', 'q'], ['呥', 'r'], ['仨', 's'], ['他', 't'], ['穵', 'w'], ['夕', 'x'], ['丫', 'y'], ['帀', 'z'],
]

function initial(character: string): string {
  if (!/\p{Script=Han}/u.test(character)) return /[\p{L}\p{N}]/u.test(character) ? character.toLowerCase() : ''
  return FIRST.filter(([first]) => ORDER.compare(first, character) <= 0).at(-1)?.[1] ?? ''
}

/** Returns the pinyin initials of a text; letters and digits stay, all else is left out. */
export function initials(text: string): string {
  return [...text].map(initial).join('')
}

/** Tells whether what was typed is a part of the text or begins its initials; nothing typed finds everything. */
export function foundBy(typed: string, text: string): boolean {
  const wanted = typed.trim().toLowerCase()
  return wanted === '' || text.toLowerCase().includes(wanted) || initials(text).startsWith(wanted)
}
