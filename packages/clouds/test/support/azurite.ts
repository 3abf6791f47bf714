import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { azuriteProgram } from './azurite-program.ts'

/** Azurite: a Blob Storage that Microsoft wrote. It finds the account in the Host header, as Azure does. */
export interface Azurite {
  /** Where it listens, for a route of `*.blob.core.windows.net`. */
  readonly url: string
  readonly account: string
  /** Base64. */
  readonly key: string
  stop(): Promise<void>
}

/**
 * Starts Azurite with one account, its data in memory. It verifies signatures, letters, times and stored access policies;
 * it does not verify `sip`, the end of a delegation key, roles or tokens, and has no directories.
 */
export async function startAzurite(account = 'lakedata'): Promise<Azurite> {
  const key = randomBytes(64).toString('base64')
  // Azurite lags behind the versions that clients send: what it does not know of them it passes over.
  const options = ['--blobPort', '0', '--silent', '--inMemoryPersistence', '--disableTelemetry', '--skipApiVersionCheck']
  const child = spawn(process.execPath, [azuriteProgram(), ...options], {
    env: { PATH: process.env['PATH'], AZURITE_ACCOUNTS: `${account}:${key}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return { url: await listening(child), account, key, stop: () => stop(child) }
}

async function listening(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('Azurite has no output')
  const lines = createInterface({ input: child.stdout })
  for await (const line of lines) {
    const url = / successfully listens on (http:\S+)/.exec(line)?.[1]
    if (url !== undefined) {
      child.stdout.resume()
      return url
    }
  }
  throw new Error('Azurite ended before it listened')
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}
