import { spawn, type ChildProcess } from 'node:child_process'
import { mkdir, mkdtemp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Bench, BenchContext } from '../row.ts'
import { atMost, megabytes, milliseconds } from '../support/figures.ts'
import { middle } from '../support/measure.ts'

const COMMAND = fileURLToPath(new URL('../../apps/cli/src/main.ts', import.meta.url))
const IDLE_MS = 2_000
const PATIENCE_MS = 20_000

/** A server of its own, from nothing to its first answer, and its memory when it does nothing. */
export const server: Bench = {
  name: 'server',
  async run(context) {
    const home = join(context.installation.folder, 'home')
    await mkdir(home)
    context.progress('starting a server for the first time')
    const first = await startOnce(context, home, await newFolder(context))
    const fresh: Start[] = []
    const again: Start[] = []
    for (let run = 1; run <= context.runs; run++) {
      context.progress(`starting a server (${run} of ${context.runs})`)
      const folder = await newFolder(context)
      fresh.push(await startOnce(context, home, folder))
      again.push(await startOnce(context, home, folder))
    }
    const healthyMs = middle(fresh, (start) => start.healthyMs).healthyMs
    const againMs = middle(again, (start) => start.healthyMs).healthyMs
    const { residentBytes } = middle([...fresh, ...again], (start) => start.residentBytes)
    return [
      {
        id: 'server-start',
        work: 'server start, until it answers that it is healthy',
        sluice: milliseconds(againMs),
        claims: [atMost('under 500 ms', milliseconds(againMs), 500)],
        notes: [
          `with a data folder to be made: ${Math.round(healthyMs)} ms; the very first start, nothing compiled yet: ${Math.round(first.healthyMs)} ms`,
          `processor until then: ${Math.round(middle(again, (start) => start.processorMs).processorMs)} ms`,
        ],
      },
      {
        id: 'server-memory',
        work: `server memory, ${IDLE_MS / 1_000} s after that`,
        sluice: megabytes(residentBytes),
        claims: [atMost('under 150 MB', megabytes(residentBytes), 150)],
        notes: [],
      },
    ]
  },
}

interface Start {
  readonly healthyMs: number
  /** Of all its threads. */
  readonly processorMs: number
  readonly residentBytes: number
}

function newFolder({ installation }: BenchContext): Promise<string> {
  return mkdtemp(join(installation.folder, 'server-'))
}

async function startOnce({ signal }: BenchContext, home: string, dataDir: string): Promise<Start> {
  const contextFile = join(dataDir, 'context.json')
  // The one of a start before this names a server that is gone.
  const before = await readFile(contextFile, 'utf8').catch(() => '')
  const begin = performance.now()
  const child = spawn(process.execPath, ['--conditions=sluice-source', COMMAND, 'server', 'start'], {
    env: { PATH: process.env['PATH'], HOME: home, SLUICE_DATA_DIR: dataDir, SLUICE_PORT: '0', SLUICE_LOG_LEVEL: 'error' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (piece: Buffer) => (said += piece.toString()))
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  try {
    await healthy(child, contextFile, before, AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]))
    const healthyMs = performance.now() - begin
    const processorMs = await processorTime(child.pid)
    await delay(IDLE_MS, undefined, { signal })
    return { healthyMs, processorMs, residentBytes: await residentBytes(child.pid) }
  } catch (cause) {
    throw new Error(`The server did not become healthy: ${said}`, { cause })
  } finally {
    child.kill('SIGTERM')
    await ended
  }
}

/** Waits for the context file, which says where the server is, and for the server to say that it is healthy. */
async function healthy(child: ChildProcess, contextFile: string, before: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`The server ended with status ${child.exitCode}`)
    const text = await readFile(contextFile, 'utf8').catch(() => '')
    // Written whole or not at all; its port is any free one, so that it differs from the one before.
    if (text !== '' && text !== before) {
      const { server }: { readonly server: string } = JSON.parse(text)
      if ((await fetch(`${server}/v1/health`, { signal })).ok) return
    }
    await delay(3, undefined, { signal })
  }
}

/** Ticks of a hundredth of a second, user and system; Linux only. */
async function processorTime(pid: number | undefined): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // The name may hold anything, spaces too: fields are counted after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return 10 * (Number(fields[11]) + Number(fields[12]))
}

async function residentBytes(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]
  // Only Linux says it in a file.
  if (kilobytes === undefined) return Number.NaN
  return Number(kilobytes) * 1_024
}
