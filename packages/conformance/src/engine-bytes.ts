import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Relation } from '@sluice/core'
import type { EngineHarness, EngineUnderTest } from './engine.ts'
import { errorOf, fileOf, never, PARQUET, queryOf, relationOf } from './engine-samples.ts'
import { createMemoryStore } from './memory-store.ts'

/** The first read of a Parquet file. */
const TAIL = 256 * 1024
const COLUMNS = 12
const ROWS = 400_000

/** A wide file of values that do not compress: every column has the same share of it. */
const WIDE = `SELECT i AS id, ${Array.from({ length: COLUMNS - 1 }, (_, index) => `hash(i * 16 + ${index})::DOUBLE AS c${index}`).join(', ')} FROM range(${ROWS}) t(i)`

/** Only the bytes that the plan needs are fetched, in as few steps as possible. */
export function testByteEconomy(harness: EngineHarness): void {
  describe('bytes and requests', () => {
    const store = createMemoryStore()
    let subject: EngineUnderTest
    let wide: Relation
    let size: number

    const run = async (sql: string, relation = wide) => {
      store.reset()
      const { stats, rows } = await subject.engine.query(queryOf(sql, [relation]), never)
      return { stats, rows, requests: store.requests }
    }

    beforeAll(async () => {
      subject = await harness.open()
      const content = await harness.parquet(WIDE, { rowGroupSize: 4096, compression: 'uncompressed' })
      wide = relationOf(store, 'wide', { 'wide.parquet': content })
      size = content.length
    })
    afterAll(() => subject.close())

    it('answers a count from the footer alone', async () => {
      const { stats, rows } = await run('SELECT count(*) FROM wide')
      expect(rows).toEqual([[ROWS]])
      expect(stats).toMatchObject({ bytesFetched: TAIL, requests: 1 })
    })

    it('describes a file from its footer alone', async () => {
      const { stats } = await run('DESCRIBE wide')
      expect(stats.requests).toBe(1)
    })

    it('reads one row group for LIMIT 1, in two requests', async () => {
      const { stats } = await run('SELECT * FROM wide LIMIT 1')
      expect(stats.requests).toBe(2)
      expect(stats.bytesFetched - TAIL).toBeLessThan((size * 4096 * 1.02) / ROWS)
    })

    it('reads one row group of a plain SELECT when that fills the rows asked for', async () => {
      store.reset()
      const { stats, truncated } = await subject.engine.query(queryOf('SELECT * FROM wide', [wide], { rows: 100 }), never)
      expect(truncated).toBe(true)
      expect(stats.requests).toBe(2)
    })

    it('reads one column within 2% of its bytes', async () => {
      const { stats } = await run('SELECT avg(c5) FROM wide')
      // Nothing but the column lies between what is fetched; the id column compresses, the others do not.
      const column = ROWS * 8
      expect(stats.bytesFetched - TAIL).toBeLessThan(column * 1.02)
      expect(stats.bytesFetched).toBeGreaterThan(column)
    })

    it('reads at most 1% of the file for a selective range on a sorted column', async () => {
      const { stats, rows } = await run('SELECT avg(c1) FROM wide WHERE id BETWEEN 200000 AND 200100')
      expect(rows).toHaveLength(1)
      expect(stats.bytesFetched).toBeLessThan(size / 100)
    })

    it('fetches at least 16 ranges at a time', async () => {
      const barrier = Promise.withResolvers<void>()
      let waiting = 0
      store.onGet = async (request) => {
        if (request.range === undefined || !('end' in request.range) || request.range.end === size) return
        if (++waiting === 16) barrier.resolve()
        await barrier.promise
      }
      await run('SELECT avg(c7) FROM wide')
      store.onGet = () => undefined
      expect(waiting).toBeGreaterThanOrEqual(16)
    })

    it('fetches no file that statistics rule out', async () => {
      const parts = await Promise.all(
        [0, 1, 2, 3].map((part) =>
          harness.parquet(`SELECT i AS id, 'x' || hash(i) AS v FROM range(${part * 20_000}, ${(part + 1) * 20_000}) t(i)`, {
            rowGroupSize: 4096,
            compression: 'zstd',
          }),
        ),
      )
      const relation = relationOf(store, 'parts', Object.fromEntries(parts.map((part, index) => [`part-${index}.parquet`, part])))
      const { stats, rows } = await run('SELECT max(v) IS NOT NULL, count(*) FROM parts WHERE id >= 70000', relation)
      expect(rows).toEqual([[true, 10_000]])
      expect(stats).toMatchObject({ files: 4, filesPruned: 3 })
    })

    it('reads little of each of many files to plan', async () => {
      const content = await harness.parquet('SELECT i AS id, hash(i) AS h FROM range(30000) t(i)', {
        rowGroupSize: 4096,
        compression: 'uncompressed',
      })
      const relation = relationOf(
        store,
        'many',
        Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`many-${index}.parquet`, content])),
      )
      const { stats, rows } = await run('SELECT count(*) FROM many', relation)
      expect(rows).toEqual([[1_200_000]])
      expect(stats).toMatchObject({ requests: 40, bytesFetched: 40 * 64 * 1024 })
    })

    it('takes one more request for a footer longer than the first read', async () => {
      const columns = Array.from({ length: 400 }, (_, index) => `i + ${index} AS a_rather_long_column_name_${index}`).join(', ')
      const content = await harness.parquet(`SELECT ${columns} FROM range(20000) t(i)`, { rowGroupSize: 2048, compression: 'zstd' })
      const relation = relationOf(store, 'broad', { 'broad.parquet': content })
      const { stats, rows } = await run(
        'SELECT max(a_rather_long_column_name_7 % 3), min(a_rather_long_column_name_399) FROM broad',
        relation,
      )
      expect(rows).toEqual([[2, 399]])
      expect(stats.requests).toBeGreaterThanOrEqual(2)
      const { requests } = await run('SELECT count(*) FROM broad', relation)
      expect(requests).toHaveLength(2)
    })

    it('reads one version of a file and refuses a mixture', async () => {
      const before = await harness.parquet('SELECT i AS id, hash(i) AS h FROM range(200000) t(i)', {
        rowGroupSize: 4096,
        compression: 'zstd',
      })
      const after = await harness.parquet('SELECT i AS id, hash(i + 1) AS h FROM range(200000) t(i)', {
        rowGroupSize: 4096,
        compression: 'zstd',
      })
      const file = fileOf(store, 'changing.parquet', before)
      const { versionId: _, ...unversioned } = file
      let requests = 0
      store.onGet = () => {
        if (++requests === 2) store.set(file.key, after)
      }
      const relation: Relation = {
        view: 'c',
        files: [unversioned],
        format: PARQUET,
        positional: false,
        metadata: { filename: false, rowNumber: false },
      }
      const error = await errorOf(subject.engine.query(queryOf('SELECT bit_xor(h) FROM c', [relation]), never))
      store.onGet = () => undefined
      expect(error).toMatchObject({ code: 'conflict', reason: 'object.changed' })
    })
  })
}
