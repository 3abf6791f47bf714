import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Relation } from '@sluice/core'
import type { EngineHarness, EngineUnderTest } from './engine.ts'
import { errorOf, fileOf, never, PARQUET, queryOf, relationOf } from './engine-samples.ts'
import { createMemoryStore } from './memory-store.ts'

/** What a query may not do, and what is said of damaged files and mistakes. */
export function testRefusals(harness: EngineHarness): void {
  describe('refusals', () => {
    const store = createMemoryStore()
    let subject: EngineUnderTest
    let content: Uint8Array
    let good: Relation

    beforeAll(async () => {
      subject = await harness.open()
      content = await harness.parquet("SELECT i AS id, 'v' || i AS v FROM range(50000) t(i)", { rowGroupSize: 4096, compression: 'zstd' })
      good = relationOf(store, 'good', { 'folder/good.parquet': content })
    })
    afterAll(async () => {
      expect(await subject.leftovers()).toEqual([])
      await subject.close()
    })
    const refusal = (sql: string, relation = good) => errorOf(subject.engine.query(queryOf(sql, [relation]), never))

    it.each([
      ['SELECT * FROM nowhere', 14],
      ["SELECT 1, 'é', * FROM 'other.parquet'", 22],
      ["SELECT * FROM read_parquet('/etc/passwd')", 14],
      ["SELECT id,\n  getenv('HOME') FROM good", 13],
    ])('refuses %s and points at it', async (sql, position) => {
      store.reset()
      expect(await refusal(sql)).toMatchObject({ code: 'forbidden', reason: 'engine.refused', context: { position } })
      expect(store.requests).toEqual([])
    })

    it.each(['SELECT 1; SELECT 2', 'CREATE TABLE t AS SELECT 1', "COPY good TO 'x'", 'SET threads = 1', "ATTACH 'x.db'", 'INSTALL httpfs'])(
      'refuses %s',
      async (sql) => {
        expect(await refusal(sql)).toMatchObject({ code: 'forbidden', reason: 'engine.refused' })
      },
    )

    it.each([
      ['SELEC 1', 0],
      ['SELECT FROM WHERE', 12],
      ['SELECT id FROM good WHERE nonsense = 1', 26],
      ["SELECT 'é', nonsense FROM good", 12],
      ['SELECT id\nFROM good\nWHERE id = = 1', 31],
    ])('points at the mistake in %j', async (sql, position) => {
      expect(await refusal(sql)).toMatchObject({ code: 'invalid', reason: 'engine.sql_invalid', context: { position } })
    })

    it('refuses a query of a million characters and a relation without files', async () => {
      expect(await refusal(`SELECT ${'1 + '.repeat(300_000)} 1`)).toMatchObject({ reason: 'engine.refused' })
      expect(await refusal('SELECT * FROM good', { ...good, files: [] })).toMatchObject({ code: 'not_found', reason: 'engine.no_files' })
    })

    it('says which value a query failed on', async () => {
      const error = await refusal('SELECT v::INT FROM good')
      expect(error).toMatchObject({ code: 'invalid', reason: 'engine.query_failed' })
      expect(error.message).toMatch(/'v\d+'/)
    })

    it.each([
      ['empty', () => new Uint8Array()],
      ['too short', () => new TextEncoder().encode('PAR1')],
      ['of another kind', () => new TextEncoder().encode('a,b\n1,2\n'.repeat(100))],
      ['cut short', () => content.subarray(0, content.length / 2)],
      ['without its beginning', () => content.subarray(content.length / 2)],
      ['of zeros but for its end', () => Uint8Array.from(content, (byte, index) => (index < content.length - 5000 ? 0 : byte))],
    ])('names a file that is %s', async (_, make) => {
      const file = fileOf(store, 'folder/bad.parquet', make())
      const relation: Relation = {
        view: 'bad',
        files: [file],
        format: PARQUET,
        positional: false,
        metadata: { filename: false, rowNumber: false },
      }
      const error = await refusal('SELECT max(id), max(v) FROM bad WHERE id % 2 = 0', relation)
      expect(error).toMatchObject({ code: 'invalid', reason: 'engine.file_corrupt', context: { file: 'folder/bad.parquet' } })
      expect(error.message).toContain('folder/bad.parquet')
    })

    it('names an encrypted file', async () => {
      const encrypted = content.slice()
      encrypted.set(new TextEncoder().encode('PARE'), content.length - 4)
      const relation = relationOf(store, 'secret', { 'secret.parquet': encrypted })
      expect(await refusal('SELECT * FROM secret', relation)).toMatchObject({ code: 'unsupported', reason: 'engine.file_unsupported' })
    })
  })
}
