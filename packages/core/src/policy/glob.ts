/** Stands for `*` in a glob's codes: any number of characters. */
export const STAR = -1
/** Stands for `?` in a glob's codes: exactly one character. */
export const QUESTION = -2

/** A wildcard pattern, prepared. `*` and `?` are wildcards only where the codes say so: a substituted value never becomes one. */
export interface Glob {
  /** What a match must begin with. */
  readonly head: string
  /** The rest: character codes, STAR and QUESTION. Empty: `head` is the whole pattern. */
  readonly rest: readonly number[]
}

/** The codes of a pattern in which `*` and `?` are wildcards. */
export function wildcardCodes(text: string): number[] {
  const codes: number[] = []
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    codes.push(code === 42 ? STAR : code === 63 ? QUESTION : code)
  }
  return codes
}

/** The codes of a text in which every character stands for itself. */
export function literalCodes(text: string): number[] {
  return Array.from({ length: text.length }, (_, index) => text.charCodeAt(index))
}

/** Prepares a pattern for matching. */
export function globOf(codes: readonly number[]): Glob {
  const first = codes.findIndex((code) => code < 0)
  const cut = first < 0 ? codes.length : first
  return { head: textOf(codes.slice(0, cut)), rest: codes.slice(cut) }
}

/** A glob from a pattern as it is written. */
export function glob(pattern: string): Glob {
  return globOf(wildcardCodes(pattern))
}

/** The text of codes, wildcards as they are written. */
export function textOf(codes: readonly number[]): string {
  return codes.map((code) => (code === STAR ? '*' : code === QUESTION ? '?' : String.fromCharCode(code))).join('')
}

/**
 * Whether `text`, from `start` on, matches the glob as a whole.
 * Time is at most proportional to pattern × text: only the last `*` is ever retried.
 */
export function globMatches({ head, rest }: Glob, text: string, start = 0): boolean {
  if (!text.startsWith(head, start)) return false
  const begin = start + head.length
  if (rest.length === 0) return begin === text.length
  if (rest.length === 1 && rest[0] === STAR) return true
  return restMatches(rest, text, begin)
}

function restMatches(rest: readonly number[], text: string, begin: number): boolean {
  let at = begin
  let position = 0
  let star = -1
  let resume = begin
  while (at < text.length) {
    const code = rest[position]
    if (code === STAR) {
      star = position++
      resume = at
    } else if (code === QUESTION) {
      at += characterLength(text, at)
      position++
    } else if (code === text.charCodeAt(at)) {
      at++
      position++
    } else if (star >= 0) {
      resume += characterLength(text, resume)
      at = resume
      position = star + 1
    } else return false
  }
  while (rest[position] === STAR) position++
  return position === rest.length
}

// A character outside the basic plane is two code units and still one `?`.
function characterLength(text: string, at: number): number {
  const high = text.charCodeAt(at)
  if (high < 0xd800 || high > 0xdbff || at + 1 >= text.length) return 1
  const low = text.charCodeAt(at + 1)
  return low >= 0xdc00 && low <= 0xdfff ? 2 : 1
}
