import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient } from '@sluice/api'
import { type Lab, startLab } from '@sluice/lab'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type PostgresServer, startPostgres } from '../packages/store/test/postgres-server.ts'
import { caught, collect } from './support/collect.ts'
import { addProject } from './support/projects.ts'
import { type ReadyServer, type StartingServer, serverEnvironment, spawnServer } from './support/server-process.ts'

const PLATFORM = '123456789012'
const CUSTOMER = '987654321987'
const BUCKET = 'test-bucket-123'
const LOCATION = `s3://${BUCKET}/acme/`
const FILES = 400
const MASTER_KEY = randomBytes(32).toString('base64')
/** What is opened looks this often whether its connection still stands. */
const RECHECK_MS = 5_000
/** For a busy machine, and for what was under way when the connection was disabled. */
const SLACK_MS = 5_000

/** One of the servers that share the database. */
interface Node {
  readonly environment: { readonly [name: string]: string }
  starting: StartingServer
  ready: ReadyServer
  client: Client
}

let postgres: PostgresServer
let lab: Lab
let folder: string
let one: Node
let other: Node

/** The environment of a node: a data folder of its own, the database and the key of all. */
function environmentOf(name: string, more: { readonly [name: string]: string } = {}) {
  const { accessKeyId, secretAccessKey } = lab.aws.createAccessKey(PLATFORM, 'sluice')
  return serverEnvironment(join(folder, name), {
    DATABASE_URL: postgres.url('sluice'),
    SLUICE_MASTER_KEY: MASTER_KEY,
    SLUICE_AWS_PRINCIPAL_ARN: `arn:aws:iam::${PLATFORM}:user/sluice`,
    SLUICE_AWS_STS_REGION: 'us-west-2',
    SLUICE_ISSUER_URL: 'https://sluice.example.com',
    SLUICE_ROUTES: lab.routes.map(({ host, to }) => `${host}=${to}`).join(','),
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...more,
  })
}

async function startNode(name: string): Promise<Node> {
  const environment = environmentOf(name)
  const starting = spawnServer(environment)
  const ready = await starting.ready
  return { environment, starting, ready, client: ready.client }
}

beforeAll(async () => {
  postgres = await startPostgres()
  postgres.createDatabase('sluice')
  folder = await mkdtemp(join(tmpdir(), 'sluice-nodes-'))
  const assume = { Version: '2012-10-17' as const, Statement: [{ Effect: 'Allow' as const, Action: 'sts:AssumeRole', Resource: '*' }] }
  const read = { Version: '2012-10-17' as const, Statement: [{ Effect: 'Allow' as const, Action: 's3:*', Resource: '*' }] }
  const objects = Array.from({ length: FILES }, (_, index) => ({ key: `acme/part-${index}.csv`, text: `n\n${index}\n` }))
  lab = await startLab({
    seed: {
      accounts: [
        { id: PLATFORM, users: [{ name: 'sluice', policies: { assume } }] },
        { id: CUSTOMER, users: [{ name: 'reader', policies: { read } }], buckets: [{ name: BUCKET, region: 'us-west-2', objects }] },
      ],
    },
  })
  // Both at once on an empty database: one of them makes the schema.
  ;[one, other] = await Promise.all([startNode('one'), startNode('other')])
})
afterAll(async () => {
  await Promise.all([one, other].map((node) => node?.starting.kill()))
  await lab?.close()
  await postgres?.remove()
  await rm(folder, { recursive: true, force: true })
})
afterEach(() => lab.faults.clear())

/** Makes a connection by role through one server, and lets the customer's admin apply its setup. */
async function connect(client: Client, name: string): Promise<string> {
  const auth = { roleArn: `arn:aws:iam::${CUSTOMER}:role/${name}` }
  const { connection } = await client.connections.create({ name, cloud: 'aws', method: 'role', auth, locations: [LOCATION] })
  const { artifacts } = await client.setup.show(name, {})
  lab.aws.applyTemplate(CUSTOMER, artifacts.find(({ id }) => id === 'cloudformation')?.text ?? '', {})
  return connection.id
}

