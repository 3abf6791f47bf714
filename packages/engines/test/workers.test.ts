import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createMemoryStore } from '@sluice/conformance'
import { isAccessError, type AccessError, type Clock, type EngineQuery } from '@sluice/core'
import { clock, openEngine, type OpenEngine } from './support/engine.ts'

const LIMITS = { memoryBytes: 256 * 1024 * 1024, diskBytes: 64 * 1024 * 1024, rows: 10, milliseconds: 25_000, threads: 1 }
const ENDLESS = 'SELECT sum(hash(a.range) % 7) FROM range(100000000) a, range(100000) b'

/** Our own child processes are seen through /proc. */
const proc = existsSync(`/proc/${process.pid}/task`)

function children(): readonly number[] {
  const tasks = readdirSync(`/proc/${process.pid}/task`)
  const pids = tasks.flatMap((task) => readFileSync(`/proc/${process.pid}/task/${task}/children`, 'utf8').trim().split(' '))
  return pids.filter((pid) => pid !== '' && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('worker/main')).map(Number)
}

/** A query that has begun to run, with the promise of its error. */
async function started(engine: OpenEngine, sql: string, signal: AbortSignal) {
  const running = Promise.withResolvers<void>()
  const query: EngineQuery = {
    sql,
    relations: [],
    limits: LIMITS,
    onProgress: ({ phase }) => phase === 'running' && running.resolve(),
  }
  const error = engine.engine.query(query, signal).then(
    () => expect.fail('it ended'),
    (reason: unknown): AccessError => {
      if (!isAccessError(reason)) throw reason
      return reason
    },
  )
  await Promise.race([running.promise, error])
  return { error }
}

describe('workers', () => {
  const open: OpenEngine[] = []
  const opened = async (options: Parameters<typeof openEngine>[0] = {}) => {
    const engine = await openEngine(options)
    open.push(engine)
    return engine
  }
  afterEach(async () => {
    for (const engine of open.splice(0)) await engine.close()
  })
  const one = (engine: OpenEngine, sql = 'SELECT 42') =>
    engine.engine.query({ sql, relations: [], limits: LIMITS }, AbortSignal.timeout(20_000))

  it.runIf(proc)('start with the first query, stay for the next and end with the engine', async () => {
    const engine = await opened()
    expect(children()).toEqual([])
    await one(engine)
    const [worker] = children()
    await one(engine)
    expect(children()).toEqual([worker])
    await engine.engine.close()
    expect(children()).toEqual([])
    expect(await readdir(engine.cacheDirectory)).toEqual([])
  })

  it.runIf(proc)('end when nobody needs them', async () => {
    const rest = Promise.withResolvers<void>()
    const patient: Clock = { ...clock, sleep: (ms, signal) => (ms === 77_000 ? rest.promise : clock.sleep(ms, signal)) }
    const engine = await opened({ idleMs: 77_000, clock: patient })
    await one(engine)
    const [worker = 0] = children()
    rest.resolve()
    await expect.poll(() => children()).toEqual([])
    expect((await one(engine)).rows).toEqual([[42]])
    expect(children()).not.toContain(worker)
  })

  it.runIf(proc)('die alone: only the query of a killed worker fails', async () => {
    const engine = await opened({ workers: 2 })
    const cancel = new AbortController()
    const first = await started(engine, ENDLESS, never())
    const [victim] = children()
    const second = await started(engine, ENDLESS, cancel.signal)
    expect(children()).toHaveLength(2)
    process.kill(victim ?? 0, 'SIGKILL')
    expect(await first.error).toMatchObject({ code: 'unavailable', reason: 'engine.died' })
    expect((await one(engine)).rows).toEqual([[42]])
    cancel.abort()
    expect(await second.error).toMatchObject({ reason: 'engine.cancelled' })
    expect(await engine.leftovers()).toEqual([])
  })

  it.runIf(proc)('inherit nothing from the environment', async () => {
    process.env['SLUICE_TEST_CANARY'] = 'canary-51c7'
    const engine = await opened()
    await one(engine)
    delete process.env['SLUICE_TEST_CANARY']
    const [worker] = children()
    const environment = readFileSync(`/proc/${worker}/environ`, 'utf8').split('\0').filter(Boolean)
    expect(environment.map((entry) => entry.slice(0, entry.indexOf('='))).toSorted((a, b) => a.localeCompare(b))).toEqual([
      'LC_ALL',
      'MALLOC_PERTURB_',
      'MallocScribble',
      'NODE_CHANNEL_FD',
      'NODE_CHANNEL_SERIALIZATION_MODE',
      'TZ',
      'UV_THREADPOOL_SIZE',
    ])
  })

  it('are replaced when a query does not stop in time', async () => {
    const engine = await opened({ workers: 1, graceMs: 0 })
    const cancel = new AbortController()
    const query = await started(engine, ENDLESS, cancel.signal)
    cancel.abort()
    expect(await query.error).toMatchObject({ reason: 'engine.cancelled' })
    expect((await one(engine)).rows).toEqual([[42]])
  })

  it('serve as many queries as come, some of them waiting', async () => {
    const engine = await opened({ workers: 2 })
    const results = await Promise.all(Array.from({ length: 20 }, (_, index) => one(engine, `SELECT ${index}`)))
    expect(results.map(({ rows }) => rows[0]?.[0])).toEqual(Array.from({ length: 20 }, (_, index) => index))
  })

  it('leave the queue to others when a waiting query is cancelled', async () => {
    const engine = await opened({ workers: 1 })
    const running = new AbortController()
    const waiting = new AbortController()
    const first = await started(engine, ENDLESS, running.signal)
    const second = engine.engine.query({ sql: 'SELECT 1', relations: [], limits: LIMITS }, waiting.signal)
    waiting.abort()
    await expect(second).rejects.toMatchObject({ reason: 'engine.cancelled' })
    const third = one(engine)
    running.abort()
    await first.error
    expect((await third).rows).toEqual([[42]])
  })

  it('stop with the engine, whatever runs', async () => {
    const engine = await opened()
    const query = await started(engine, ENDLESS, never())
    await engine.engine.close()
    expect(await query.error).toMatchObject({ code: 'unavailable', reason: 'engine.closed' })
    await expect(one(engine)).rejects.toMatchObject({ reason: 'engine.closed' })
  })

  it('keep what functions build within memory', async () => {
    const engine = await opened()
    const sql = "SELECT count(*) FROM (SELECT repeat('x', 50000000 + i) AS t FROM range(200) r(i)) GROUP BY t"
    await expect(one(engine, sql)).rejects.toMatchObject({ reason: 'engine.limit_memory' })
    expect((await one(engine)).rows).toEqual([[42]])
  })
})

