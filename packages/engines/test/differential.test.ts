import { readdir, readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EngineQuery, QueryResult, Relation } from '@sluice/core'
import { difference } from './support/differential/compare.ts'
import { planViews, type ViewPlan } from './support/differential/dataset.ts'
import { diceFrom } from './support/differential/dice.ts'
import { statementOf } from './support/differential/selects.ts'
import { planText } from './support/differential/text-plan.ts'
import { openTextWorld } from './support/differential/text-world.ts'
import { openWorld, type World } from './support/differential/world.ts'
import { openEngine, type OpenEngine } from './support/engine.ts'

/**
 * Random files and random queries, answered by the engine and by plain DuckDB over the whole local files.
 *
 * `SLUICE_FUZZ_SEED` starts elsewhere, `SLUICE_FUZZ_WORLDS` goes on for longer; what fails names its seed and its query.
 */
const SEED = Number(process.env['SLUICE_FUZZ_SEED'] ?? 0)
const WORLDS = Number(process.env['SLUICE_FUZZ_WORLDS'] ?? 8)
const QUERIES = 20
const TEXTS = 2
const LANES = 2
const PATIENCE = 60_000 + WORLDS * 20_000

/** Files that DuckDB did not write. */
const OTHERS = new URL('../testdata/parquet/', import.meta.url)

const LIMITS: EngineQuery['limits'] = { memoryBytes: 2 ** 29, diskBytes: 2 ** 28, rows: 200_000, milliseconds: 30_000, threads: 1 }

/** Errors about values: whether there is one depends on which condition is looked at first. */
const CONVERSION = /cast|convert|Invalid Type|out of range|Overflow/i

type Outcome<T> = { readonly answer: T; readonly error?: undefined } | { readonly error: string }

async function outcomeOf<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { answer: await work() }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

