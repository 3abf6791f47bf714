import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FileFormat, Relation } from '@sluice/core'
import type { EngineHarness, EngineUnderTest } from './engine.ts'
import { errorOf, never, queryOf, relationOf } from './engine-samples.ts'
import { createMemoryStore } from './memory-store.ts'

const CSV: FileFormat = { type: 'csv', compression: 'auto' }
const TSV: FileFormat = { type: 'tsv', compression: 'auto' }
const NDJSON: FileFormat = { type: 'ndjson', compression: 'auto' }
const METADATA = { filename: true, rowNumber: true }

const PEOPLE = 'name,age,note\nAnn,31,"one, two"\nBob,,"say ""hi"""\n"Cy\nril",7,\\N\nDan,40,""\n'
const bytes = (text: string) => new TextEncoder().encode(text)

/** CSV, TSV and NDJSON: values, positions, options, compression. */
export function testText(harness: EngineHarness): void {
  describe('text files', () => {
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

    it('finds the header and the types of a CSV file', async () => {
      const result = await run('SELECT * FROM p', relationOf(store, 'p', { 'people.csv': bytes(PEOPLE) }, { format: CSV }))
      expect(result.columns).toEqual([
        { name: 'name', type: 'VARCHAR' },
        { name: 'age', type: 'BIGINT' },
        { name: 'note', type: 'VARCHAR' },
      ])
      expect(result.rows).toEqual([
        ['Ann', 31, 'one, two'],
        ['Bob', null, 'say "hi"'],
        ['Cy\nril', 7, null],
        ['Dan', 40, ''],
      ])
    })

    it('names CSV columns by position, all of them text', async () => {
      const relation = relationOf(store, 'p', { 'people.csv': bytes(PEOPLE) }, { format: CSV, positional: true })
      expect(await rows('SELECT "$2", "$1" FROM p', relation)).toEqual([
        ['age', 'name'],
        ['31', 'Ann'],
        [null, 'Bob'],
        ['7', 'Cy\nril'],
        ['40', 'Dan'],
      ])
    })

    it('skips the header of every file and numbers its rows from 0', async () => {
      const files = { 'b/2.csv': bytes('x,y\n3,c\n'), 'a/1.csv': bytes('x,y\n1,a\n2,b\n') }
      const relation = relationOf(store, 'p', files, { format: { ...CSV, skipHeader: 1 }, positional: true, metadata: METADATA })
      const expected = [
        ['3', 'c', 'b/2.csv', 0],
        ['1', 'a', 'a/1.csv', 0],
        ['2', 'b', 'a/1.csv', 1],
      ]
      expect(await rows('SELECT "$1", "$2", "METADATA$FILENAME", "METADATA$FILE_ROW_NUMBER" FROM p', relation)).toEqual(expected)
      const named = relationOf(store, 'p', files, { format: { ...CSV, skipHeader: 1 }, metadata: METADATA })
      expect(await rows('SELECT x::VARCHAR, y, "METADATA$FILENAME", "METADATA$FILE_ROW_NUMBER" FROM p', named)).toEqual(expected)
    })

    it.each<[string, Partial<FileFormat>, string, unknown]>([
      ['fieldDelimiter', { fieldDelimiter: ';' }, 'a;b,c\n', [['a', 'b,c']]],
      [
        'recordDelimiter',
        { recordDelimiter: '\r\n' },
        'a,b\r\nc,d\r\n',
        [
          ['a', 'b'],
          ['c', 'd'],
        ],
      ],
      [
        'a carriage return as recordDelimiter',
        { recordDelimiter: '\r' },
        'a,b\rc,d\r',
        [
          ['a', 'b'],
          ['c', 'd'],
        ],
      ],
      ['quote', { quote: "'" }, `'a,"',b\n`, [['a,"', 'b']]],
      ['escape', { escape: '\\' }, '"a\\"x",b\n', [['a"x', 'b']]],
      ['nullDisplay', { nullDisplay: 'none' }, 'none,\\N\n', [[null, '\\N']]],
      ['trimSpace', { trimSpace: true }, ' a ,"\tb "\n', [['a', 'b']]],
      ['skipHeader', { skipHeader: 2 }, 'x\ny\na,b\n', [['a', 'b']]],
    ])('honours %s', async (_, options, text, expected) => {
      const relation = relationOf(store, 'p', { 'o.csv': bytes(text) }, { format: { ...CSV, ...options }, positional: true })
      expect(await rows('SELECT "$1", "$2" FROM p', relation)).toEqual(expected)
    })

    it('refuses an option it cannot honour', async () => {
      const relation = relationOf(store, 'p', { 'o.csv': bytes('a|b') }, { format: { ...CSV, recordDelimiter: '|' } })
      expect(await errorOf(run('SELECT * FROM p', relation))).toMatchObject({ code: 'unsupported', reason: 'engine.format_unsupported' })
    })

    it('takes TSV fields as they are', async () => {
      const relation = relationOf(store, 'p', { 't.tsv': bytes('a\t"b\n\\N\t\n') }, { format: TSV, positional: true })
      expect(await rows('SELECT * FROM p', relation)).toEqual([
        ['a', '"b'],
        [null, null],
      ])
    })

    it('reads every key of NDJSON, late ones too', async () => {
      const text = `${Array.from({ length: 30_000 }, (_, id) => JSON.stringify(id === 29_999 ? { id, late: { x: [1] } } : { id })).join('\n')}\n`
      const relation = relationOf(store, 'j', { 'j.ndjson': bytes(text) }, { format: NDJSON, metadata: METADATA })
      expect(await rows('SELECT id, late, "METADATA$FILE_ROW_NUMBER" FROM j WHERE late IS NOT NULL', relation)).toEqual([
        [29_999, { x: [1] }, 29_999],
      ])
      expect(await rows('SELECT late FROM j LIMIT 1', relation)).toEqual([[null]])
    })

    it('gives NDJSON rows as a whole by position', async () => {
      const relation = relationOf(store, 'j', { 'j.ndjson': bytes('{"a":{"b":1}}\n{"a":{"b":2}}') }, { format: NDJSON, positional: true })
      expect(await rows(`SELECT json_extract_string("$1", '$.a.b')::INT FROM j`, relation)).toEqual([[1], [2]])
    })

    it.each([
      ['gzip', '.gz', gzipSync],
      ['zstd', '.zst', zstdCompressSync],
    ] as const)('decompresses %s, told or by extension', async (compression, extension, compress) => {
      const packed = Uint8Array.from(compress(PEOPLE))
      for (const [key, format] of [
        [`people.csv${extension}`, CSV],
        ['people', { ...CSV, compression }],
      ] as const)
        expect(await rows('SELECT sum(age) FROM p', relationOf(store, 'p', { [key]: packed }, { format }))).toEqual([[78]])
      const damaged = relationOf(store, 'p', { [`damaged.csv${extension}`]: packed.subarray(0, packed.length - 6) }, { format: CSV })
      expect(await errorOf(run('SELECT * FROM p', damaged))).toMatchObject({
        reason: 'engine.file_corrupt',
        context: { file: `damaged.csv${extension}` },
      })
    })

    it('keeps a decompression bomb within the disk', async () => {
      const bomb = relationOf(
        store,
        'p',
        { 'bomb.csv.gz': Uint8Array.from(gzipSync(Buffer.alloc(64 * 1024 * 1024, 'a,b\n'))) },
        { format: CSV },
      )
      const query = queryOf('SELECT count(*) FROM p', [bomb], { diskBytes: 8 * 1024 * 1024 })
      expect(await errorOf(subject.engine.query(query, never))).toMatchObject({ code: 'limited', reason: 'engine.limit_disk' })
    })

    it('finds the same rows with row numbers and without', async () => {
      const files = { '1.csv': bytes('name,age\nAnn,31\n'), '2.csv': bytes('name,age\nBob,x\nCy,\n'), '3.csv': bytes('name,age\n') }
      const plain = await run('SELECT name, age FROM p', relationOf(store, 'p', files, { format: CSV }))
      const numbered = relationOf(store, 'p', files, { format: CSV, metadata: METADATA })
      const { columns, rows: found } = await run('SELECT name, age, "METADATA$FILENAME", "METADATA$FILE_ROW_NUMBER" FROM p', numbered)
      expect(columns.slice(0, 2)).toEqual(plain.columns)
      expect(found.map((row) => row.slice(0, 2))).toEqual(plain.rows)
      expect(found.map((row) => row.slice(2))).toEqual([
        ['1.csv', 0],
        ['2.csv', 0],
        ['2.csv', 1],
      ])
    })

    it.each([
      ['a byte order mark before a quote', '\ufeff"a,b",c\n', [['a,b', 'c']]],
      [
        'lines that end with a carriage return',
        'a,b\rc,d\r',
        [
          ['a', 'b'],
          ['c', 'd'],
        ],
      ],
      ['blank lines before the first row', '\n\na,b\n', [['a', 'b']]],
      ['a blank before a quote', 'x, "a,b"\n', [['x', 'a,b']]],
    ])('counts fields over %s', async (_title, text, expected) => {
      expect(await rows('SELECT * FROM p', relationOf(store, 'p', { 'o.csv': bytes(text) }, { format: CSV, positional: true }))).toEqual(
        expected,
      )
    })

    it('joins text with Parquet', async () => {
      const parquet = relationOf(store, 'q', {
        'q.parquet': await harness.parquet("SELECT i AS id, 'v' || i AS v FROM range(50000) t(i)", {
          rowGroupSize: 4096,
          compression: 'zstd',
        }),
      })
      const csv = relationOf(store, 'p', { 'ids.csv': bytes('id\n7\n49999\n') }, { format: CSV })
      const result = await subject.engine.query(queryOf('SELECT q.v FROM p JOIN q USING (id) ORDER BY id', [csv, parquet]), never)
      expect(result.rows).toEqual([['v7'], ['v49999']])
    })

    it('names a text file that is not what it is read as', async () => {
      const relation = relationOf(store, 'j', { 'broken.ndjson': bytes('{"a":1}\n{"a":\n') }, { format: NDJSON })
      expect(await errorOf(run('SELECT sum(a) FROM j', relation))).toMatchObject({
        reason: 'engine.file_corrupt',
        context: { file: 'broken.ndjson' },
      })
    })
  })
}
