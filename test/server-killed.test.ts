import { rmSync, watch } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Client, type ConnectionView, createClient } from '@sluice/api'
import { type Lab, startLab } from '@sluice/lab'
import { expect, it } from 'vitest'
import { type Acknowledged, type Key, type Shown, isConnection, writeUntilGone } from './support/killed-writers.ts'
import { caught } from './support/collect.ts'
import { addProject } from './support/projects.ts'
import { type Seeded, seeded } from './support/seeded.ts'
import { type ReadyServer, type StartingServer, serverEnvironment, spawnServer } from './support/server-process.ts'

const KILLS_WHILE_WRITING = 25
const WRITERS = ['a', 'b', 'c']
/** Far beyond the half second it takes, on any machine that runs tests at all. */
const START_MS = 15_000

const PLATFORM = '123456789012'
const CUSTOMER = '987654321987'
const BUCKET = 'test-bucket-123'
const KEYS: readonly [Key, Key] = [
  { accessKeyId: 'AKIAFIRSTKEYEXAMPLE1', secretAccessKey: 'firstSecretExampleOfTheCustomersKeys/AB+' },
  { accessKeyId: 'AKIASECONDKEYEXAMPLE', secretAccessKey: 'secondSecretExampleOfTheCustomersKeys/CD' },
]

/** One installation that is killed again and again. */
interface Lane {
  readonly folder: string
  readonly environment: { readonly [name: string]: string }
  readonly seeded: Seeded
  readonly acknowledged: Acknowledged
  /** Every token that was ever handed out. */
  readonly tokens: Set<string>
  /** A token of another project. */
  readonly strangerToken: string
}

async function startBounded(lane: Lane): Promise<{ readonly starting: StartingServer; readonly ready: ReadyServer }> {
  const before = performance.now()
  const starting = spawnServer(lane.environment)
  const ready = await starting.ready
  expect(performance.now() - before).toBeLessThan(START_MS)
  lane.tokens.add(ready.token)
  return { starting, ready }
}

/** Writes until the given number of requests were sent or answered, and kills the server there, whatever it is doing. */
async function killWhileWriting(lane: Lane, starting: StartingServer, { client }: ReadyServer, location: string): Promise<void> {
  let left = lane.seeded.integer(1, 60)
  const onEvent = (): void => {
    left -= 1
    if (left === 0) starting.child.kill('SIGKILL')
  }
  const { acknowledged } = lane
  const writers = WRITERS.map((prefix) =>
    writeUntilGone(client, { prefix, seeded: lane.seeded, keys: KEYS, location, acknowledged, onEvent }),
  )
  await Promise.all(writers).catch((cause: unknown) => {
    throw new Error(starting.output(), { cause })
  })
  expect(await starting.ended).toEqual({ code: null, signal: 'SIGKILL' })
}

/** Kills a start at its n-th change of the data folder, or when it answers if that comes first. */
async function killWhileStarting(lane: Lane): Promise<void> {
  let left = lane.seeded.integer(1, 12)
  const starting = spawnServer(lane.environment)
  const watcher = watch(join(lane.folder, 'data'), () => {
    left -= 1
    if (left === 0) starting.child.kill('SIGKILL')
  })
  await starting.ready.catch(() => undefined)
  await starting.kill()
  watcher.close()
}

/** Everything that was acknowledged is there as it was shown, and what was not is there as a whole or not at all. */
async function verify(lane: Lane, { url, client }: ReadyServer, isLast: boolean): Promise<void> {
  const { shown, underWay } = lane.acknowledged
  const present = await everything(client)
  expect([...present.keys()].filter((key) => !shown.has(key) && !underWay.has(key))).toEqual([])
  for (const [key, before] of shown) if (!underWay.has(key)) expect([key, present.get(key) ?? 'absent']).toEqual([key, before])
  for (const key of underWay) {
    const before = shown.get(key) ?? 'absent'
    const after = present.get(key) ?? 'absent'
    if (isConnection(before) && isConnection(after)) expect([before.version, before.version + 1]).toContain(after.version)
    // Whichever it was, from here on it has to stay so.
    shown.set(key, after)
  }
  // Those that may be half done are looked at closely, and a few of the others; at the end all of them.
  const connections = [...present.values()].filter(isConnection)
  const suspects = connections.filter(({ name }) => isLast || underWay.has(`connection ${name}`) || lane.seeded.integer(0, 4) === 0)
  underWay.clear()
  await verifyReferences(client, connections, [...present.values()])
  await verifyWholes(suspects, client, createClient({ baseUrl: url, token: lane.strangerToken }))
  for (const token of lane.tokens) await createClient({ baseUrl: url, token }).connections.list({ limit: 1 })
}

/** No stage without its connection, and no change of a connection without its event. */
async function verifyReferences(client: Client, connections: readonly ConnectionView[], present: readonly Shown[]): Promise<void> {
  const ids = new Set(connections.map((connection) => connection.id))
  for (const one of present) if (one !== 'absent' && !isConnection(one)) expect(ids).toContain(one.connectionId)
  const { events } = await client.audit.list({ limit: 1000 })
  for (const { id, name, version } of connections) {
    const last = events.find((event) => event.result === 'ok' && event.details['id'] === id)
    expect([name, last?.details['version'] ?? version]).toEqual([name, version])
  }
}

