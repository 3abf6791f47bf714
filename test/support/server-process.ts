import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Client, createClient } from '@sluice/api'

const MAIN = resolve(import.meta.dirname, '../../apps/cli/src/main.ts')

/** How the `sluice` command is run from its sources. */
export const SLUICE = ['--conditions=sluice-source', MAIN]

/** The whole environment of a process under test: nothing of this machine's own settings reaches it. */
export function serverEnvironment(folder: string, more: { readonly [name: string]: string } = {}): { readonly [name: string]: string } {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: join(folder, 'home'),
    SLUICE_DATA_DIR: join(folder, 'data'),
    SLUICE_PORT: '0',
    SLUICE_SHUTDOWN_SECONDS: '0',
    AWS_EC2_METADATA_DISABLED: 'true',
    NO_COLOR: '1',
    ...more,
  }
}

/** A server that was started, which may not answer yet. */
export interface StartingServer {
  readonly child: ChildProcess
  /** Resolves when it answers; rejects with what it wrote when it ends before. */
  readonly ready: Promise<ReadyServer>
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
  /** Everything it wrote to both streams so far. */
  output(): string
  /** Ends it without a chance to do anything. */
  kill(): Promise<void>
  /** Asks it to end. */
  stop(): Promise<void>
}

/** A server that answers. */
export interface ReadyServer {
  readonly url: string
  /** The token of the context file. */
  readonly token: string
  readonly client: Client
}

/** Starts `sluice server start` in a process of its own. */
export function spawnServer(environment: { readonly [name: string]: string }): StartingServer {
  const child = spawn(process.execPath, [...SLUICE, 'server', 'start', '--json'], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((done) =>
    child.once('close', (code, signal) => done({ code, signal })),
  )
  const ready = new Promise<ReadyServer>((done, fail) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      if (!stdout.includes('\n')) return
      const said: { readonly url: string; readonly contextFile?: string } = JSON.parse(stdout.slice(0, stdout.indexOf('\n')))
      // A server that does not start says why there, and ends.
      if (said.contextFile === undefined) return
      const context: { readonly server: string; readonly token: string } = JSON.parse(readFileSync(said.contextFile, 'utf8'))
      if (context.server !== said.url) return fail(new Error(`the context file names ${context.server}, not ${said.url}`))
      done({ url: said.url, token: context.token, client: createClient({ baseUrl: said.url, token: context.token }) })
    })
    child.once('close', (code, signal) => fail(new Error(`the server ended (${code ?? signal ?? ''}): ${stderr}`)))
  })
  // Whoever kills it does not wait for it to be ready.
  ready.catch(() => undefined)
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal)
    await ended
  }
  return { child, ready, ended, output: () => stdout + stderr, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') }
}
