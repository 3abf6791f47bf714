import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createMemoryStore } from '@sluice/conformance'
import { isAccessError, type AccessError, type Relation } from '@sluice/core'
import { openEngine, type OpenEngine } from './support/engine.ts'
import { openOracle, type Oracle } from './support/oracle.ts'
import { randomFrom, type SeededRandom } from './support/random.ts'

const FILES = 500
const SQL = "SELECT count(*), sum(id), max(v), min(d), count(DISTINCT l), count(st.a) FROM bad WHERE id BETWEEN 500 AND 9000 AND v <> 'x'"

/** Ways to damage a file. Each returns another one of the same kind, shorter where the damage is a cut. */
const DAMAGE: readonly ((content: Uint8Array, random: SeededRandom) => Uint8Array)[] = [
  (content, random) => altered(content, random, 0, content.length, 1, (byte) => byte ^ (1 << random.below(8))),
  (content, random) => altered(content, random, 0, content.length, 1 + random.below(200), () => 0),
  (content, random) => altered(content, random, 0, content.length, 1 + random.below(200), () => random.below(256)),
  (content, random) => altered(content, random, footerStart(content), content.length, 1, (byte) => byte ^ (1 << random.below(8))),
  (content, random) => altered(content, random, footerStart(content), content.length, 1 + random.below(30), () => random.below(256)),
  (content, random) => altered(content, random, content.length - 8, content.length - 4, 1, () => random.below(256)),
  (content, random) => content.subarray(0, random.below(content.length)),
  (content, random) => content.subarray(random.below(content.length)),
  (content, random) => moved(content, random),
]

function footerStart(content: Uint8Array): number {
  return content.length - 8 - new DataView(content.buffer, content.byteOffset).getUint32(content.length - 8, true)
}

function altered(
  content: Uint8Array,
  random: SeededRandom,
  from: number,
  to: number,
  count: number,
  change: (byte: number) => number,
): Uint8Array {
  const damaged = content.slice()
  const start = from + random.below(to - from)
  for (let at = start; at < Math.min(to, start + count); at++) damaged[at] = change(damaged[at] ?? 0)
  return damaged
}

function moved(content: Uint8Array, random: SeededRandom): Uint8Array {
  const damaged = content.slice()
  const length = 1 + random.below(500)
  damaged.copyWithin(random.below(content.length - length), random.below(content.length - length), content.length)
  return damaged
}

describe('damaged Parquet files', () => {
  const store = createMemoryStore()
  let engine: OpenEngine
  let oracle: Oracle
  let samples: readonly Uint8Array[]

  beforeAll(async () => {
    engine = await openEngine()
    oracle = await openOracle()
    const select = `SELECT i AS id, 'v' || (i % 100) AS v, (i / 7)::DECIMAL(18, 3) AS d, [i % 5] AS l, {'a': i} AS st FROM range(12000) t(i)`
    samples = await Promise.all(
      (['snappy', 'zstd', 'gzip', 'uncompressed'] as const).map((compression) =>
        oracle.parquet(select, { compression, rowGroupSize: 2048 }),
      ),
    )
  })
  afterAll(async () => {
    await engine.close()
    await oracle.close()
  })

  it(`gives a clear error or what DuckDB reads, for ${FILES} of them`, async () => {
    const outcomes = { same: 0, refused: 0 }
    const surprises: string[] = []
    const lanes = Array.from({ length: 2 }, async (_, lane) => {
      for (let seed = lane; seed < FILES; seed += 2) {
        const random = randomFrom(seed)
        const sample = samples[seed % samples.length] ?? new Uint8Array()
        const damage = DAMAGE[random.below(DAMAGE.length)] ?? ((content: Uint8Array) => content)
        const content = damage(sample, random)
        const { size, etag } = store.set(`bad-${seed}.parquet`, content)
        const relation: Relation = {
          view: 'bad',
          files: [{ store, key: `bad-${seed}.parquet`, size, etag, filename: `bad-${seed}.parquet` }],
          format: { type: 'parquet', compression: 'auto' },
          positional: false,
          metadata: { filename: false, rowNumber: false },
        }
        const limits = { memoryBytes: 256 * 1024 * 1024, diskBytes: 64 * 1024 * 1024, rows: 10, milliseconds: 10_000, threads: 1 }
        try {
          const { rows } = await engine.engine.query({ sql: SQL, relations: [relation], limits }, AbortSignal.timeout(20_000))
          const view = { view: 'bad', files: [content], names: [], positional: false, metadata: false }
          const expected = (await oracle.oracle(SQL, [view])).rows
          if (isDeepStrictEqual(rows, expected)) outcomes.same++
          else surprises.push(`seed ${seed}: ${JSON.stringify(rows)} instead of ${JSON.stringify(expected)}`)
        } catch (error) {
          if (isAccessError(error) && isClear(error, `bad-${seed}.parquet`, engine.cacheDirectory)) outcomes.refused++
          else surprises.push(`seed ${seed}: ${String(error)}`)
        }
      }
    })
    await Promise.all(lanes)
    expect(surprises).toEqual([])
    expect(outcomes.same + outcomes.refused).toBe(FILES)
    expect(outcomes.refused).toBeGreaterThan(FILES / 4)
    expect(outcomes.same).toBeGreaterThan(FILES / 20)
    expect(await engine.leftovers()).toEqual([])
  }, 120_000)
})

/** Names the file, or the column that damage has renamed; shows nothing of the cache. */
function isClear(error: AccessError, file: string, cacheDirectory: string): boolean {
  if (error.message.includes(cacheDirectory)) return false
  return error.reason === 'engine.sql_invalid' || (error.reason.startsWith('engine.file_') && error.context['file'] === file)
}
