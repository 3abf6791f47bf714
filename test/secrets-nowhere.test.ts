import { spawn } from 'node:child_process'
import { mkdtemp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient } from '@sluice/api'
import { type Lab, startLab } from '@sluice/lab'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Canary, type Haystack, findCanaries } from './support/canaries.ts'
import { caught, collect } from './support/collect.ts'
import { ECHOING_BUCKETS, type EchoingStore, startEchoingStore } from './support/echoing-store.ts'
import { createRecorder } from './support/recorder.ts'
import { type ReadyServer, SLUICE, type StartingServer, serverEnvironment, spawnServer } from './support/server-process.ts'

const PLATFORM = '123456789012'
const CUSTOMER = '987654321987'
const BUCKET = 'test-bucket-123'
const LOCATION = `s3://${BUCKET}/data/`
const PRINCIPAL = `arn:aws:iam::${PLATFORM}:role/sluice`

const KEY_ID = 'AKIACUSTOMEREXAMPLE1'
const SECRET = 'CANARY/secretCANARY+secretCANARYsecretCA'
/** No key of AWS looks like this one: other stores take anything. */
const ODD_SECRET = `CANARY"odd<&>'%41\\secret;of--a/store`
const TOKEN = 'CANARYsessionTokenIQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLXdlc3QtMiJHMEUCIQ=='
const MASTER_KEY = Buffer.from('CANARYmasterKeyOf32BytesEXAMPLE!').toString('hex')

let folder: string
let lab: Lab
let store: EchoingStore
let starting: StartingServer
let server: ReadyServer
let client: Client
let environment: { readonly [name: string]: string }

const recorder = createRecorder()
const canaries: Canary[] = [
  { name: 'secret access key', value: SECRET },
  { name: 'odd secret', value: ODD_SECRET },
  { name: 'session token', value: TOKEN },
  { name: 'master key', value: MASTER_KEY },
  { name: 'master key in base64', value: Buffer.from(MASTER_KEY, 'hex').toString('base64') },
]
/** These may be shown where somebody looks at the connection or its setup, and nowhere else. */
const externalIds: Canary[] = [{ name: 'chosen external id', value: 'CANARY-external-id-of-the-customer' }]

/** Sends what no typed client would. */
async function send(method: string, path: string, body: string | undefined, headers: { readonly [name: string]: string } = {}) {
  const request = new Request(server.url + path, {
    method,
    headers: { authorization: `Bearer ${server.token}`, ...headers },
    ...(body === undefined ? {} : { body }),
  })
  await (await recorder.fetch(request)).text()
}

/** Runs `sluice` as a process of its own and keeps what it writes. */
async function sluice(words: readonly string[], input = '', more: { readonly [name: string]: string } = {}): Promise<string> {
  const child = spawn(process.execPath, [...SLUICE, ...words], { env: { ...environment, ...more }, stdio: 'pipe' })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stdin.end(input)
  await new Promise((closed) => child.once('close', closed))
  if (words[0] === 'lease') recorder.addLease(output)
  else recorder.add(`sluice ${words.slice(0, 3).join(' ')}`, output)
  return output
}

async function sql(text: string): Promise<void> {
  await caught(collect(client.sql.run({ sql: text })))
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-canaries-'))
  await mkdir(join(folder, 'home'))
  const all = { Version: '2012-10-17' as const, Statement: [{ Effect: 'Allow' as const, Action: '*', Resource: '*' }] }
  lab = await startLab({
    seed: {
      accounts: [
        {
          id: PLATFORM,
          roles: [{ name: 'sluice', trust: trusting({ Service: 'ec2.amazonaws.com' }), policies: { all }, maxSessionDuration: 43_200 }],
        },
        {
          id: CUSTOMER,
          users: [{ name: 'reader', policies: { all }, accessKeys: [{ id: KEY_ID, secret: SECRET }] }],
          buckets: [{ name: BUCKET, region: 'us-west-2', objects: [{ key: 'data/cities.csv', text: 'city\nOslo\n' }] }],
        },
      ],
    },
  })
  const own = lab.aws.issueSession(PRINCIPAL, { seconds: 43_200 })
  canaries.push(
    { name: 'our own secret key', value: own.secretAccessKey },
    { name: 'our own session token', value: own.sessionToken ?? '' },
  )
  store = await startEchoingStore([ODD_SECRET, TOKEN])
  environment = serverEnvironment(folder, {
    SLUICE_LOG_LEVEL: 'debug',
    SLUICE_MASTER_KEY: MASTER_KEY,
    SLUICE_AWS_PRINCIPAL_ARN: PRINCIPAL,
    SLUICE_AWS_STS_REGION: 'us-west-2',
    SLUICE_ROUTES: lab.routes.map(({ host, to }) => `${host}=${to}`).join(','),
    SLUICE_EGRESS_ALLOW_ADDRESSES: '127.0.0.0/8',
    AWS_ACCESS_KEY_ID: own.accessKeyId,
    AWS_SECRET_ACCESS_KEY: own.secretAccessKey,
    AWS_SESSION_TOKEN: own.sessionToken ?? '',
  })
  starting = spawnServer(environment)
  server = await starting.ready
  canaries.push({ name: 'API token', value: server.token })
  client = createClient({ baseUrl: server.url, token: server.token, fetch: recorder.fetch })
})

