import { inspect } from 'node:util'
import { sampleStoreConnection, testStore } from '@sluice/conformance'
import { afterAll, describe, expect, it } from 'vitest'
import { openStore } from '../src/index.ts'
import { startPostgres } from './postgres-server.ts'
import { clock, MASTER_KEY, OTHER_KEY, random } from './support.ts'

const server = await startPostgres()
afterAll(() => server.remove())

let databases = 0
function newDatabase(): string {
  const name = `sluice_${++databases}`
  server.createDatabase(name)
  return server.url(name)
}
const open = (url: string, masterKey = MASTER_KEY) => openStore({ url, masterKey, clock, random })

testStore('PostgreSQL', {
  async makeDatabase() {
    const url = newDatabase()
    return { open: (key = 'usual') => open(url, key === 'usual' ? MASTER_KEY : OTHER_KEY), remove: async () => {} }
  },
})

describe('several nodes', () => {
  it('open an empty database at the same time: one makes the schema', async () => {
    const url = newDatabase()
    const nodes = await Promise.all(Array.from({ length: 5 }, () => open(url)))
    await nodes[0]?.organizations.ensure({ id: 'org', name: 'Org' })
    expect(await nodes[4]?.organizations.list()).toEqual([{ id: 'org', name: 'Org' }])
    await Promise.all(nodes.map((node) => node.close()))
  })

  it('with different master keys: the first key stays', async () => {
    const url = newDatabase()
    const outcomes = await Promise.allSettled([open(url, MASTER_KEY), open(url, OTHER_KEY)])
    const opened = outcomes.filter((outcome) => outcome.status === 'fulfilled')
    expect(opened).toHaveLength(1)
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ reason: 'store.wrong_master_key' })
    await opened[0]?.value.close()
  })

  it('give a contested role without an id to one project', async () => {
    const url = newDatabase()
    const [one, other] = await Promise.all([open(url), open(url)])
    for (let round = 0; round < 10; round++) {
      const roleArn = `arn:aws:iam::987654321987:role/lake-test-${round}`
      const none = { method: 'role', fields: { roleArn }, externalId: { kind: 'none' } } as const
      const issued = { method: 'role', fields: { roleArn }, externalId: { kind: 'issued', value: `sluice-${round}` } } as const
      const outcomes = await Promise.allSettled([
        one.connections.create(sampleStoreConnection({ id: `one-${round}`, project: 'alpha', auth: none })),
        other.connections.create(sampleStoreConnection({ id: `other-${round}`, project: 'beta', auth: issued })),
      ])
      expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected'])
    }
    await one.close()
    await other.close()
  })
})

describe('a server that', () => {
  it('stops makes the store unavailable until it is back', async () => {
    const store = await open(newDatabase())
    await store.organizations.ensure({ id: 'org', name: 'Org' })
    await server.stop()
    await expect(store.organizations.list()).rejects.toMatchObject({ code: 'unavailable', reason: 'store.unavailable', retry: 'later' })
    await server.start()
    expect(await store.organizations.list()).toEqual([{ id: 'org', name: 'Org' }])
    await store.close()
  })

  it('refuses the password is unavailable, and nothing repeats the password', async () => {
    const error = await open(server.url('postgres', 'wr0ng-pa55word')).catch((error: unknown) => error)
    expect(error).toMatchObject({ reason: 'store.unavailable' })
    expect(inspect(error, { depth: 10 })).not.toContain('wr0ng-pa55word')
  })

  it('is named by a malformed URL is not asked, and the URL not repeated', async () => {
    const error = await open(`postgres://sluice:${server.password}@[::/x`).catch((error: unknown) => error)
    expect(error).toMatchObject({ reason: 'store.bad_url' })
    expect(inspect(error, { depth: 10 })).not.toContain(server.password)
  })
})

it('a database that does not exist is unavailable', async () => {
  await expect(open(server.url('nowhere'))).rejects.toMatchObject({ reason: 'store.unavailable' })
})
