import { readFile } from 'node:fs/promises'
import { usage } from '../invocation.ts'
import type { Terminal } from '../terminal.ts'

/** The text of a file, or of standard input for `-`. A file that cannot be read is a mistake on the command line. */
export async function readInput(terminal: Terminal, path: string, what: string): Promise<string> {
  if (path === '-') return await terminal.stdin.read()
  return await readFile(path, 'utf8').catch((cause: unknown) => {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
    throw usage(`The ${what} ${JSON.stringify(path)} cannot be read (${why}).`, 'Check the path and who may read it.')
  })
}
