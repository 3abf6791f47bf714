import { sql } from 'kysely'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Database } from './database.ts'
import { openSqlite } from './sqlite/open.ts'

let database: Database
beforeEach(async () => {
  database = await openSqlite(':memory:', 0, { now: () => 0, sleep: async () => {} }, new AbortController().signal)
  await run('create table things (name text primary key, size integer)')
})
afterEach(() => database.close())

const run = (statement: string) => database.write((tx) => sql.raw(statement).execute(tx))
const count = async () => (await database.read((db) => sql<{ n: number }>`select count(*) as n from things`.execute(db))).rows[0]?.n

const limitPages = async (limit: number) => void (await database.read((db) => sql.raw(`pragma max_page_count = ${limit}`).execute(db)))
const addBig = (name: string) => database.write((tx) => sql`insert into things values (${name + 'x'.repeat(20_000)}, 1)`.execute(tx))

it('undoes everything when the work fails in the middle', async () => {
  const failing = database.write(async (tx) => {
    await sql`insert into things values ('a', 1)`.execute(tx)
    throw new Error('in the middle')
  })
  await expect(failing).rejects.toThrow('in the middle')
  expect(await count()).toBe(0)
})

it('runs concurrent changes one after the other, each whole', async () => {
  const add = (n: number) =>
    database.write(async (tx) => {
      const { rows } = await sql<{ n: number }>`select count(*) as n from things`.execute(tx)
      await sql`insert into things values (${`thing-${n}`}, ${rows[0]?.n})`.execute(tx)
    })
  await Promise.all(Array.from({ length: 20 }, (_, n) => add(n)))
  const { rows } = await database.read((db) => sql<{ n: number }>`select count(distinct size) as n from things`.execute(db))
  expect(rows[0]?.n).toBe(20)
})

it('says that the disk is full, keeps what was acknowledged and goes on once there is space', async () => {
  await limitPages(4)
  await run(`insert into things values ('small', 1)`)
  await expect(addBig('a')).rejects.toMatchObject({
    code: 'unavailable',
    reason: 'store.unavailable',
    message: expect.stringContaining('full'),
  })
  expect(await count()).toBe(1)
  await limitPages(1_000)
  await addBig('a')
  expect(await count()).toBe(2)
})

it('says that the database is read-only', async () => {
  await database.read((db) => sql.raw('pragma query_only = on').execute(db))
  await expect(run(`insert into things values ('a', 1)`)).rejects.toMatchObject({ message: expect.stringContaining('read-only') })
})

it('words broken constraints as told', async () => {
  await run(`insert into things values ('a', 1)`)
  const again = database.write((tx) => sql`insert into things values ('a', 2)`.execute(tx), { duplicate: 'There is an a already.' })
  await expect(again).rejects.toMatchObject({ reason: 'store.duplicate', message: 'There is an a already.' })
})

it('lets a defect of ours through as it is', async () => {
  await expect(run('this is not SQL')).rejects.toThrow('syntax error')
})