describe('two servers on one PostgreSQL', () => {
  it('know each other’s tokens', async () => {
    expect(one.ready.token).not.toBe(other.ready.token)
    for (const [node, token] of [[one, other.ready.token] as const, [other, one.ready.token] as const])
      expect(await createClient({ baseUrl: node.ready.url, token }).connections.list({})).toEqual({ connections: [] })
  })

  it('validate what the other created, and read each other’s reports', async () => {
    const id = await connect(one.client, 'shared')
    const last = (await collect(other.client.connections.validate('shared', {}))).at(-1)
    expect(last).toMatchObject({ type: 'report', report: { connectionId: id, verdict: 'passed' } })
    expect((await one.client.connections.show('shared')).connection).toMatchObject({ id, state: 'ready' })
    expect((await one.client.connections.validations('shared', {})).reports).toHaveLength(1)
  })

  it('read the secrets the other stored', async () => {
    const { accessKeyId, secretAccessKey } = lab.aws.createAccessKey(CUSTOMER, 'reader')
    await one.client.connections.create({
      name: 'keyed',
      cloud: 'aws',
      method: 'keys',
      auth: { accessKeyId, secretAccessKey },
      locations: [LOCATION],
    })
    await one.client.stages.create({ name: 'keyed', connection: 'keyed', url: LOCATION }, {})
    // The lab checks the signature: only the secret itself makes it.
    expect((await other.client.stages.files('keyed', { limit: 2 })).objects).toHaveLength(2)
  })

  it('sign with one key, and make one next, whoever is asked first', async () => {
    const nodes = [one, other, one, other]
    const first = await Promise.all(nodes.map(({ client }) => client.issuer.keys()))
    expect(first[0]?.keys).toHaveLength(1)
    for (const set of first) expect(set).toEqual(first[0])
    const rotated = await Promise.all(nodes.map(({ client }) => client.issuer.rotate({})))
    for (const { keys } of rotated) expect(keys.map(({ state }) => state)).toEqual(['signing', 'next'])
    expect(new Set(rotated.map(({ keys }) => keys.at(-1)?.id)).size).toBe(1)
    await Promise.all(nodes.map(({ client }) => client.issuer.rotate({ withdraw: true })))
    const left = await Promise.all(nodes.map(({ client }) => client.issuer.keys()))
    expect(left[0]?.keys).toHaveLength(1)
    for (const set of left) expect(set).toEqual(left[0])
    expect(left[0]).not.toEqual(first[0])
  })

  it('end the leases of what the other disables', async () => {
    await connect(one.client, 'leased')
    const request = { connection: 'leased', access: ['read' as const] }
    const before = await other.client.leases.create(request)
    expect((await other.client.leases.create(request)).id).toBe(before.id)
    await one.client.connections.disable('leased')
    expect(await caught(other.client.leases.create(request))).toMatchObject({ reason: 'connection.disabled' })
    await one.client.connections.enable('leased')
    expect((await other.client.leases.create(request)).id).not.toBe(before.id)
  })

  it('end queries on what the other disables within seconds', async () => {
    await connect(one.client, 'queried')
    await one.client.stages.create({ name: 'queried', connection: 'queried', url: LOCATION, format: { type: 'csv', skipHeader: 1 } }, {})
    const started = Promise.withResolvers<void>()
    const when = (): boolean => {
      started.resolve()
      return true
    }
    lab.faults.add({ operation: 's3.GetObject', effect: { kind: 'latency', ms: 1_000 }, when })
    const query = caught(collect(other.client.sql.run({ sql: 'SELECT count(*) FROM @queried' })))
    await started.promise
    const disabledAt = performance.now()
    await one.client.connections.disable('queried')
    expect(await query).toMatchObject({ reason: 'connection.disabled' })
    expect(performance.now() - disabledAt).toBeLessThan(RECHECK_MS + SLACK_MS)
  })

  it('give a contested name to exactly one', async () => {
    for (let round = 0; round < 15; round++) {
      const name = `contested_${round}`
      const create = ({ client }: Node) =>
        client.connections.create({ name, cloud: 'aws', method: 'none', auth: {}, locations: [LOCATION] })
      const outcomes = await Promise.allSettled([create(one), create(other)])
      const [loser] = outcomes.filter((outcome) => outcome.status === 'rejected')
      expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1)
      expect(loser?.reason).toMatchObject({ code: 'conflict', reason: 'store.duplicate' })
    }
    const { connections } = await one.client.connections.list({ limit: 1000 })
    expect(connections.filter(({ name }) => name.startsWith('contested_'))).toHaveLength(15)
  })

  it('give a contested external id to exactly one project', async () => {
    const { token } = await addProject(one.environment, { id: 'rival', organization: 'default' })
    const rival = createClient({ baseUrl: other.ready.url, token })
    for (let round = 0; round < 15; round++) {
      const auth = { roleArn: `arn:aws:iam::${CUSTOMER}:role/anything`, externalId: `my-external-id-${round}` }
      const create = (client: Client) => client.connections.create({ name: `claim_${round}`, cloud: 'aws', method: 'role', auth })
      const outcomes = await Promise.allSettled([create(one.client), create(rival)])
      const [loser] = outcomes.filter((outcome) => outcome.status === 'rejected')
      expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1)
      expect(loser?.reason).toMatchObject({ code: 'conflict', reason: 'store.external_id_taken' })
    }
  })

  it('refuse a third with another master key, or with none', async () => {
    const wrong = randomBytes(32).toString('base64')
    for (const [key, reason] of [
      [wrong, 'store.wrong_master_key'],
      ['', 'config.invalid'],
    ] as const) {
      const starting = spawnServer(environmentOf('third', { SLUICE_MASTER_KEY: key }))
      expect((await starting.ended).code).toBeGreaterThan(0)
      expect(starting.output()).toContain(reason)
      expect(starting.output()).not.toContain(postgres.password)
      expect(starting.output()).not.toContain(wrong)
    }
  })

  it('go on when one is killed in the middle of writing, and take it back', async () => {
    const auth = { roleArn: `arn:aws:iam::${CUSTOMER}:role/anything` }
    const writes = Array.from({ length: 20 }, (_, index) =>
      caught(one.client.connections.create({ name: `written_${index}`, cloud: 'aws', method: 'role', auth })),
    )
    // One of them has been answered; the others are anywhere.
    await Promise.race(writes)
    await one.starting.kill()
    const lost = (await Promise.all(writes)).filter((thrown) => thrown !== undefined)
    for (const thrown of lost) expect(thrown).toMatchObject({ reason: 'server.unreachable' })

    await connect(other.client, 'survivor')
    expect((await collect(other.client.connections.validate('survivor', {}))).at(-1)).toMatchObject({ report: { verdict: 'passed' } })
    const { connections } = await other.client.connections.list({ limit: 1000 })
    const written = connections.filter(({ name }) => name.startsWith('written_'))
    expect(written.length).toBeGreaterThanOrEqual(writes.length - lost.length)

    const { token } = one.ready
    one = await startNode('one')
    expect(one.ready.token).toBe(token)
    expect((await one.client.connections.show('survivor')).connection.state).toBe('ready')
    // What was half written can be written again.
    for (const [index] of writes.entries())
      await one.client.connections.create({ name: `written_${index}`, cloud: 'aws', method: 'role', auth }, { replace: 'true' })
  })
})
