import { spawn } from 'node:child_process'
import type { Answer } from '@sluice/core'

/** More than any client answers to a read. */
const LONGEST = 10_000_000
/** So long a client may take: some of them take seconds to start. */
const PATIENCE_MS = 60_000
/** So long one that was asked to end may take. */
const FAREWELL_MS = 2000
/** What `timeout` ends with, too. */
const TIMED_OUT = 124

/** Runs a command with its words as they are, without a shell; resolves with what it answered. Rejects where there is no such command, or on abort. */
export async function runClient(
  words: readonly string[],
  environment: { readonly [name: string]: string | undefined },
  signal: AbortSignal,
): Promise<Answer> {
  signal.throwIfAborted()
  const [program = '', ...rest] = words
  // A group of its own: clients are scripts that start others, and all of them have to end.
  const child = spawn(program, rest, { env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const out: Buffer[] = []
  const errors: Buffer[] = []
  let length = 0
  let isLate = false
  let farewell: NodeJS.Timeout | undefined
  const end = () => {
    stop(child.pid, 'SIGTERM')
    farewell ??= setTimeout(() => stop(child.pid, 'SIGKILL'), FAREWELL_MS)
  }
  const patience = setTimeout(() => {
    isLate = true
    end()
  }, PATIENCE_MS)
  const collect = (pieces: Buffer[]) => (piece: Buffer) => {
    length += piece.length
    if (length > LONGEST) end()
    else pieces.push(piece)
  }
  child.stdout.on('data', collect(out))
  child.stderr.on('data', collect(errors))
  signal.addEventListener('abort', end, { once: true })
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
    signal.throwIfAborted()
    if (isLate) return { status: TIMED_OUT, text: `no answer in ${PATIENCE_MS / 1000} seconds` }
    const status = length > LONGEST ? TIMED_OUT : (code ?? TIMED_OUT)
    return { status, text: textOf(status === 0 ? out : [...out, ...errors]) }
  } finally {
    clearTimeout(patience)
    clearTimeout(farewell)
    signal.removeEventListener('abort', end)
  }
}

/** As the script has it: without what a shell takes from the end of an answer. */
function textOf(pieces: readonly Buffer[]): string {
  return Buffer.concat(pieces).toString('utf8').replaceAll('\r', '').replace(/\n+$/, '')
}

function stop(pid: number | undefined, name: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, name)
  } catch {
    // It has ended already.
  }
}
