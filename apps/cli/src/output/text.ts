import stringWidth from 'string-width'

/** Under this, broken prose is harder to read than prose that the terminal breaks. */
const NARROWEST_PROSE = 24

/**
 * Text of others made safe to print: control characters, among them those that move the cursor, recolour or rename a terminal,
 * and marks that reverse the direction of text, are written out.
 */
export function printable(text: string, keepLines = false): string {
  // oxlint-disable-next-line no-control-regex -- the range is the point
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (character) => {
    if (keepLines && (character === '\n' || character === '\t')) return character
    if (character === '\n') return '\\n'
    if (character === '\t') return '\\t'
    if (character === '\r') return '\\r'
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

/**
 * The last look at text on its way to a terminal: whatever is neither a line break, a tab nor a colour of ours is written out,
 * also where somebody forgot `printable`.
 */
export function harmless(text: string): string {
  // oxlint-disable-next-line no-control-regex -- the colours that paint.ts writes
  return text
    .split(/(\u001b\[(?:[012]|3[1-4])m)/)
    .map((part, index) => (index % 2 === 1 ? part : printable(part, true)))
    .join('')
}

/** Cuts text to a width on the terminal; what was cut is marked. */
export function fit(text: string, width: number): string {
  if (stringWidth(text) <= width) return text
  let cut = ''
  let used = 0
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    const next = stringWidth(segment)
    if (used + next > width - 1) break
    cut += segment
    used += next
  }
  return `${cut}…`
}

/**
 * Breaks text at its blanks into lines of a width on the terminal. A word that is longer keeps a line to itself, so that it can still be
 * copied whole. Without a width, and where there is hardly any, only the text's own line breaks count.
 */
export function wrap(text: string, width: number | undefined): readonly string[] {
  const paragraphs = text.split('\n')
  if (width === undefined || width < NARROWEST_PROSE) return paragraphs
  return paragraphs.flatMap((paragraph) => {
    const lines: string[] = []
    let line = ''
    for (const word of paragraph.split(/ +/)) {
      if (line !== '' && stringWidth(line) + 1 + stringWidth(word) > width) {
        lines.push(line)
        line = word
      } else line = line === '' ? word : `${line} ${word}`
    }
    return [...lines, line]
  })
}

/** Wraps text behind a head of a known width: later lines begin below the text's first. */
export function hang(head: string, headWidth: number, text: string, width: number | undefined): string {
  const lines = wrap(text, width === undefined ? undefined : width - headWidth)
  return `${head}${lines.join(`\n${' '.repeat(headWidth)}`)}\n`
}

/** Pads to a width on the terminal. */
export function pad(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - stringWidth(text)))
  return align === 'right' ? space + text : text + space
}

/** Bytes for people: `2.0 kB`. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
  let value = count
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit === 0 ? value : value.toFixed(value < 9.95 ? 1 : 0)} ${units[unit] ?? ''}`
}

/** A moment for people: its seconds are enough. */
export function toSeconds(moment: string): string {
  return moment.replace(/\.\d+Z$/, 'Z')
}
