import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EngineUnderTest } from '@sluice/conformance'
import type { Clock, Random } from '@sluice/core'
import { createDuckdbEngine, type DuckdbEngineOptions } from '@sluice/engines'

export const clock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
}
export const random: Random = { bytes: (length) => new Uint8Array(randomBytes(length)), fraction: Math.random }

export interface OpenEngine extends EngineUnderTest {
  readonly cacheDirectory: string
}

/** An engine over a cache folder of its own. */
export async function openEngine(options: Partial<DuckdbEngineOptions> = {}): Promise<OpenEngine> {
  const cacheDirectory = await mkdtemp(join(tmpdir(), 'sluice-cache-'))
  const engine = createDuckdbEngine({ cacheDirectory, clock, random, workers: 2, ...options })
  return {
    engine,
    cacheDirectory,
    async leftovers() {
      const entries = await readdir(cacheDirectory, { recursive: true })
      return entries.filter((entry) => entry.includes('query-'))
    },
    async close() {
      await engine.close()
      await rm(cacheDirectory, { recursive: true, force: true })
    },
  }
}
