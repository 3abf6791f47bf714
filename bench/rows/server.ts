import { spawn, type ChildProcess } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
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
    const first = await startOnce(context, home)
    const starts: Start[] = []
    for (let run = 0; run < context.runs; run++) {
      context.progress(`starting a server (${run + 1} of ${context.runs})`)
      starts.push(await startOnce(context, home))
    }
    const { healthyMs } = middle(starts, (start) => start.healthyMs)
    const { residentBytes } = middle(starts, (start) => start.residentBytes)
    return [
      {
        id: 'server-start',
        work: 'server start, new data folder: until it answers that it is healthy',
        sluice: milliseconds(healthyMs),
        claims: [atMost('under 500 ms', milliseconds(healthyMs), 500)],
        notes: [`the very first start, nothing compiled yet: ${Math.round(first.healthyMs)} ms`],
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
  readonly residentBytes: number
}

async function startOnce({ installation, signal }: BenchContext, home: string): Promise<Start> {
  const dataDir = await mkdtemp(join(installation.folder, 'server-'))
  const begin = performance.now()
  const child = spawn(process.execPath, ['--conditions=sluice-source', COMMAND, 'server', 'start'], {
    env: { PATH: process.env['PATH'], HOME: home, SLUICE_DATA_DIR: dataDir, SLUICE_PORT: '0', SLUICE_LOG_LEVEL: 'error' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  try {
    await healthy(child, join(dataDir, 'context.json'), AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]))
    const healthyMs = performance.now() - begin
    await delay(IDLE_MS, undefined, { signal })
    return { healthyMs, residentBytes: await residentBytes(child.pid) }
  } finally {
    child.kill('SIGKILL')
    await ended
    await rm(dataDir, { recursive: true, force: true })
  }
}

/** Waits for the context file, which says where the server is, and for the server to say that it is healthy. */
async function healthy(child: ChildProcess, contextFile: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`The server ended with status ${child.exitCode}`)
    try {
      const { server }: { readonly server: string } = JSON.parse(await readFile(contextFile, 'utf8'))
      if ((await fetch(`${server}/v1/health`, { signal })).ok) return
    } catch {
      // Not yet there.
    }
    await delay(3, undefined, { signal })
  }
}

async function residentBytes(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]
  // Only Linux says it in a file.
  if (kilobytes === undefined) return Number.NaN
  return Number(kilobytes) * 1_024
}
