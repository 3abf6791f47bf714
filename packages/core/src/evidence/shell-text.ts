import { shellWord } from '../diagnosis/shell-word.ts'
import { PLAIN_IN_AWK } from './plain-value.ts'
import { MOST_VALUES, PLACE, type ValuesOf } from './read.ts'

/** Lines of a shell comment, in which no line break of a value ends it. */
export function commentLines(text: string): readonly string[] {
  return text.split('\n').map((line) => `# ${line}`.trimEnd())
}

/** A value as it may stand in a line of text. */
export function oneLine(value: string): string {
  return value.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
}

/** A word of a command, its places filled from variables when the script runs. */
export function commandWord(word: string): string {
  if (word.search(PLACE) === -1) return shellWord(word)
  let end = 0
  let written = ''
  for (const match of word.matchAll(PLACE)) {
    const [place, name = '', between, part = ''] = match
    written += literal(word.slice(end, match.index))
    written += between === undefined ? `\${${name}}` : `$(part "\${${name}}" ${between} ${part})`
    end = match.index + place.length
  }
  return `"${written}${literal(word.slice(end))}"`
}

function literal(text: string): string {
  return text.replaceAll(/["$\\`]/g, String.raw`\$&`)
}

/** The functions that take values out of an answer whose JSON has one thing a line, by their names. */
export const FUNCTIONS: { readonly [name in ValuesOf['kind'] | 'part']: readonly string[] } = {
  text: taking('text', '-v name="$1" -v start="${2-}"', [
    `$2 == name && NF == 5 && $4 != "" && substr($4, 1, length(start)) == start && index($4, "\\\\") == 0 && $4 ${PLAIN_IN_AWK} { print $4 }`,
  ]),
  items: taking('items', '-v name="$1"', [
    'inside && /^[ \\t]*\\]/ { inside = 0 }',
    `inside && NF == 3 && $2 != "" && index($2, "\\\\") == 0 && $2 ${PLAIN_IN_AWK} { print $2 }`,
    '$2 == name && /\\[[ \\t]*$/ { inside = 1 }',
  ]),
  pair: taking('pair', '-v one="$1" -v other="$2"', [
    `$2 == one && NF == 5 && index($4, "\\\\") == 0 && $4 ${PLAIN_IN_AWK} { first = $4 }`,
    `$2 == other && NF == 5 && index($4, "\\\\") == 0 && $4 ${PLAIN_IN_AWK} { second = $4 }`,
    '/^[ \\t]*}/ { if (first != "" && second != "") print first ":" second; first = second = "" }',
  ]),
  part: ['part() {', `  printf '%s\\n' "$1" | cut -d "$2" -f "$3"`, '}'],
}

function taking(name: string, variables: string, program: readonly string[]): readonly string[] {
  return [
    `${name}() {`,
    '  [ "$code" -eq 0 ] || return 0',
    `  printf '%s\\n' "$answer" | awk -F '"' ${variables} '`,
    ...program.map((line) => `    ${line}`),
    `  ' | LC_ALL=C sort -u | head -n ${MOST_VALUES}`,
    '}',
  ]
}

/** The values of an answer, as the script takes them out of it. */
export function taken(of: ValuesOf): string {
  const words = of.kind === 'pair' ? of.names : [of.name, ...(of.kind === 'text' && of.startsWith !== undefined ? [of.startsWith] : [])]
  return `$(${[of.kind, ...words.map(commandWord)].join(' ')})`
}