/** No key without its secret, no external id without its claim. */
async function verifyWholes(connections: readonly ConnectionView[], client: Client, stranger: Client): Promise<void> {
  for (const { name, auth, state, locations } of connections) {
    if (auth.method === 'keys' && state !== 'disabled') {
      // The lab verifies the signature: only the secret that belongs to this key id makes it.
      await client.stages.create({ name: 'probe', connection: name, url: locations[0]?.url ?? '' }, {})
      expect((await client.stages.files('probe', {})).objects.map((object) => object.key)).toEqual(['a.csv'])
      await client.stages.delete('probe', {})
    }
    if (auth.externalId !== undefined) await expectClaimed(stranger, auth.externalId)
  }
}

async function expectClaimed(stranger: Client, externalId: { readonly kind: string; readonly value?: string }): Promise<void> {
  const auth = { roleArn: `arn:aws:iam::${CUSTOMER}:role/anything`, externalId: externalId.value ?? '' }
  const refusal = caught(stranger.connections.create({ name: 'thief', cloud: 'aws', method: 'role', auth }))
  expect(await refusal).toMatchObject({ reason: 'store.external_id_taken' })
}

async function everything(client: Client): Promise<ReadonlyMap<string, Shown>> {
  const present = new Map<string, Shown>()
  const { connections } = await client.connections.list({ limit: 1000 })
  for (const { name } of connections) present.set(`connection ${name}`, (await client.connections.show(name)).connection)
  const { stages } = await client.stages.list({ limit: 1000 })
  for (const stage of stages) present.set(`stage ${stage.name}`, stage)
  return present
}

/** What only the file shows: it is sound, and has just the secrets that connections name. */
function verifyFile(lane: Lane): void {
  const keyed = [...lane.acknowledged.shown.values()].filter((shown) => isConnection(shown) && shown.auth.method === 'keys')
  const database = new DatabaseSync(join(lane.folder, 'data', 'sluice.db'))
  try {
    expect(database.prepare('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
    expect(database.prepare('pragma foreign_key_check').all()).toEqual([])
    expect(database.prepare('select count(*) as secrets from secrets').get()).toEqual({ secrets: keyed.length })
  } finally {
    database.close()
  }
}

async function killAgainAndAgain(lab: Lab, seed: number): Promise<Acknowledged['shown']> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-killed-'))
  const environment = serverEnvironment(folder, {
    SLUICE_AWS_PRINCIPAL_ARN: `arn:aws:iam::${PLATFORM}:role/sluice`,
    SLUICE_ROUTES: lab.routes.map(({ host, to }) => `${host}=${to}`).join(','),
  })
  let starting: StartingServer | undefined
  let ready: ReadyServer
  try {
    await mkdir(join(folder, 'data'), { mode: 0o700 })
    const { token: strangerToken } = await addProject(environment, { id: 'stranger', organization: 'default' })
    const acknowledged: Acknowledged = { shown: new Map(), underWay: new Set() }
    const lane: Lane = { folder, environment, seeded: seeded(seed), acknowledged, tokens: new Set(), strangerToken }
    ;({ starting, ready } = await startBounded(lane))
    // Every so often the start after a kill is killed as well.
    for (let kill = 1; kill <= KILLS_WHILE_WRITING; kill++) {
      await killWhileWriting(lane, starting, ready, `s3://${BUCKET}/data/`)
      if (kill % 8 === 0) await killWhileStarting(lane)
      // A context file that was lost means another token, and no end to those handed out before.
      if (kill % 10 === 0) rmSync(join(folder, 'data', 'context.json'), { force: true })
      ;({ starting, ready } = await startBounded(lane))
      await verify(lane, ready, kill === KILLS_WHILE_WRITING)
      expect(starting.output()).not.toContain('"level":"error"')
    }
    await starting.stop()
    verifyFile(lane)
    expect(lane.tokens.size).toBe(1 + Math.floor(KILLS_WHILE_WRITING / 10))
    return acknowledged.shown
  } finally {
    await starting?.kill()
    await rm(folder, { recursive: true, force: true })
  }
}

it('loses nothing it acknowledged and starts again, a real server killed 50 times while it writes', { timeout: 280_000 }, async () => {
  const allow = { Version: '2012-10-17' as const, Statement: [{ Effect: 'Allow' as const, Action: 's3:*', Resource: '*' }] }
  const accessKeys = KEYS.map((key) => ({ id: key.accessKeyId, secret: key.secretAccessKey }))
  const objects = [{ key: 'data/a.csv', text: 'a\n1\n' }]
  const lab = await startLab({
    seed: {
      accounts: [
        {
          id: CUSTOMER,
          users: [{ name: 'reader', policies: { all: allow }, accessKeys }],
          buckets: [{ name: BUCKET, region: 'us-west-2', objects }],
        },
      ],
    },
  })
  try {
    for (const lane of await Promise.allSettled([killAgainAndAgain(lab, 1), killAgainAndAgain(lab, 2)])) {
      if (lane.status === 'rejected') throw lane.reason
      expect(lane.value.size).toBeGreaterThan(30)
      expect([...lane.value.values()]).toContain('absent')
    }
  } finally {
    await lab.close()
  }
})
