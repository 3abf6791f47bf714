import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Relation } from '@sluice/core'
import type { EngineHarness, EngineUnderTest, OracleView } from './engine.ts'
import { EVENTS, never, queryOf, relationOf } from './engine-samples.ts'
import { createMemoryStore } from './memory-store.ts'

/** Over `events`: one file of many row groups. */
const EVENT_QUERIES = [
  'SELECT * FROM events LIMIT 1',
  'SELECT * FROM events LIMIT 3 OFFSET 9999',
  'SELECT * FROM events LIMIT 0',
  'SELECT id FROM events OFFSET 39990',
  'SELECT id, grp FROM events WHERE id = 12345',
  'SELECT * FROM events WHERE id BETWEEN 20000 AND 20002',
  'SELECT count(*) FROM events',
  'SELECT count(*), min(id), max(id), min(day), max(ts) FROM events',
  'SELECT count(sparse), count(nothing), count(late) FROM events',
  'SELECT avg(v), sum(d), sum(big), max(h), min(ub), sum(ti) FROM events',
  'SELECT grp, count(*), sum(v), avg(d) FROM events GROUP BY grp ORDER BY grp',
  'SELECT id FROM events ORDER BY v DESC, id LIMIT 5',
  'SELECT * FROM events ORDER BY d DESC, id LIMIT 2',
  'SELECT id, f FROM events WHERE f > 48 ORDER BY id LIMIT 20',
  "SELECT count(*) FROM events WHERE f = 'NaN'::FLOAT",
  'SELECT count(*) FROM events WHERE f < 3 OR isnan(f)',
  "SELECT count(*) FROM events WHERE day >= DATE '2020-12-01' AND day < DATE '2021-01-15'",
  "SELECT count(*), min(id) FROM events WHERE ts > TIMESTAMP '2020-01-01 09:00:00'",
  "SELECT count(*) FROM events WHERE tz <= TIMESTAMPTZ '2020-01-01 00:00:20+00'",
  "SELECT count(*) FROM events WHERE tn = TIMESTAMP_NS '2020-01-01 00:03:20'",
  'SELECT count(*) FROM events WHERE big > 59000.5',
  'SELECT count(*) FROM events WHERE d IN (1.5, 3, 124.88)',
  'SELECT count(*) FROM events WHERE h < 170141183460469231731687303715884067000',
  'SELECT count(*) FROM events WHERE ub > 18446744073709551610',
  "SELECT count(*), min(id) FROM events WHERE late LIKE 'late399%'",
  "SELECT id FROM events WHERE late > 'late39998' ORDER BY id",
  'SELECT count(*) FROM events WHERE late IS NULL',
  'SELECT count(*) FROM events WHERE late IS NOT NULL AND sparse IS NULL',
  'SELECT count(*) FROM events WHERE nothing IS NOT NULL',
  'SELECT id FROM events WHERE nothing IS DISTINCT FROM 1 AND id < 3',
  'SELECT id FROM events WHERE id IN (3, 17000, 39999, 50000) ORDER BY id',
  'SELECT id FROM events WHERE id < 2 OR id > 39997 OR id = 20000 ORDER BY id',
  'SELECT id FROM events WHERE NOT (id < 39998)',
  'SELECT count(*) FROM events WHERE id <> 5',
  'SELECT id FROM events WHERE id = 1 AND id = 2',
  'SELECT id FROM events WHERE ok AND id < 10',
  'SELECT st.b.c, st.a FROM events WHERE st.a = 333',
  'SELECT count(*) FROM events WHERE st.b.n IS NULL',
  "SELECT st FROM events WHERE st.b.c = 'c39999'",
  'SELECT sum(st.b.n) FROM events',
  'SELECT id, l, ls, m FROM events WHERE id < 4',
  'SELECT sum(x.y[1]) FROM (SELECT unnest(ls) AS x FROM events)',
  "SELECT m['k1'] FROM events WHERE id < 5",
  'SELECT DISTINCT grp FROM events ORDER BY ALL',
  'SELECT a.id, b.grp FROM events a JOIN events b ON a.id = b.id + 1 WHERE a.id BETWEEN 100 AND 103 ORDER BY 1',
  "SELECT count(*) FROM events a JOIN events b USING (id) WHERE a.id < 10 AND b.grp = 'g3'",
  'WITH few AS (SELECT * FROM events WHERE id < 10) SELECT count(*), (SELECT max(id) FROM events) FROM few',
  'SELECT (SELECT max(id) FROM events) AS most, id FROM events WHERE id BETWEEN 5 AND 7 ORDER BY id',
  'SELECT (SELECT count(*) FROM events), id FROM events LIMIT 2',
  'SELECT (SELECT min(id) FROM events WHERE id > 39000), (SELECT count(*) FROM events)',
  'WITH c AS (SELECT id, v FROM events WHERE id > 39995) SELECT x.id FROM c x JOIN c y ON x.id = y.id ORDER BY 1',
  'SELECT id, lag(id) OVER (ORDER BY id) FROM events WHERE id > 39996 ORDER BY id',
  'SELECT id, row_number() OVER () FROM events WHERE id > 39996',
  'SELECT grp, id FROM events QUALIFY row_number() OVER (PARTITION BY grp ORDER BY id DESC) = 1 ORDER BY grp',
  'SELECT id FROM events WHERE id < 5 UNION ALL SELECT id FROM events WHERE id > 39996 ORDER BY 1',
  'SELECT id FROM events WHERE id < 3 EXCEPT SELECT id FROM events WHERE id = 1 ORDER BY 1',
  'SELECT count(*) FROM (SELECT * FROM events LIMIT 12345)',
  'SELECT count(*) FROM (SELECT id FROM events LIMIT 7000) WHERE id > 6000',
  'SELECT count(*) FROM events WHERE EXISTS (SELECT 1 FROM events e WHERE e.id = events.id AND e.v > 9990)',
  'SELECT id FROM events WHERE id > (SELECT max(id) - 3 FROM events) ORDER BY id',
  "SELECT id, METADATA FROM (SELECT id, 'x' AS METADATA FROM events LIMIT 2)",
  'SELECT * FROM (PIVOT (SELECT grp, ok, v FROM events WHERE id < 100) ON ok IN (true, false) USING sum(v)) ORDER BY grp',
  'DESCRIBE SELECT id, st, m FROM events',
  'SELECT id, iv, tm, u, bl FROM events WHERE id = 39999',
  "SELECT columns('^(id|v)$') FROM events WHERE id = 9",
  'FROM events SELECT max(id) GROUP BY ALL',
  "SELECT 1, 'two', NULL, [1, 2], {'a': 1}",
  'SELECT * FROM range(3) r(n) JOIN events ON n = id ORDER BY n',
  'SELECT sum(id) FROM events TABLESAMPLE 100%',
] as const

