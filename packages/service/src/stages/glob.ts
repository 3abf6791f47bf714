import { accessError } from '@sluice/core'

/** A path of a stage, read: literal, or a glob with the literal beginning that listing can start from. */
export type StagePath =
  | { readonly kind: 'literal'; readonly key: string }
  | { readonly kind: 'glob'; readonly prefix: string; readonly pattern: string }

/**
 * Reads a path with globs: `*` and `?` within a folder, `**` across folders, `[a-z]`, `[!a]` and `{a,b}`; a backslash takes the next
 * character as it is. The pattern is a regular expression of RE2, to be matched against the whole path.
 */
export function readStagePath(path: string): StagePath {
  let literal = ''
  let pattern = ''
  let prefix: string | undefined
  let index = 0
  const wildcard = (text: string, length: number) => {
    prefix ??= literal
    pattern += text
    index += length
  }
  while (index < path.length) {
    const character = path[index] ?? ''
    if (character === '\\' && index + 1 < path.length) {
      literal += path[index + 1] ?? ''
      pattern += quote(path[index + 1] ?? '')
      index += 2
    } else if (path.startsWith('**/', index)) wildcard('(?:[^/]*/)*', 3)
    else if (path.startsWith('**', index)) wildcard('(?s:.*)', 2)
    else if (character === '*') wildcard('[^/]*', 1)
    else if (character === '?') wildcard('[^/]', 1)
    else if (character === '[') wildcard(...characterSet(path, index))
    else if (character === '{') wildcard(...alternatives(path, index))
    else {
      literal += character
      pattern += quote(character)
      index++
    }
  }
  return prefix === undefined ? { kind: 'literal', key: literal } : { kind: 'glob', prefix, pattern }
}

/** `[abc]`, `[a-z]`, `[!abc]`; never matches a slash. */
function characterSet(path: string, open: number): readonly [string, number] {
  const negated = path[open + 1] === '!' || path[open + 1] === '^'
  const from = open + (negated ? 2 : 1)
  const close = path.indexOf(']', from + 1)
  if (close < 0) throw badGlob("The '[' of this path is not closed; write \\[ for the character itself.")
  const members = quoteSet(path.slice(from, close))
  if (negated) return [`[^/${members}]`, close + 1 - open]
  return [members === '' ? NOTHING : `[${members}]`, close + 1 - open]
}

const SET_SPECIAL = '\\[]^-'
/** A set without members is none to RE2. */
const NOTHING = '[^\\x{0}-\\x{10FFFF}]'

/** The members of a set without the slash: a range across it becomes the two beside it. */
function quoteSet(inner: string): string {
  const characters = Array.from(inner)
  let quoted = ''
  for (let index = 0; index < characters.length; index++) {
    const first = characters[index] ?? ''
    const last = characters[index + 1] === '-' ? characters[index + 2] : undefined
    const range = (from: string, to: string) => `${quoteAll(from, SET_SPECIAL)}-${quoteAll(to, SET_SPECIAL)}`
    if (last === undefined) quoted += first === '/' ? '' : quoteAll(first, SET_SPECIAL)
    else if (first > '/' || last < '/') quoted += range(first, last)
    else quoted += (first < '/' ? range(first, '.') : '') + (last > '/' ? range('0', last) : '')
    if (last !== undefined) index += 2
  }
  return quoted
}

/** `{a,b,c}`: alternatives without further wildcards. */
function alternatives(path: string, open: number): readonly [string, number] {
  const close = path.indexOf('}', open)
  if (close < 0) throw badGlob("The '{' of this path is not closed; write \\{ for the character itself.")
  const words = path.slice(open + 1, close).split(',')
  return [`(?:${words.map((word) => quoteAll(word, SPECIAL)).join('|')})`, close + 1 - open]
}

const SPECIAL = '\\.+*?()|[]{}^$'

function quote(character: string): string {
  return SPECIAL.includes(character) ? `\\${character}` : character
}

function quoteAll(text: string, special: string): string {
  let quoted = ''
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index)
    quoted += special.includes(character) ? `\\${character}` : character
  }
  return quoted
}

function badGlob(message: string) {
  return accessError('stage.path', { message })
}
