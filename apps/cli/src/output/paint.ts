import type { Output, Terminal } from '../terminal.ts'

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34 } as const

export type Colour = keyof typeof CODES
export type Paint = (colour: Colour, text: string) => string

/** Colours text for an output, or leaves it as it is: on a pipe, with NO_COLOR, and on a dumb terminal. Colour never says anything alone. */
export function painter(output: Output, environment: Terminal['environment']): Paint {
  const plain = !output.isTty || (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb'
  return plain ? (_colour, text) => text : (colour, text) => `\u001b[${CODES[colour]}m${text}\u001b[0m`
}