/** Over `parts`: files whose columns differ, in name, order and type. */
const PART_QUERIES = [
  'SELECT * FROM parts ORDER BY ALL',
  'SELECT count(*), count(a), count(b), count(c) FROM parts',
  'SELECT c FROM parts WHERE a = 2500 ORDER BY ALL',
  'SELECT a FROM parts LIMIT 4',
  'SELECT sum(a), max(b) FROM parts',
] as const

/** With METADATA columns, over two files. */
const METADATA_QUERIES = [
  'SELECT "METADATA$FILENAME", count(*), min("METADATA$FILE_ROW_NUMBER"), max("METADATA$FILE_ROW_NUMBER") FROM named GROUP BY 1 ORDER BY 1',
  'SELECT "METADATA$FILENAME", "METADATA$FILE_ROW_NUMBER", id FROM named WHERE id IN (39999, 12000) ORDER BY ALL',
  'SELECT "METADATA$FILE_ROW_NUMBER" FROM named WHERE id > 39998',
  'SELECT id FROM named WHERE "METADATA$FILE_ROW_NUMBER" = 11111 ORDER BY id',
  'SELECT "METADATA$FILENAME", id FROM named LIMIT 2',
  'SELECT id FROM named WHERE "METADATA$FILENAME" = \'dir/k=1/second.parquet\' AND id < 2',
] as const

