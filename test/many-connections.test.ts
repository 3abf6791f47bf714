import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient } from '@sluice/api'
import type { Connection } from '@sluice/core'
import { openStore } from '@sluice/store'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { compose } from '../apps/server/src/compose.ts'
import { readConfig } from '../apps/server/src/config/config.ts'
import { createApp } from '../apps/server/src/http/app.ts'
import { createLog } from '../apps/server/src/log.ts'
import { DEFAULT_PROJECT } from '../apps/server/src/metadata.ts'
import { systemClock, systemRandom } from '../apps/server/src/system.ts'
import { caught, collect } from './support/collect.ts'
import { serverEnvironment } from './support/server-process.ts'

const MANY = 10_000

let client: Client
let close: () => Promise<void>
/** In the order of their names. */
let names: readonly string[]

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-many-'))
  const config = readConfig(serverEnvironment(folder, { SLUICE_LOG_LEVEL: 'silent' }))
  const system = { clock: systemClock, random: systemRandom }
  // In memory: ten thousand durable changes would only measure the disk.
  const store = await openStore({ url: 'sqlite::memory:', masterKey: randomBytes(32), ...system })
  await store.organizations.ensure({ id: 'default', name: 'default' })
  await store.projects.ensure(DEFAULT_PROJECT)
  // Names that differ in length and case, so that an order by numbers or by case would show.
  names = Array.from({ length: MANY }, (_, index) => `${index % 2 === 0 ? 'C' : 'c'}_${index}`).toSorted((one, other) =>
    one.toLowerCase() < other.toLowerCase() ? -1 : 1,
  )
  for (const name of names) await store.connections.create(connection(name))
  const parts = compose(config, { store, ...system, version: '0', log: { defect: () => {} } })
  const app = createApp({
    parts: () => Promise.resolve(parts),
    authenticate: () => Promise.resolve({ organization: 'default', project: 'default', actor: 'token:test' }),
    newRequestId: () => 'req_test',
    issuerUrl: undefined,
    version: '0',
    log: createLog('silent'),
    clock: systemClock,
    limits: { bodyBytes: 10_000, requestMs: 60_000, heartbeatMs: 60_000 },
    stopping: new AbortController().signal,
  })
  client = createClient({ baseUrl: 'http://sluice.test', token: 'any', fetch: (request) => app.fetch(request) })
  close = async () => {
    await parts.close()
    await store.close()
    await rm(folder, { recursive: true, force: true })
  }
}, 60_000)
afterAll(() => close())

function connection(name: string): Connection {
  return {
    id: `conn_${name}`,
    organization: 'default',
    project: 'default',
    name,
    description: '',
    labels: {},
    cloud: 'aws',
    auth: { method: 'none', fields: {} },
    locations: [{ cloud: 'aws', bucket: 'test-bucket-123', prefix: '', extent: 'bucket' }],
    purposes: ['import'],
    access: ['list', 'read'],
    settings: {},
    state: 'waiting',
    createdAt: '2026-11-22T00:00:00.000Z',
    updatedAt: '2026-11-22T00:00:00.000Z',
    version: 1,
  }
}

async function pages(
  limit: number | undefined,
  between: (page: number) => Promise<unknown> = () => Promise.resolve(),
): Promise<readonly string[]> {
  const all: string[] = []
  for (let after: string | undefined, page = 1; ; page++) {
    const answer = await client.connections.list({ ...(limit === undefined ? {} : { limit }), ...(after === undefined ? {} : { after }) })
    all.push(...answer.connections.map(({ name }) => name))
    if (answer.next === undefined) return all
    expect(answer.connections).toHaveLength(limit ?? 100)
    after = answer.next
    await between(page)
  }
}

it.each([[undefined], [1000], [997]])('lists ten thousand connections in pages of %s, each once and in order', async (limit) => {
  expect(await pages(limit)).toEqual(names)
})

it('goes on where it was when connections come and go between the pages', async () => {
  const listed = await pages(500, async (page) => {
    const name = `C_now_${page}`
    // The one a page ended with is deleted before the next is asked for.
    const last = names[page * 500 - 1] ?? ''
    await client.connections.delete(last)
    await client.connections.create({ name, cloud: 'aws', method: 'none', auth: {} })
  })
  const early = listed.filter((name) => !name.startsWith('C_now_'))
  expect(early).toEqual(names)
  expect(new Set(listed).size).toBe(listed.length)
})

it('shows them all by SQL, or says that it does not', async () => {
  const [result] = await collect(client.sql.run({ sql: 'SHOW CONNECTIONS' }))
  expect(result?.truncated === true || result?.rows.length === (await pages(1000)).length).toBe(true)
})

it('refuses pages of no size or of any size', async () => {
  for (const limit of [0, -1, 1.5, 1001, 1e9, Number.NaN])
    expect(await caught(client.connections.list({ limit }))).toMatchObject({ code: 'invalid' })
  for (const after of ['', 'nobody', '~', "'; --", 'x'.repeat(5_000), '\u0000', '\ud800'])
    expect((await client.connections.list({ after, limit: 1 })).connections.length, JSON.stringify(after.slice(0, 9))).toBeLessThanOrEqual(
      1,
    )
})