describe('answers like plain DuckDB', () => {
  let engine: OpenEngine
  let worlds = 0
  beforeAll(async () => {
    engine = await openEngine({ workers: LANES })
  })
  afterAll(async () => {
    expect(await engine.leftovers()).toEqual([])
    await engine.close()
  })
  const ask = (sql: string, relations: readonly Relation[]): Promise<Outcome<QueryResult>> =>
    outcomeOf(() => engine.engine.query({ sql, relations, limits: LIMITS }, AbortSignal.timeout(60_000)))

  /** Runs tasks side by side, as many as the engine has workers. */
  const inLanes = async <T>(items: readonly T[], task: (item: T) => Promise<void>) => {
    const queue = items.values()
    const lane = async () => {
      for (const item of queue) await task(item)
    }
    await Promise.all(Array.from({ length: LANES }, lane))
  }

  /** What is wrong with the engine's answer. An error that plain DuckDB has too is right; one that it alone has may hang on what it looked at first. */
  const fault = async (world: World, sql: string, ordered: boolean): Promise<string | undefined> => {
    const relations = world.relations.filter(({ view }) => sql.includes(`"${view}"`))
    const [got, wanted] = [await ask(sql, relations), await outcomeOf(() => world.ask(sql))]
    if (wanted.error !== undefined) return undefined
    if (got.error !== undefined) return CONVERSION.test(got.error) ? undefined : `failed: ${got.error}`
    return got.answer.truncated ? undefined : difference(got.answer, wanted.answer, ordered)
  }

  /** Asks random queries over the files of these plans. */
  const faultsOver = async (plans: readonly ViewPlan[], seed: number): Promise<readonly string[]> => {
    // Some of the files that come up DuckDB cannot write.
    const world = await openWorld(plans).catch(() => undefined)
    if (!world) return []
    worlds++
    const statements = Array.from({ length: QUERIES }, (_, index) => statementOf(world.scope(diceFrom(seed * 1000 + index))))
    const faults: string[] = []
    await inLanes(statements, async ({ sql, ordered }) => {
      const found = await fault(world, sql, ordered)
      if (found !== undefined) faults.push(`SLUICE_FUZZ_SEED=${seed}: ${sql}\n  ${found}`)
    })
    await world.close()
    return faults
  }

  it(`over Parquet files, from seed ${SEED}`, { timeout: PATIENCE }, async () => {
    const faults: string[] = []
    worlds = 0
    for (let seed = SEED; seed < SEED + WORLDS; seed++) {
      const dice = diceFrom(seed)
      faults.push(...(await faultsOver(planViews(dice, dice.between(1, 3)), seed)))
    }
    expect(faults).toEqual([])
    expect(worlds).toBeGreaterThan(WORLDS * 0.8)
  })

  it(`over Parquet files of other writers, from seed ${SEED}`, { timeout: PATIENCE }, async () => {
    const names = (await readdir(OTHERS)).filter((name) => name.endsWith('.parquet'))
    const files = await Promise.all(names.map(async (name) => ({ name, content: Uint8Array.from(await readFile(new URL(name, OTHERS))) })))
    const faults: string[] = []
    for (let seed = SEED; seed < SEED + Math.ceil(WORLDS / 3); seed++) {
      const dice = diceFrom(seed)
      const chosen = dice.shuffled(files).slice(0, 4)
      const plans = chosen.map((file, index) => ({ view: `v${index}`, files: [file], positional: false, metadata: dice.chance(20) }))
      faults.push(...(await faultsOver(plans, seed)))
    }
    expect(faults).toEqual([])
  })

  it('where another writer leaves not-a-number out of its bounds', async () => {
    const content = Uint8Array.from(await readFile(new URL('arrow-int96.parquet', OTHERS)))
    const world = await openWorld([{ view: 'v0', files: [{ name: 'nan', content }], positional: false, metadata: false }])
    for (const sql of [
      'SELECT count(*) FROM "v0" WHERE f > 1000',
      'SELECT max(f) FROM "v0"',
      'SELECT count(*) FROM "v0" WHERE NOT (f < 9)',
    ])
      expect(await fault(world, sql, true)).toBeUndefined()
    await world.close()
  })

  it('where names differ in case only and are renamed', async () => {
    const content = Uint8Array.from(await readFile(new URL('arrow-names.parquet', OTHERS)))
    const world = await openWorld([{ view: 'v0', files: [{ name: 'names', content }], positional: false, metadata: false }])
    for (const sql of ['SELECT * FROM "v0" WHERE "A_1" = 950', 'SELECT a FROM "v0" WHERE "A_1_1" > 45', 'SELECT sum("A_1") FROM "v0"'])
      expect(await fault(world, sql, true)).toBeUndefined()
    await world.close()
  })

  /** Everything read, a preview of it, and both with METADATA columns. */
  const textFaults = async (seed: number): Promise<readonly string[]> => {
    const dice = diceFrom(seed)
    const plan = planText(dice)
    const world = await openTextWorld(plan)
    const wanted = await outcomeOf(world.readAll)
    const [limit, offset] = [dice.pick([0, 1, 2, 7, 2000, 20_000]), dice.pick([0, 0, 1, 5, 9000])]
    const part = `SELECT * FROM t LIMIT ${limit} OFFSET ${offset}`
    const faults: string[] = []
    const check = async (sql: string, metadata: boolean) => {
      const relation = world.relation(metadata)
      const got: Outcome<QueryResult> = relation.files.length === 0 ? { error: 'no files' } : await ask(sql, [relation])
      const isPart = sql === part
      // The first rows of files that cannot be read as a whole may be readable.
      if (wanted.error !== undefined) return void (got.error === undefined && !isPart && faults.push(`${sql} did not fail`))
      if (got.error !== undefined) return void faults.push(`${sql} failed: ${got.error}`)
      const { columns, rows, places } = wanted.answer
      const all = {
        columns: metadata ? [...columns, ...METADATA] : columns,
        rows: metadata ? rows.map((row, index) => [...row, ...(places[index] ?? [])]) : rows,
      }
      const expected = isPart ? { ...all, rows: all.rows.slice(offset, offset + limit) } : all
      const found = difference(got.answer, expected, true)
      // A long NDJSON file may have other columns further on; a preview says so.
      if (found !== undefined && got.answer.warnings === undefined) faults.push(`${sql}${metadata ? ' with METADATA' : ''}: ${found}`)
    }
    for (const metadata of [false, true]) {
      await check('SELECT * FROM t WHERE true', metadata)
      await check(part, metadata)
    }
    await world.close()
    const sizes = plan.files.map(({ name, text }) => `${name} of ${text.length}`).join(', ')
    return faults.map((one) => `SLUICE_FUZZ_SEED=${seed}: ${JSON.stringify(plan.format)} ${sizes}\n  ${one}`)
  }

  it(`over text files, from seed ${SEED}`, { timeout: PATIENCE }, async () => {
    const faults: string[] = []
    const seeds = Array.from({ length: WORLDS * TEXTS }, (_, index) => SEED + index)
    await inLanes(seeds, async (seed) => void faults.push(...(await textFaults(seed))))
    expect(faults).toEqual([])
  })
})

const METADATA = [
  { name: 'METADATA$FILENAME', type: 'VARCHAR' },
  { name: 'METADATA$FILE_ROW_NUMBER', type: 'BIGINT' },
]