const POSITION_QUERIES = ['SELECT "$1", "$2" FROM pos WHERE "$1" = 77', 'SELECT * FROM pos LIMIT 1', 'SELECT max("$3") FROM pos'] as const

/** Every query over slices gives what it gives over the whole files. */
export function testQueries(harness: EngineHarness): void {
  describe('queries over slices', () => {
    const store = createMemoryStore()
    const relations = new Map<string, { readonly relation: Relation; readonly view: OracleView }>()
    let subject: EngineUnderTest

    const add = (view: string, files: Readonly<Record<string, Uint8Array>>, more: Partial<Relation> = {}) => {
      const relation = relationOf(store, view, files, more)
      const metadata = relation.metadata.filename
      relations.set(view, {
        relation,
        view: { view, files: Object.values(files), names: Object.keys(files), positional: relation.positional, metadata },
      })
    }
    const both = async (sql: string, views: readonly string[]) => {
      const used = views.map((view) => relations.get(view)).filter((one) => one !== undefined)
      const [result, expected] = await Promise.all([
        subject.engine.query(
          queryOf(
            sql,
            used.map(({ relation }) => relation),
          ),
          never,
        ),
        harness.oracle(
          sql,
          used.map(({ view }) => view),
        ),
      ])
      return { result, expected }
    }
    const same = async (sql: string, view: string) => {
      const { result, expected } = await both(sql, [view])
      expect(result.columns).toEqual(expected.columns)
      expect(result.rows).toEqual(expected.rows)
      expect(result.truncated).toBe(false)
    }

    beforeAll(async () => {
      subject = await harness.open()
      const parquet = (select: string, compression: 'snappy' | 'zstd' | 'gzip' | 'uncompressed', rowGroupSize = 4096) =>
        harness.parquet(select, { compression, rowGroupSize })
      const events = await parquet(EVENTS, 'snappy')
      add('events', { 'events.parquet': events })
      for (const compression of ['zstd', 'gzip', 'uncompressed'] as const)
        add(compression, { [`${compression}.parquet`]: await parquet(EVENTS, compression, 10_240) })
      add('parts', {
        'p1.parquet': await parquet('SELECT i::INT AS a, i * 2 AS b FROM range(3000) t(i)', 'snappy', 2048),
        'p2.parquet': await parquet("SELECT i * 10 AS b, i AS A, 'c' || i AS c FROM range(2000, 3000) t(i)", 'zstd', 2048),
        'p3.parquet': await parquet("SELECT 'only' AS c FROM range(5)", 'gzip', 2048),
      })
      add(
        'named',
        { 'first.parquet': events, 'dir/k=1/second.parquet': await parquet(EVENTS, 'zstd', 8192) },
        { metadata: { filename: true, rowNumber: true } },
      )
      add('pos', { 'pos.parquet': events }, { positional: true })
      add('mixed', {
        'whole.parquet': await parquet(
          "SELECT i::INT AS n, DATE '2019-12-31' + i::INT AS t, (i / 10)::FLOAT AS f, {'x': i::INT} AS s FROM range(1, 4) r(i)",
          'snappy',
        ),
        'parts.parquet': await parquet(
          "SELECT 2.75::DOUBLE AS n, TIMESTAMP '2020-02-01' AS t, 0.1::DOUBLE AS f, {'x': 2.75::DOUBLE} AS s",
          'zstd',
        ),
      })
    })
    afterAll(async () => {
      expect(await subject.leftovers()).toEqual([])
      await subject.close()
    })

    it.each(EVENT_QUERIES)('%s', (sql) => same(sql, 'events'))
    it.each(PART_QUERIES)('%s', (sql) => same(sql, 'parts'))
    it.each(METADATA_QUERIES)('%s', (sql) => same(sql, 'named'))
    it.each(POSITION_QUERIES)('%s', (sql) => same(sql, 'pos'))
    it.each(['zstd', 'gzip', 'uncompressed'])('reads every type compressed with %s', async (view) => {
      await same(`SELECT * FROM ${view} WHERE id > 39900 ORDER BY id`, view)
      await same(`SELECT count(*), bit_xor(hash(COLUMNS(*))) FROM ${view}`, view)
    })

    // Not by the oracle: DuckDB itself casts constants to the types of the files, and loses rows where that loses something.
    it.each([
      ['n > 2.6', [[3], [2.75]]],
      ['n < 2.4', [[1], [2]]],
      ['n = 2.75', [[2.75]]],
      ["t >= TIMESTAMP '2020-01-02 12:00:00'", [[3], [2.75]]],
      ["t = TIMESTAMP '2020-01-01 12:00:00'", []],
      ['f = 0.1', [[2.75]]],
      ['s.x > 2.6', [[3], [2.75]]],
      ['n > 2.6 AND f IS NOT NULL', [[3], [2.75]]],
    ])('compares in the type of all files where theirs differ: %s', async (condition, rows) => {
      const sql = `SELECT n FROM mixed WHERE ${condition}`
      const relation = relations.get('mixed')?.relation
      if (!relation) throw new Error('no sample')
      const result = await subject.engine.query(queryOf(sql, [relation]), never)
      expect(result.rows).toEqual(rows)
    })

    // Neither by the oracle: DuckDB takes IS DISTINCT FROM for false where all of a row group is null.
    it('finds nulls among what is distinct from a value', async () => {
      const content = await harness.parquet('SELECT i AS id, CASE WHEN i = 5 THEN 1 END AS v FROM range(9000) t(i)', {
        rowGroupSize: 2048,
        compression: 'snappy',
      })
      const sql = 'SELECT count(*) FROM late WHERE v = 1 AND id <> 5 OR v IS DISTINCT FROM 1'
      const result = await subject.engine.query(queryOf(sql, [relationOf(store, 'late', { 'late.parquet': content })]), never)
      expect(result.rows).toEqual([[8999]])
    })

    it('joins relations of different files', async () => {
      const { result, expected } = await both(
        'SELECT p.a, e.grp FROM parts p JOIN events e ON p.a = e.id WHERE e.id BETWEEN 2040 AND 2050 ORDER BY ALL',
        ['parts', 'events'],
      )
      expect(result.rows).toEqual(expected.rows)
      expect(result.rows.length).toBeGreaterThan(10)
    })

    it('keeps concurrent queries apart', async () => {
      const queries = EVENT_QUERIES.slice(0, 12)
      const results = await Promise.all(queries.map((sql) => both(sql, ['events'])))
      for (const { result, expected } of results) expect(result.rows).toEqual(expected.rows)
    })

    it('reports what it did', async () => {
      const phases: string[] = []
      let fetched = 0
      const relation = relations.get('events')?.relation
      if (!relation) throw new Error('no sample')
      const query = queryOf('SELECT avg(v) FROM events', [relation])
      store.reset()
      const { stats } = await subject.engine.query(
        {
          ...query,
          onProgress(progress) {
            if (phases.at(-1) !== progress.phase) phases.push(progress.phase)
            expect(progress.bytesFetched).toBeGreaterThanOrEqual(fetched)
            fetched = progress.bytesFetched
          },
        },
        never,
      )
      expect([...new Set(phases)]).toEqual(['planning', 'fetching', 'running'])
      const bytes = store.requests.reduce((sum, request) => sum + request.bytes, 0)
      expect(stats).toMatchObject({
        rows: 1,
        files: 1,
        filesPruned: 0,
        objectBytes: relation.files[0]?.size,
        requests: store.requests.length,
      })
      expect(stats.bytesFetched).toBe(bytes)
      expect(fetched).toBe(bytes)
    })
  })
}
