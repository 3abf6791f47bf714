import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Relation } from '@sluice/core'
import type { EngineHarness, EngineUnderTest } from './engine.ts'
import { errorOf, never, queryOf, relationOf } from './engine-samples.ts'
import { createMemoryStore } from './memory-store.ts'

/** Runs until it is stopped. */
const ENDLESS = 'SELECT sum(hash(a.range) % 7) FROM range(100000000) a, range(100000) b'

/** Queries end when they must, say why, and leave nothing behind. */
export function testLimits(harness: EngineHarness): void {
  describe('limits and cancelling', () => {
    const store = createMemoryStore()
    let subject: EngineUnderTest
    let numbers: Relation

    beforeAll(async () => {
      subject = await harness.open()
      const content = await harness.parquet('SELECT i AS id, hash(i) AS h FROM range(300000) t(i)', {
        rowGroupSize: 20_480,
        compression: 'zstd',
      })
      numbers = relationOf(store, 'numbers', { 'numbers.parquet': content })
    })
    afterAll(async () => {
      expect(await subject.leftovers()).toEqual([])
      await subject.close()
    })
    const works = async () => {
      const { rows } = await subject.engine.query(queryOf('SELECT count(*) FROM numbers WHERE h IS NOT NULL', [numbers]), never)
      expect(rows).toEqual([[300_000]])
    }

    it('cuts the rows at the limit and says so', async () => {
      const cut = await subject.engine.query(queryOf('SELECT id FROM numbers', [numbers], { rows: 3 }), never)
      expect(cut).toMatchObject({ rows: [[0], [1], [2]], truncated: true })
      const whole = await subject.engine.query(queryOf('SELECT id FROM numbers LIMIT 3', [numbers], { rows: 3 }), never)
      expect(whole).toMatchObject({ rows: [[0], [1], [2]], truncated: false })
    })

    it('ends a query at its time limit', async () => {
      const error = await errorOf(subject.engine.query(queryOf(ENDLESS, [], { milliseconds: 400 }), never))
      expect(error).toMatchObject({ code: 'limited', reason: 'engine.limit_time' })
      await works()
    })

    it('ends a query that needs more memory than it may use', async () => {
      const sql = 'SELECT count(*) FROM (SELECT list(i) l FROM range(60000000) t(i) GROUP BY i % 10) WHERE len(l) > 0'
      const error = await errorOf(subject.engine.query(queryOf(sql, [], { memoryBytes: 64 * 1024 * 1024, diskBytes: 1024 * 1024 }), never))
      expect(error.code).toBe('limited')
      expect(['engine.limit_memory', 'engine.limit_disk']).toContain(error.reason)
      await works()
    })

    it('ends a query whose result takes too much memory', async () => {
      const sql = "SELECT repeat('x', 1000000) FROM range(100)"
      const error = await errorOf(subject.engine.query(queryOf(sql, [], { memoryBytes: 128 * 1024 * 1024 }), never))
      expect(error).toMatchObject({ code: 'limited', reason: 'engine.limit_result' })
      await works()
    })

    it('refuses before fetching what does not fit its disk', async () => {
      store.reset()
      const error = await errorOf(
        subject.engine.query(queryOf('SELECT bit_xor(h) FROM numbers', [numbers], { diskBytes: 1024 * 1024 }), never),
      )
      expect(error).toMatchObject({ code: 'limited', reason: 'engine.limit_disk' })
      expect(store.requests).toHaveLength(1)
    })

    it('stops fetching when it is cancelled', async () => {
      const cancel = new AbortController()
      const asked = Promise.withResolvers<void>()
      store.onGet = (_request, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('stopped')))
          asked.resolve()
        })
      const query = errorOf(subject.engine.query(queryOf('SELECT max(h) FROM numbers', [numbers]), cancel.signal))
      await asked.promise
      cancel.abort()
      expect(await query).toMatchObject({ reason: 'engine.cancelled' })
      store.onGet = () => undefined
      await works()
    })

    it('stops running when it is cancelled', async () => {
      const cancel = new AbortController()
      const query = errorOf(
        subject.engine.query({ ...queryOf(ENDLESS, []), onProgress: ({ phase }) => phase === 'running' && cancel.abort() }, cancel.signal),
      )
      expect(await query).toMatchObject({ reason: 'engine.cancelled' })
      await works()
    })

    it('does not start what is cancelled already', async () => {
      store.reset()
      expect(await errorOf(subject.engine.query(queryOf('SELECT max(h) FROM numbers', [numbers]), AbortSignal.abort()))).toMatchObject({
        reason: 'engine.cancelled',
      })
      expect(store.requests).toEqual([])
    })

    it('passes on an error of the store as it is', async () => {
      const failure = Object.assign(new Error('gone'), { name: 'AbortError' })
      store.onGet = () => Promise.reject(failure)
      const error = await errorOf(subject.engine.query(queryOf('SELECT max(h) FROM numbers', [numbers]), never))
      store.onGet = () => undefined
      expect(error.cause).toBe(failure)
      await works()
    })
  })
}