describe('the cache', () => {
  it('removes what dead engines left, and nothing else', async () => {
    const cacheDirectory = await mkdtemp(join(tmpdir(), 'sluice-sweep-'))
    const leave = async (name: string, owner: object | undefined) => {
      await mkdir(join(cacheDirectory, name, 'query-1'), { recursive: true })
      await writeFile(join(cacheDirectory, name, 'query-1', 'data'), 'x')
      if (owner) await writeFile(join(cacheDirectory, name, 'owner.json'), JSON.stringify(owner))
    }
    // Beyond what any system gives out.
    await leave('engine-99999999-aa', { host: hostname(), pid: 99_999_999 })
    await leave('engine-99999999-bb', undefined)
    await leave(`engine-${process.pid}-cc`, { host: hostname(), pid: process.pid, started: 'long ago' })
    await leave(`engine-${process.ppid}-dd`, { host: hostname(), pid: process.ppid })
    await writeFile(join(cacheDirectory, 'notes.txt'), 'not ours')

    const engine = await openEngine({ cacheDirectory })
    await engine.engine.query({ sql: 'SELECT 1', relations: [], limits: LIMITS }, AbortSignal.timeout(20_000))
    await engine.engine.close()
    const survivors = proc ? [`engine-${process.ppid}-dd`] : [`engine-${process.ppid}-dd`, `engine-${process.pid}-cc`]
    expect((await readdir(cacheDirectory)).toSorted()).toEqual([...survivors, 'notes.txt'].toSorted())
    await engine.close()
    await rm(cacheDirectory, { recursive: true })
  })

  it('is written to only while a query runs', async () => {
    const engine = await openEngine()
    const store = createMemoryStore()
    const { size, etag } = store.set('a.csv', new TextEncoder().encode('a\n1\n'))
    let during: readonly string[] = []
    store.onGet = async () => {
      during = await engine.leftovers()
    }
    await engine.engine.query(
      {
        sql: 'SELECT * FROM a',
        relations: [
          {
            view: 'a',
            files: [{ store, key: 'a.csv', size, etag, filename: 'a.csv' }],
            format: { type: 'csv', compression: 'auto' },
            positional: false,
            metadata: { filename: false, rowNumber: false },
          },
        ],
        limits: LIMITS,
      },
      AbortSignal.timeout(20_000),
    )
    expect(during.length).toBeGreaterThan(0)
    expect(await engine.leftovers()).toEqual([])
    await engine.close()
  })
})

function never(): AbortSignal {
  return new AbortController().signal
}
