import type { Clock, Engine, EngineQuery, QueryResult, Random } from '@sluice/core'
import { openCache, type Cache } from './cache.ts'
import { queryError } from './errors.ts'
import { createPool } from './pool.ts'
import { runQuery } from './query.ts'
import { stopAfter } from './stopping.ts'
import { startWorker, type WorkerProcess } from './worker-process.ts'

export interface DuckdbEngineOptions {
  /** On a local disk of this machine, used by nothing else; what is in it can be lost at any time. */
  readonly cacheDirectory: string
  readonly clock: Clock
  readonly random: Random
  /** Queries that run at a time, each in a process of its own; more of them wait. 4 unless told. */
  readonly workers?: number
  /** How long a query that is to stop may take to do so before its process is killed. 1,000 ms unless told. */
  readonly graceMs?: number
  /** How long a process without a query is kept warm. A minute unless told. */
  readonly idleMs?: number
}

/**
 * The embedded engine: DuckDB in child processes, reading local slices of remote files.
 *
 * Each query has a worker, a database in memory and a folder of its own, all gone when it ends. Nothing is started before the first query.
 */
export function createDuckdbEngine(options: DuckdbEngineOptions): Engine {
  const { cacheDirectory, clock, random, workers = 4, graceMs = 1000, idleMs = 60_000 } = options
  const pool = createPool({ size: workers, idleMs, clock }, () => startWorker(cacheDirectory))
  const closing = new AbortController()
  const running = new Set<Promise<unknown>>()
  let cache: Promise<Cache> | undefined

  const opened = () => {
    cache ??= openCache(cacheDirectory, random)
    // A directory that cannot be used now may be usable for the next query.
    cache.catch(() => (cache = undefined))
    return cache
  }
  const within = async (request: EngineQuery, folders: Cache, signal: AbortSignal): Promise<QueryResult> => {
    const worker = await pool.acquire(signal)
    const folder = await folders.folder()
    const release = stopWith(worker, signal, clock, graceMs)
    try {
      return await runQuery(request, worker, folder, clock, signal)
    } finally {
      await settle(worker, clock, graceMs)
      release()
      await folders.remove(folder)
      pool.release(worker)
    }
  }
  const query = async (request: EngineQuery, signal: AbortSignal): Promise<QueryResult> => {
    const stopping = stopAfter(request.limits.milliseconds, clock, signal, closing.signal)
    try {
      return await within(request, await opened(), stopping.signal)
    } catch (error) {
      throw queryError(error, stopping.reason(), request.limits)
    } finally {
      stopping.dispose()
    }
  }

  return {
    id: 'duckdb',
    async query(request, signal) {
      const result = query(request, signal)
      running.add(result)
      try {
        return await result
      } finally {
        running.delete(result)
      }
    },
    async close() {
      closing.abort()
      await pool.close()
      await Promise.allSettled(running)
      await (await cache)?.close()
    },
  }
}

/** Stops the worker's query when the signal says so: first it is asked to, then it is killed. */
function stopWith(worker: WorkerProcess, signal: AbortSignal, clock: Clock, graceMs: number): () => void {
  const over = new AbortController()
  const stop = () => {
    worker.interrupt()
    // The sleep is rejected when the query ends first.
    clock.sleep(graceMs, over.signal).then(worker.kill, () => undefined)
  }
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  return () => {
    signal.removeEventListener('abort', stop)
    over.abort()
  }
}

/** Makes the worker forget its query; one that cannot is of no more use. */
async function settle(worker: WorkerProcess, clock: Clock, graceMs: number): Promise<void> {
  if (!worker.isAlive()) return
  const over = new AbortController()
  const late = clock.sleep(graceMs, over.signal).then(worker.kill, () => undefined)
  await worker.request('end', {}).catch(() => worker.kill())
  over.abort()
  await late
}
