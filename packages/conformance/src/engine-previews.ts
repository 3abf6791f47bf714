import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FileFormat, Relation } from '@sluice/core'
import type { EngineHarness, EngineUnderTest } from './engine.ts'
import { never, queryOf, relationOf } from './engine-samples.ts'
import { createMemoryStore } from './memory-store.ts'

const CSV: FileFormat = { type: 'csv', compression: 'auto' }
const NDJSON: FileFormat = { type: 'ndjson', compression: 'auto' }

const bytes = (text: string) => new TextEncoder().encode(text)

/** Several megabytes of records with quoted line breaks. */
function longCsv(rows: number): string {
  return `id,text,half\n${Array.from({ length: rows }, (_, index) => `${index},"line ${index}\nof ""text""",${index / 2}`).join('\n')}\n`
}

/** The first rows of text files come from their heads, and are what a reading of the whole files shows. */
export function testPreviews(harness: EngineHarness): void {
  describe('previews of text files', () => {
    const store = createMemoryStore()
    let subject: EngineUnderTest
    beforeAll(async () => {
      subject = await harness.open()
    })
    afterAll(async () => {
      expect(await subject.leftovers()).toEqual([])
      await subject.close()
    })
    const run = async (sql: string, relation: Relation) => {
      store.reset()
      return subject.engine.query(queryOf(sql, [relation]), never)
    }
    const rows = async (sql: string, relation: Relation) => (await run(sql, relation)).rows
    const rowsAndWarnings = async (sql: string, relation: Relation) => {
      const result = await run(sql, relation)
      return [result.rows, result.warnings]
    }

    it.each([
      ['plain', '', bytes],
      ['gzip', '.gz', (text: string) => Uint8Array.from(gzipSync(text, { level: 1 }))],
      ['zstd', '.zst', (text: string) => Uint8Array.from(zstdCompressSync(text))],
    ] as const)('previews %s files from their head', async (_, extension, pack) => {
      // Digits of hashes do not compress much: the packed files are longer than what a preview reads.
      const noise = Array.from({ length: 130_000 }, (_unused, index) => `${index},"${hash(index)}\n${hash(index + 7)}"`).join('\n')
      const content = pack(`id,text\n${noise}\n`)
      expect(content.length).toBeGreaterThan(1.2 * 1024 * 1024)
      const relation = relationOf(store, 'p', { [`noise.csv${extension}`]: content }, { format: CSV })
      const result = await run('SELECT id, text FROM p LIMIT 2', relation)
      expect(result.rows).toEqual([
        [0, `${hash(0)}\n${hash(7)}`],
        [1, `${hash(1)}\n${hash(8)}`],
      ])
      expect(result.stats).toMatchObject({ bytesFetched: 1024 * 1024, requests: 1 })
      expect((await run('SELECT count(*), max(id) FROM p', relation)).rows).toEqual([[130_000, 129_999]])
    })

    it('reads more of the head until there are enough rows', async () => {
      const relation = relationOf(store, 'p', { 'long.csv': bytes(longCsv(60_000)) }, { format: CSV })
      const result = await run('SELECT id, half FROM p LIMIT 1 OFFSET 55000', relation)
      expect(result.rows).toEqual([[55_000, 27_500]])
      const filtered = await run('SELECT id FROM p WHERE id = 59999', relation)
      expect(filtered.rows).toEqual([[59_999]])
      const ordered = await run('SELECT id FROM p ORDER BY id DESC LIMIT 1', relation)
      expect(ordered.rows).toEqual([[59_999]])
    })

    it('goes on to the next file of a preview', async () => {
      const digits = Array.from({ length: 160_000 }, (_unused, index) => String(hash(index))).join('\n')
      const files = { '1.csv': bytes('a\n1\n'), '2.csv': bytes(`a\n2\n${digits}\n`), '3.csv': bytes('a\n4\n') }
      const relation = relationOf(store, 'p', files, { format: { ...CSV, skipHeader: 1 }, positional: true })
      const result = await run('SELECT "$1" FROM p LIMIT 2', relation)
      expect(result.rows).toEqual([['1'], ['2']])
      expect(result.stats).toMatchObject({ requests: 2, files: 3, filesPruned: 1 })
    })

    it('shows the types of the whole files in a preview', async () => {
      const wide = (rows: number, odd: number) =>
        `id,text\n${Array.from({ length: rows }, (_, index) => `${index === odd ? 'odd' : index},${'x'.repeat(200)}`).join('\n')}\n`
      const late = relationOf(store, 'p', { 'wide.csv': bytes(wide(12_000, 11_000)) }, { format: CSV })
      const preview = await run('SELECT id FROM p LIMIT 1', late)
      const whole = await run('SELECT id FROM p WHERE id IS NOT NULL LIMIT 1', late)
      expect(preview.columns).toEqual(whole.columns)
      expect(preview.rows).toEqual([['0']])
      expect(whole.rows).toEqual([['0']])
      const files = relationOf(store, 'p', { '1.csv': bytes('a,b\n1,2\n'), '2.csv': bytes('a,b\n3,x\n') }, { format: CSV })
      expect((await run('SELECT b FROM p LIMIT 1', files)).columns).toEqual([{ name: 'b', type: 'VARCHAR' }])
      const long = { '1.csv': bytes(`a\n${Array.from({ length: 200_000 }, (_, index) => index).join('\n')}\n`), '2.csv': bytes('a\n0.5\n') }
      const mixed = await run('SELECT a FROM p LIMIT 1', relationOf(store, 'p', long, { format: CSV }))
      expect(mixed.columns).toEqual([{ name: 'a', type: 'DOUBLE' }])
      const json = { '1.ndjson': bytes('{"a":1}\n'), '2.ndjson': bytes('{"a":"x","b":true}\n') }
      const documents = relationOf(store, 'p', json, { format: NDJSON })
      expect((await run('SELECT * FROM p LIMIT 1', documents)).columns).toEqual(
        (await run('SELECT * FROM p ORDER BY b', documents)).columns,
      )
    })

    it('says so when the columns of a preview are those of the first rows', async () => {
      const rows = Array.from({ length: 120_000 }, (_, index) =>
        JSON.stringify({ id: index, text: 'x'.repeat(80), ...(index > 110_000 ? { late: 1 } : {}) }),
      )
      const relation = relationOf(store, 'p', { 'long.ndjson': bytes(rows.join('\n')) }, { format: NDJSON })
      const preview = await run('SELECT * FROM p LIMIT 1', relation)
      expect(preview.columns.map(({ name }) => name)).toEqual(['id', 'text'])
      expect(preview.warnings).toHaveLength(1)
      expect(preview.stats.bytesFetched).toBe(1024 * 1024)
      expect(await rowsAndWarnings('SELECT late FROM p LIMIT 1', relation)).toEqual([[[null]], undefined])
      expect(await rowsAndWarnings('SELECT count(late) FROM p', relation)).toEqual([[[9999]], undefined])
    })

    it('does not take blank lines for rows of a preview', async () => {
      const blank = '\n'.repeat(1_200_000)
      const csv = relationOf(store, 'p', { 'b.csv': bytes(`a,b\n${blank}1,2\n3,4\n`) }, { format: CSV })
      expect(await rows('SELECT a, b FROM p LIMIT 2', csv)).toEqual([
        [1, 2],
        [3, 4],
      ])
      const positional = { ...csv, positional: true }
      expect(await rows('SELECT "$2" FROM p LIMIT 3', positional)).toEqual([['b'], ['2'], ['4']])
      const json = relationOf(store, 'p', { 'b.ndjson': bytes(`{"a":1}\n${blank}{"a":2}\n`) }, { format: NDJSON, positional: true })
      expect(await rows('SELECT json_extract_string("$1", \'$.a\') FROM p LIMIT 2', json)).toEqual([['1'], ['2']])
    })
  })
}

/** Digits without a pattern. */
function hash(value: number): number {
  return Math.imul(value + 1, 0x9e3779b1) >>> 0
}
