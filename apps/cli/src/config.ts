import type { Terminal } from './terminal.ts'

/** The environment of the process: read here and nowhere else, and handed on as an argument. */
export function readEnvironment(): Terminal['environment'] {
  return process.env
}
