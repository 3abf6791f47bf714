import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createMemoryStore } from '@sluice/conformance'
import { isAccessError, type EngineQuery } from '@sluice/core'
import { openFor } from '../src/duckdb/worker/instance.ts'
import { openEngine, type OpenEngine } from './support/engine.ts'
import { openOracle } from './support/oracle.ts'

const FOLDER = new URL('../testdata/fence/', import.meta.url)
const CANARY = 'canary-8d1f0c'

const statements = (file: string) => {
  const list: unknown = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'))
  if (!Array.isArray(list)) throw new Error(`${file} is no list`)
  return list.map(String)
}
const groups = readdirSync(FOLDER)
  .filter((file) => file !== 'allowed.json')
  .map((file) => ({ group: file.replace('.json', ''), attempts: statements(file) }))

describe('the fence', () => {
  const store = createMemoryStore()
  let engine: OpenEngine
  let outside: string
  let query: (sql: string) => EngineQuery

  beforeAll(async () => {
    engine = await openEngine()
    outside = await mkdtemp(join(tmpdir(), 'sluice-outside-'))
    await writeFile(join(outside, 'secret.csv'), `a\n${CANARY}\n`)
    const oracle = await openOracle()
    const content = await oracle.parquet('SELECT i AS id FROM range(10) t(i)', { rowGroupSize: 2048, compression: 'snappy' })
    await oracle.close()
    const { size, etag } = store.set('s.parquet', content)
    query = (sql) => ({
      sql: sql.replaceAll('{{outside}}', join(outside, 'secret.csv')).replaceAll('{{cache}}', engine.cacheDirectory),
      relations: [
        {
          view: 's',
          files: [{ store, key: 's.parquet', size, etag, filename: 's.parquet' }],
          format: { type: 'parquet', compression: 'auto' },
          positional: false,
          metadata: { filename: false, rowNumber: false },
        },
      ],
      limits: { memoryBytes: 256 * 1024 * 1024, diskBytes: 64 * 1024 * 1024, rows: 100, milliseconds: 10_000, threads: 1 },
    })
  })
  afterAll(async () => {
    await engine.close()
    await rm(outside, { recursive: true, force: true })
  })

  it('has at least 80 attempts', () => {
    expect(groups.flatMap(({ attempts }) => attempts).length).toBeGreaterThanOrEqual(80)
  })

  describe.each(groups)('$group', ({ attempts }) => {
    it.each(attempts)('refuses %s', async (sql) => {
      store.reset()
      const error: unknown = await engine.engine.query(query(sql), AbortSignal.timeout(20_000)).then(
        (result) => expect.fail(`it returned ${JSON.stringify(result.rows)}`),
        (reason: unknown) => reason,
      )
      if (!isAccessError(error)) throw error
      expect(['engine.refused', 'engine.sql_invalid']).toContain(error.reason)
      expect(`${error.message} ${error.remedy}`).not.toContain(CANARY)
      // Refused before anything was fetched or run.
      expect(store.requests).toEqual([])
    })
  })

  it('did no harm with any of them', async () => {
    expect(await readdir(outside)).toEqual(['secret.csv'])
    expect(await readFile(join(outside, 'secret.csv'), 'utf8')).toBe(`a\n${CANARY}\n`)
    expect(await engine.leftovers()).toEqual([])
    const { rows } = await engine.engine.query(query('SELECT count(*) FROM s'), AbortSignal.timeout(20_000))
    expect(rows).toEqual([[10]])
  })

  it.each(statements('allowed.json'))('lets pass %s', async (sql) => {
    const result = await engine.engine.query(query(sql), AbortSignal.timeout(20_000))
    expect(result.columns.length).toBeGreaterThan(0)
  })

  describe('behind the fence, the instance itself', () => {
    it.each([
      "SELECT * FROM read_text('{{outside}}')",
      "SELECT * FROM '{{outside}}'",
      "COPY (SELECT 1) TO '{{outside}}.copy'",
      "ATTACH '{{outside}}.db' AS other",
      'INSTALL httpfs',
      "LOAD '{{outside}}'",
      "SELECT * FROM read_parquet('s3://bucket/key')",
      'SET enable_external_access = true',
      'SET lock_configuration = false',
      "SET allowed_directories = ['/']",
      "SET memory_limit = '1TB'",
    ])('refuses %s', async (sql) => {
      const folder = await mkdtemp(join(outside, 'instance-'))
      const instance = await openFor(folder, query('').limits)
      try {
        await expect(instance.connection.run(query(sql).sql)).rejects.toThrow(/Permission|disabled|locked|Cannot|not exist/)
      } finally {
        instance.close()
        await rm(folder, { recursive: true })
      }
    })
  })
})
