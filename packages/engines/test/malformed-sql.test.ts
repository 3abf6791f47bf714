import { readFileSync, readdirSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { isAccessError } from '@sluice/core'
import { openEngine, type OpenEngine } from './support/engine.ts'
import { randomFrom, type SeededRandom } from './support/random.ts'

const STATEMENTS = 500
const FOLDER = new URL('../testdata/fence/', import.meta.url)

const whole = readdirSync(FOLDER).flatMap((file): string[] => {
  const list: unknown = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'))
  return Array.isArray(list) ? list.map(String) : []
})
const tokens = whole.flatMap((sql) => sql.match(/\w+|'[^']*'|\S/g) ?? [])
const ODD = ['\0', '\uFFFD', '😀', '--', '/*', '$$', "E'\\", '"', "'", ';', '(((((((((', '::', '@', '`', '\u2028', '9'.repeat(400)]

const MUTATIONS: readonly ((sql: string, random: SeededRandom) => string)[] = [
  (sql, random) => sql.slice(0, random.below(sql.length)),
  (sql, random) => sql.slice(random.below(sql.length)),
  (sql, random) => spliced(sql, random, 1 + random.below(8), ''),
  (sql, random) => spliced(sql, random, 0, pick(ODD, random)),
  (sql, random) => spliced(sql, random, random.below(4), ` ${pick(tokens, random)} `),
  (sql, random) => `${sql} ${pick(whole, random)}`,
  (sql, random) => Array.from({ length: 1 + random.below(15) }, () => pick(tokens, random)).join(' ') + sql.slice(0, 1),
  (_, random) => `SELECT ${'('.repeat(random.below(3000))}1${')'.repeat(random.below(3000))}`,
  (_, random) => `SELECT ${'-'.repeat(random.below(2000) + 2)}\n1 ${'+ 1 '.repeat(random.below(10) === 0 ? 3000 : random.below(100))}`,
  (_, random) => `SELECT ${'[{a: '.repeat(random.below(200))}`,
]

const pick = <T>(list: readonly T[], random: SeededRandom): T => {
  const found = list[random.below(list.length)]
  if (found === undefined) throw new Error('nothing to pick from')
  return found
}

function spliced(sql: string, random: SeededRandom, remove: number, insert: string): string {
  const at = random.below(sql.length + 1)
  return sql.slice(0, at) + insert + sql.slice(at + remove)
}

let engine: OpenEngine
beforeAll(async () => {
  engine = await openEngine()
})
afterAll(() => engine.close())

it(`answers ${STATEMENTS} malformed statements clearly and goes on`, async () => {
  const surprises: string[] = []
  const limits = { memoryBytes: 128 * 1024 * 1024, diskBytes: 1024 * 1024, rows: 10, milliseconds: 500, threads: 1 }
  const ask = (sql: string) => engine.engine.query({ sql, relations: [], limits }, AbortSignal.timeout(20_000))
  const lanes = Array.from({ length: 2 }, async (_, lane) => {
    for (let seed = lane; seed < STATEMENTS; seed += 2) {
      const random = randomFrom(seed)
      const sql = pick(MUTATIONS, random)(pick(whole, random), random)
      try {
        await ask(sql)
      } catch (error) {
        const clear = isAccessError(error) && /^engine\.(sql_invalid|refused|query_failed|limit_\w+)$/.test(error.reason)
        const position = isAccessError(error) ? error.context['position'] : undefined
        const placed = position === undefined || (typeof position === 'number' && position >= 0 && position <= sql.length)
        if (!clear || !placed) surprises.push(`${JSON.stringify(sql.slice(0, 200))}: ${String(error)}`)
      }
    }
  })
  await Promise.all(lanes)
  expect(surprises).toEqual([])
  expect((await ask('SELECT 42')).rows).toEqual([[42]])
  expect(await engine.leftovers()).toEqual([])
}, 120_000)
