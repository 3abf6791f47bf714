/** ASCII blanks, and the Unicode ones that the engine takes for blanks too. */
const BLANKS =
  ' \t\r\n\f\v\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff'

export function isBlank(character: string | undefined): boolean {
  return character !== undefined && BLANKS.includes(character)
}

export function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9'
}

/** Letters, the underscore and everything outside ASCII that is not a blank: Unicode names need no quotes. */
export function isWordStart(character: string | undefined): boolean {
  if (character === undefined) return false
  if (character >= '\u0080') return !isBlank(character)
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') || character === '_'
}

/** A `$` continues a word: METADATA$FILENAME is one. */
export function isWordPart(character: string | undefined): boolean {
  return isWordStart(character) || isDigit(character) || character === '$'
}

/** Whether a character ends a bare `@stage/path`. */
export function endsStagePath(character: string | undefined): boolean {
  return character === undefined || isBlank(character) || ',;\'"`()'.includes(character)
}

/** Whether `text` has no other characters than those of `characters`. */
export function isMadeOf(text: string, characters: string): boolean {
  for (let index = 0; index < text.length; index++) if (!characters.includes(text.charAt(index))) return false
  return true
}
