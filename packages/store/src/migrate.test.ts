import { sql } from 'kysely'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Database } from './database.ts'
import { migrate } from './migrate.ts'
import { MIGRATIONS } from './migrations/index.ts'
import type { Migration } from './migrations/migration.ts'
import { openSqlite } from './sqlite/open.ts'

const clock = { now: () => 0, sleep: async () => {} }
let database: Database
beforeEach(async () => {
  database = await openSqlite(':memory:', 0, clock, new AbortController().signal)
})
afterEach(() => database.close())

const step = (name: string, statement: string): Migration => ({
  name,
  up: async (tx) => void (await sql.raw(statement).execute(tx)),
})
const first = step('0001', 'create table one (a text)')
const second = step('0002', 'alter table one add column b text')

const columns = async () => {
  const { rows } = await database.read((db) => sql<{ name: string }>`select name from pragma_table_info('one')`.execute(db))
  return rows.map((row) => row.name)
}

it('makes every outstanding step once, in order', async () => {
  await migrate(database, clock, [first])
  await migrate(database, clock, [first, second])
  await migrate(database, clock, [first, second])
  expect(await columns()).toEqual(['a', 'b'])
})

it('makes all outstanding steps or none', async () => {
  await migrate(database, clock, [first])
  await expect(migrate(database, clock, [first, second, step('0003', 'this is not SQL')])).rejects.toThrow('syntax error')
  expect(await columns()).toEqual(['a'])
  await migrate(database, clock, [first, second])
  expect(await columns()).toEqual(['a', 'b'])
})

it('refuses a database that a newer program has changed', async () => {
  await migrate(database, clock, [first, second])
  await expect(migrate(database, clock, [first])).rejects.toMatchObject({ code: 'conflict', reason: 'store.newer_schema' })
})

it('moves what methods were told into fields, and leaves everything else as it was', async () => {
  await migrate(database, clock, MIGRATIONS.slice(0, 1))
  const insert = (id: string, auth: object) =>
    database.write((tx) =>
      sql`insert into connections values (${id}, 'p', ${id}, 1, ${JSON.stringify({ id, name: id, auth })})`.execute(tx),
    )
  const externalId = { kind: 'issued', value: 'sluice-0' }
  await insert('role', { method: 'role', roleArn: 'arn', externalId })
  await insert('keys', { method: 'keys', accessKeyId: 'AKIA', secretId: 'secret_1' })
  await insert('none', { method: 'none' })
  await migrate(database, clock, MIGRATIONS)
  const { rows } = await database.read((db) => sql<{ document: string }>`select document from connections order by id`.execute(db))
  expect(rows.map((row): unknown => JSON.parse(row.document))).toEqual([
    { id: 'keys', name: 'keys', auth: { method: 'keys', secretId: 'secret_1', fields: { accessKeyId: 'AKIA' } } },
    { id: 'none', name: 'none', auth: { method: 'none', fields: {} } },
    { id: 'role', name: 'role', auth: { method: 'role', externalId, fields: { roleArn: 'arn' } } },
  ])
})