afterAll(async () => {
  await starting?.kill()
  await store?.close()
  await lab?.close()
  await rm(folder, { recursive: true, force: true })
})

function trusting(principal: { readonly [kind: string]: string }, externalId?: string) {
  const condition = externalId === undefined ? {} : { Condition: { StringEquals: { 'sts:ExternalId': externalId } } }
  return {
    Version: '2012-10-17' as const,
    Statement: [{ Effect: 'Allow' as const, Principal: principal, Action: 'sts:AssumeRole', ...condition }],
  }
}

/** Waits for every answer and reads every place there is. */
async function everywhere(): Promise<readonly Haystack[]> {
  const files: Haystack[] = []
  for (const file of await readdir(join(folder, 'data'), { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue
    const path = join(file.parentPath, file.name)
    // What a query keeps in the cache folder may go away under our hands.
    files.push({ place: path.slice(folder.length), content: await readFile(path).catch(() => '') })
  }
  return [...(await recorder.answers()), ...files, { place: 'the log', content: starting.output() }]
}

/** Looks for everything everywhere. Only the context file may hold a secret: its API token. */
async function leaks(): Promise<readonly string[]> {
  const places = await everywhere()
  const inContext = places.filter(({ place }) => place.endsWith('context.json'))
  const signatures = [...store.signatures].map((value) => ({ name: 'signature', value, plain: true as const }))
  const minted = (await recorder.minted()).map((value) => ({ name: 'minted credential', value }))
  return [
    ...findCanaries(
      [...canaries, ...minted, ...signatures],
      places.filter((one) => !inContext.includes(one)),
    ),
    ...findCanaries(
      canaries.filter(({ name }) => name !== 'API token'),
      inContext,
    ),
  ]
}

const keys = (secretAccessKey: string, more: { readonly [field: string]: string } = {}) => ({
  accessKeyId: KEY_ID,
  secretAccessKey,
  ...more,
})

it('finds what is there', async () => {
  await writeFile(join(folder, 'data', 'planted'), `x${Buffer.from(`a${SECRET}b`).toString('base64')}${JSON.stringify(ODD_SECRET)}`)
  const found = findCanaries(canaries, await everywhere())
  await rm(join(folder, 'data', 'planted'))
  expect(found).toContain('secret access key (in base64, shifted by 1) in /data/planted')
  expect(found).toContain('odd secret (escaped for JSON) in /data/planted')
  expect(found).toContain('API token (as it is) in /data/context.json')
})

describe('a secret that comes in', () => {
  it('by the API is never seen again', async () => {
    const base = { cloud: 'aws', method: 'keys', locations: [LOCATION], purposes: ['import' as const, 'backup' as const] }
    await client.connections.create({ ...base, name: 'keyed', auth: keys(SECRET) })
    await client.connections.create({
      ...base,
      name: 'temporary',
      auth: { ...keys(SECRET, { sessionToken: TOKEN }), accessKeyId: 'ASIACUSTOMEREXAMPLE1' },
    })
    await client.connections.update('keyed', { auth: keys(SECRET), description: 'rotated' })
    await client.connections.create({ ...base, name: 'keyed', auth: keys(SECRET) }, { replace: 'true' })
    await client.connections.show('keyed')
    for (const name of ['keyed', 'temporary']) {
      await collect(client.connections.validate(name, {}))
      await send('POST', `/v1/connections/${name}/validations`, '{}')
      await client.connections.validations(name, {})
      await client.setup.show(name, {})
      await caught(client.setup.publish(name, {}))
      await caught(client.leases.create({ connection: name, access: ['read'] }))
    }
    await client.stages.create({ name: 'cities', connection: 'keyed', url: LOCATION }, {})
    await client.stages.create({ name: 'stranded', connection: 'temporary', url: LOCATION }, {})
    for (const stage of ['cities', 'stranded']) await caught(client.stages.files(stage, {}))
    await client.connections.disable('temporary')
    await client.connections.enable('temporary')
    await client.connections.list({})
    await caught(collect(client.connections.rotate('keyed', { auth: keys(SECRET) })))
    await caught(collect(client.connections.rotate('keyed', { auth: keys(SECRET.toUpperCase(), { sessionToken: TOKEN }) })))
    await collect(client.connections.rotate('temporary', { auth: { accessKeyId: KEY_ID, secretAccessKey: SECRET } }))
    await collect(client.connections.rotate('keyed', { auth: { accessKeyId: KEY_ID, secretAccessKey: 'x'.repeat(40) } }))
    await send('POST', '/v1/connections/keyed/rotation', JSON.stringify({ auth: keys(SECRET, { secretAccesKey: SECRET }) }))
    await client.connections.abandonRotation('keyed')
    await client.connections.deletionPlan('keyed')
    const reports = (await recorder.answers()).filter(({ place }) => place === 'POST /v1/connections/keyed/validations (200)')
    expect(reports.filter(({ content }) => content.includes('"verdict":"passed"'))).toHaveLength(2)
    expect(await leaks()).toEqual([])
  })

  it('in the wrong place of a request is not repeated to the log, the audit or the database', async () => {
    const { length } = await recorder.answers()
    const base = { name: 'wrong', cloud: 'aws', method: 'keys', locations: [LOCATION], purposes: ['import' as const] }
    const inputs = [
      { ...base, auth: keys(`${SECRET}too-long`) },
      { ...base, auth: keys(`${SECRET}\n`) },
      { ...base, auth: keys(ODD_SECRET) },
      { ...base, auth: keys('', { sessionToken: TOKEN }) },
      { ...base, auth: { accessKeyId: SECRET, secretAccessKey: KEY_ID } },
      { ...base, auth: { secretAccessKey: SECRET } },
      { ...base, auth: keys(SECRET, { roleArn: TOKEN }) },
      { ...base, auth: keys(SECRET, { sessionTokn: TOKEN }) },
      { ...base, method: 'role', auth: { roleArn: SECRET } },
      { ...base, method: 'role', auth: { accountId: SECRET } },
      { ...base, method: 'role', auth: { ...keys(SECRET), externalId: TOKEN } },
      { ...base, method: SECRET, auth: {} },
      { ...base, cloud: SECRET, auth: keys(SECRET) },
      { ...base, name: SECRET, auth: keys(SECRET) },
      { ...base, name: ODD_SECRET, auth: keys(SECRET) },
      { ...base, locations: [`s3://${KEY_ID}:${SECRET}@${BUCKET}/data/`], auth: keys(SECRET) },
      { ...base, locations: [`https://${KEY_ID}:${encodeURIComponent(SECRET)}@${BUCKET}.s3.amazonaws.com/data/`], auth: keys(SECRET) },
      {
        ...base,
        locations: [`https://${BUCKET}.s3.amazonaws.com/data/?X-Amz-Security-Token=${TOKEN}&X-Amz-Signature=${SECRET}`],
        auth: {},
      },
      { ...base, locations: [SECRET], auth: keys(SECRET) },
      { ...base, settings: { region: SECRET }, auth: keys(SECRET) },
      { ...base, settings: { expectedBucketOwner: SECRET }, auth: keys(SECRET) },
      { ...base, settings: { encryption: { algorithm: 'aws:kms' as const, keyId: ODD_SECRET } }, auth: keys(SECRET) },
      { ...base, labels: { [SECRET]: 'a key where a name belongs' }, auth: keys(SECRET) },
      { ...base, cloud: 's3', settings: { endpoint: `https://${KEY_ID}:${SECRET}@storage.example.com` }, auth: keys(SECRET) },
      { ...base, cloud: 's3', settings: { endpoint: `https://storage.example.com/?token=${TOKEN}` }, auth: keys(SECRET) },
      { ...base, cloud: 's3', settings: { endpoint: 'https://169.254.169.254' }, auth: keys(ODD_SECRET) },
    ]
    for (const input of inputs) await caught(client.connections.create(input))
    await caught(client.connections.update('keyed', { auth: keys(`${SECRET}too-long`) }))
    await caught(client.stages.create({ name: 'wrong', connection: 'keyed', url: `s3://${KEY_ID}:${SECRET}@${BUCKET}/` }, {}))
    await caught(client.stages.create({ name: SECRET, connection: SECRET, url: SECRET }, {}))
    await caught(client.leases.create({ connection: SECRET, location: ODD_SECRET, access: ['read'] }))
    await send('POST', '/v1/connections', `{"auth": {"secretAccessKey": "${SECRET}"`)
    await send('POST', '/v1/connections', JSON.stringify({ ...base, auth: { secretAccessKey: [SECRET] } }))
    await send('POST', '/v1/connections', JSON.stringify({ ...base, secretAccessKey: SECRET }))
    await send('POST', '/v1/sql', JSON.stringify({ sql: 1, secret: SECRET }))
    await send('GET', '/v1/connections', undefined, { authorization: `Bearer ${server.token}${SECRET}` })
    await send('GET', '/v1/connections', undefined, { authorization: `Basic ${Buffer.from(`x:${SECRET}`).toString('base64')}` })
    await send('GET', `/v1/connections/${encodeURIComponent(SECRET)}`, undefined)
    expect((await recorder.answers()).length).toBeGreaterThan(length + inputs.length)
    expect(await leaks()).toEqual([])
  })

  it('by SQL is never seen again', async () => {
    const given = `ACCESS_KEY_ID = '${KEY_ID}' SECRET_ACCESS_KEY = '${SECRET}'`
    const quoted = ODD_SECRET.replaceAll("'", "''")
    const statements = [
      `CREATE CONNECTION by_sql STORAGE_TYPE = 's3' ${given}`,
      `CREATE OR REPLACE CONNECTION by_sql STORAGE_TYPE = 's3' ${given} SESSION_TOKEN = '${TOKEN}'`,
      `CREATE CONNECTION IF NOT EXISTS by_sql STORAGE_TYPE = 's3' ${given}; SHOW CONNECTIONS; DESC CONNECTION by_sql`,
      `CREATE STAGE by_sql URL = '${LOCATION}' CONNECTION = (CONNECTION_NAME = 'by_sql')`,
      'LIST @by_sql; SELECT * FROM @cities/cities.csv',
      `CREATE CONNECTION odd STORAGE_TYPE = 's3' ENDPOINT_URL = '${store.url}' ACCESS_KEY_ID = 'x' SECRET_ACCESS_KEY = '${quoted}'`,
      `CREATE STAGE inline URL = '${LOCATION}' CONNECTION = (${given})`,
      `CREATE STAGE inline URL = '${LOCATION}' ${given}`,
      `SELECT * FROM '${LOCATION}cities.csv' (CONNECTION => (${given}))`,
      `SELECT * FROM 's3://${KEY_ID}:${SECRET}@${BUCKET}/data/cities.csv'`,
      `SELECT * FROM 'https://${BUCKET}.s3.amazonaws.com/data/cities.csv?X-Amz-Security-Token=${TOKEN}&X-Amz-Signature=${SECRET}'`,
      // Slips of the pen.
      `CREATE CONNECTION slip STORAGE_TYPE = 's3' ACCESS_KEY_ID = '${KEY_ID}' SECRET_ACCESS_KEY '${SECRET}'`,
      `CREATE CONNECTION slip STORAGE_TYPE = 's3' SECRET_ACCES_KEY = '${SECRET}'`,
      `CREATE CONNECTION slip STORAGE_TYPE = 's3' SECRET_ACCESS_KEY = ${SECRET}`,
      `CREATE CONNECTION slip STORAGE_TYPE = 's3' SECRET_ACCESS_KEY = "${SECRET}"`,
      `CREATE CONNECTION slip STORAGE_TYPE = 's3' SECRET_ACCESS_KEY = '${SECRET}`,
      `CREATE CONNECTION slip STORAGE_TYPE = 's3' ${given} ${given}`,
      `CREATE CONNECTION slip STORAGE_TYPE = '${SECRET}'`,
      `CREATE CONNECTION slip STORAGE_TYPE = 's3' REGION = '${SECRET}' ${given}`,
      `CREATE CONNECTION '${SECRET}' STORAGE_TYPE = 's3'`,
      `CREATE CONECTION slip STORAGE_TYPE = 's3' ${given}`,
      `CRAETE CONNECTION slip STORAGE_TYPE = 's3' ${given}`,
      `CREATE CONNECTION slip STORAGE_TYPE = 's3' /* ${SECRET} */ ${given} -- ${SECRET}`,
      `SECRET_ACCESS_KEY = '${SECRET}'`,
      SECRET,
      `'${ODD_SECRET}`,
      `SELECT 1; CREATE CONNECTION slip STORAGE_TYPE = 's3' ${given}; SELEC 1`,
      `ALTER CONNECTION by_sql SET ${given}`,
      `SELECT '${SECRET}`,
      `SELECT * FROM read_csv('s3://${BUCKET}/x.csv', secret => '${SECRET}')`,
      `CREATE SECRET s (TYPE s3, KEY_ID '${KEY_ID}', SECRET '${SECRET}')`,
      `SET s3_secret_access_key = '${SECRET}'`,
      `COPY INTO '${LOCATION}' CONNECTION = (${given}) FROM (SELECT 1)`,
    ]
    for (const statement of statements) await sql(statement)
    const { statements: history } = await client.sql.history({ limit: 1000 })
    expect(history.length).toBeGreaterThan(statements.length)
    expect(await leaks()).toEqual([])
  })

  it('by the command line is never seen again', async () => {
    const create = ['connection', 'create', '--method', 'keys', '--access-key-id', KEY_ID, '--location', LOCATION]
    const fromInput = [...create, '--secret-access-key', '-']
    expect(await sluice([...fromInput, 'by-input'], SECRET)).toContain('by-input')
    expect(await sluice([...create, 'by-variable', '--json'], '', { SLUICE_SECRET_ACCESS_KEY: SECRET })).toContain('by-variable')
    await sluice([...fromInput, 'wrong'], `${SECRET}too-long`)
    expect(await sluice([...create, 'wrong', '--secret-access-key', SECRET])).toContain('command line')
    await sluice(['sql', '-f', '-'], `CREATE CONNECTION by_file STORAGE_TYPE='s3' ACCESS_KEY_ID='${KEY_ID}' SECRET_ACCESS_KEY '${SECRET}'`)
    await sluice(
      ['sql', '--json', '-'],
      `CREATE CONNECTION by_file STORAGE_TYPE='s3' SECRET_ACCESS_KEY='${SECRET}' ACCESS_KEY_ID='${KEY_ID}'`,
    )
    await sluice(['connection', 'validate', 'by-input'])
    await sluice(['sql', '--history'])
    await sluice(['server', 'doctor'])
    expect(await sluice(['platform', 'show', '--json'])).toContain(PRINCIPAL)
    expect(await leaks()).toEqual([])
  })

  it('by the environment is not repeated by a server that cannot start', async () => {
    const [database, key, role] = await Promise.all([
      sluice(['server', 'start'], '', { DATABASE_URL: `postgres://sluice:${encodeURIComponent(SECRET)}@127.0.0.1:1/sluice` }),
      sluice(['server', 'start'], '', { SLUICE_DATA_DIR: join(folder, 'other'), SLUICE_MASTER_KEY: SECRET }),
      sluice(['server', 'start'], '', { SLUICE_AWS_PRINCIPAL_ARN: SECRET, SLUICE_TEMPLATE_BUCKET: SECRET, SLUICE_ROUTES: SECRET }),
      sluice(['server', 'doctor'], '', { DATABASE_URL: `postgres://sluice:${encodeURIComponent(SECRET)}@127.0.0.1:1/sluice` }),
    ])
    expect(database).toContain('store.unavailable')
    expect(key).toContain('store.bad_master_key')
    expect(role).toContain('config.invalid')
    expect(await leaks()).toEqual([])
  })

  it('is not repeated because a store repeats it', async () => {
    for (const bucket of ECHOING_BUCKETS) {
      const name = bucket.replace('-', '_')
      const auth = { accessKeyId: KEY_ID, secretAccessKey: ODD_SECRET, sessionToken: TOKEN }
      const settings = { endpoint: store.url, region: 'us-west-2' }
      const locations = [`s3://${bucket}/data/`]
      await client.connections.create({ name, cloud: 's3', method: 'keys', auth, settings, locations, purposes: ['import', 'backup'] })
      await collect(client.connections.validate(name, { waitSeconds: 0 }))
      await client.connections.validations(name, {})
      expect((await client.connections.diagnose(name, {})).probes.length).toBeGreaterThan(0)
      await client.stages.create({ name, connection: name, url: locations[0] ?? '' }, {})
      await caught(client.stages.files(name, {}))
      await sql(`SELECT * FROM @${name}/a.csv`)
      await caught(client.leases.create({ connection: name, access: ['read'] }))
    }
    expect(store.signatures.size).toBeGreaterThan(ECHOING_BUCKETS.length)
    expect(await leaks()).toEqual([])
  })
})

describe('a credential that is minted', () => {
  it('is in the answer that hands it out and nowhere else', async () => {
    const base = { cloud: 'aws', method: 'role', locations: [LOCATION], purposes: ['import' as const] }
    const { connection } = await client.connections.create({ ...base, name: 'acme', auth: { accountId: CUSTOMER } })
    const { externalId, roleArn } = connection.auth
    if (externalId?.kind !== 'issued') throw new Error('no external id was issued')
    const { value } = externalId
    externalIds.push({ name: 'issued external id', value })
    const setup = await client.setup.show('acme', {})
    lab.aws.applyTemplate(CUSTOMER, setup.artifacts.find((artifact) => artifact.id === 'cloudformation')?.text ?? '', {})
    await collect(client.connections.validate('acme', {}))
    await client.leases.create({ connection: 'acme', access: ['read'] })
    await Promise.all(['env', 'json', 'credential_process'].map((format) => sluice(['lease', 'create', 'acme', '--format', format])))
    await client.stages.create({ name: 'acme', connection: 'acme', url: LOCATION }, {})
    await client.stages.files('acme', {})
    await sql("SELECT * FROM @acme/cities.csv (FILE_FORMAT => 'csv')")
    // Cut off from its role, everything is tried again and fails.
    lab.aws.setTrust(typeof roleArn === 'string' ? roleArn : '', trusting({ AWS: PRINCIPAL }, 'another-id'))
    await client.connections.update('acme', { description: 'its leases end here' })
    await collect(client.connections.validate('acme', { waitSeconds: 0 }))
    await caught(client.leases.create({ connection: 'acme', access: ['read'] }))
    await client.audit.list({ limit: 1000 })
    await client.sql.history({ limit: 1000 })
    expect(await recorder.minted()).toHaveLength(8)
    expect(await leaks()).toEqual([])
  })

  it('stays in the child processes of nobody', async () => {
    const children = await childrenOf(starting.child.pid ?? 0)
    if (process.platform === 'linux') expect(children.length).toBeGreaterThan(0)
    for (const pid of children) {
      const content = await readFile(`/proc/${pid}/environ`)
      expect(findCanaries(canaries, [{ place: `the environment of the process ${pid}`, content }])).toEqual([])
    }
  })
})

describe('an external id', () => {
  it('is in no log, audit event, history or answer but the connection, its setup and the remedies of its report', async () => {
    const [chosen] = externalIds
    const auth = { roleArn: `arn:aws:iam::${CUSTOMER}:role/theirs`, externalId: chosen?.value ?? '' }
    const base = { cloud: 'aws', method: 'role', auth, locations: [LOCATION], purposes: ['import' as const] }
    await client.connections.create({ ...base, name: 'chosen' })
    await caught(client.connections.create({ ...base, name: 'chosen' }))
    await caught(client.connections.update('chosen', { auth: { externalId: `${chosen?.value}-2` } }))
    await collect(client.connections.validate('chosen', { waitSeconds: 0 }))
    await caught(client.leases.create({ connection: 'chosen', access: ['read'] }))
    await sql(`CREATE CONNECTION more STORAGE_TYPE = 's3' ROLE_ARN = '${auth.roleArn}' EXTERNAL_ID = '${chosen?.value}'`)
    await sql(`CREATE CONNECTION more STORAGE_TYPE = 's3' ROLE_ARN = '${auth.roleArn}' EXTERNAL_ID '${chosen?.value}'`)
    await client.connections.delete('more')
    await client.audit.list({ limit: 1000 })
    await client.sql.history({ limit: 1000 })
    await client.connections.list({})
    await client.connections.validations('chosen', {})
    const places = await everywhere()
    const others = places.filter(
      ({ place }) =>
        !/^(POST|PATCH|GET) \/v1\/connections(\/[\w-]+)?(\/setup|\/validations)? \(20\d\)/.test(place) &&
        !place.startsWith('/data/sluice.db'),
    )
    expect(others.map(({ place }) => place)).toEqual(
      expect.arrayContaining(['the log', 'GET /v1/audit (200)', 'GET /v1/sql/history (200)']),
    )
    expect(findCanaries(externalIds, others)).toEqual([])
  })
})

/** Process ids; none where there is no /proc. */
async function childrenOf(pid: number): Promise<readonly string[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  return text.split(' ').filter((word) => word !== '')
}
