import { memoryApp, TOKEN } from '@sluice/server/testing'
import { run } from '../src/program.ts'
import type { Terminal } from '../src/terminal.ts'

export interface Ran {
  readonly exit: number
  readonly out: string
  readonly err: string
}

interface Given {
  readonly environment?: { readonly [name: string]: string }
  readonly stdin?: string
  /** Lines typed at prompts; giving any makes standard input a terminal. */
  readonly typed?: readonly string[]
  readonly columns?: number
  readonly signal?: AbortSignal
}

/** The command line in front of the HTTP application over services in memory, without a process or a port. */
export function commandLine() {
  const { app, services, lines } = memoryApp()
  const prompts: string[] = []
  const sluice = async (words: readonly string[], given: Given = {}): Promise<Ran> => {
    let out = ''
    let err = ''
    const typed = [...(given.typed ?? [])]
    const ask = async (prompt: string) => {
      prompts.push(prompt)
      return typed.shift() ?? ''
    }
    const isTty = given.columns !== undefined
    const askSecret = async (prompt: string, isWhole: (text: string) => boolean = () => true) => {
      let text = await ask(prompt)
      while (!isWhole(text) && typed.length > 0) text += `\n${typed.shift()}`
      return text
    }
    const terminal: Terminal = {
      stdout: { write: (text) => (out += text), isTty, columns: given.columns, rows: isTty ? 24 : undefined },
      stderr: { write: (text) => (err += text), isTty: false, columns: undefined, rows: undefined },
      stdin: { isTty: given.typed !== undefined, read: async () => given.stdin ?? '', readLine: ask, readSecret: askSecret },
      environment: { SLUICE_SERVER_URL: 'http://sluice.test', SLUICE_TOKEN: TOKEN, NO_COLOR: '1', HOME: '/nowhere', ...given.environment },
      fetch: (request) => app.fetch(request),
      signal: given.signal ?? new AbortController().signal,
    }
    const exit = await run(words, terminal)
    return { exit, out, err }
  }
  return { sluice, services, lines, prompts }
}
