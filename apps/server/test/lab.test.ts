import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, type Client } from '@sluice/api'
import { startLab, type Lab } from '@sluice/lab'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readConfig } from '../src/config/config.ts'
import { createLog } from '../src/log.ts'
import { startServer, type RunningServer } from '../src/start.ts'

const PLATFORM = '123456789012'
const CUSTOMER = '987654321987'
const CANARY = 'CANARY/keyCANARYkeyCANARYkeyCANARYkeyCAN'
const PRINCIPAL = `arn:aws:iam::${PLATFORM}:user/platform`

let folder: string
let lab: Lab
let server: RunningServer
let client: Client
const lines: string[] = []

const allow = (...actions: string[]) => ({
  Version: '2012-10-17' as const,
  Statement: [{ Effect: 'Allow' as const, Action: actions, Resource: '*' }],
})

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-lab-'))
  lab = await startLab({
    seed: {
      accounts: [
        {
          id: PLATFORM,
          users: [
            {
              name: 'platform',
              policies: { all: allow('sts:AssumeRole', 's3:PutObject') },
              accessKeys: [{ id: 'AKIAPLATFORMEXAMPLE1', secret: 'platformSecretExample' }],
            },
          ],
          buckets: [{ name: 'sluice-templates', region: 'us-west-2' }],
        },
        {
          id: CUSTOMER,
          users: [
            {
              name: 'reader',
              policies: { all: allow('s3:*', 'sts:GetFederationToken') },
              accessKeys: [{ id: 'AKIACUSTOMEREXAMPLE1', secret: CANARY }],
            },
          ],
          buckets: [
            {
              name: 'test-bucket-123',
              region: 'us-west-2',
              objects: [
                { key: 'data/cities.csv', text: 'city,country\nOslo,Norway\nLima,Peru\n' },
                { key: 'other/secret.csv', text: 'x\n1\n' },
              ],
            },
          ],
        },
      ],
    },
  })
  const config = readConfig({
    SLUICE_DATA_DIR: folder,
    SLUICE_PORT: '0',
    SLUICE_SHUTDOWN_SECONDS: '0',
    SLUICE_AWS_PRINCIPAL_ARN: PRINCIPAL,
    SLUICE_AWS_STS_REGION: 'us-west-2',
    SLUICE_TEMPLATE_BUCKET: 'sluice-templates@us-west-2',
    SLUICE_ROUTES: lab.routes.map(({ host, to }) => `${host}=${to}`).join(','),
    AWS_ACCESS_KEY_ID: 'AKIAPLATFORMEXAMPLE1',
    AWS_SECRET_ACCESS_KEY: 'platformSecretExample',
  })
  server = await startServer(config, createLog('debug', { write: (line) => void lines.push(line) }))
  client = createClient({ baseUrl: server.url, token: server.token })
})

afterAll(async () => {
  await server.close()
  await lab.close()
  await rm(folder, { recursive: true, force: true })
})

async function drain<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

describe('a server in front of the lab', () => {
  it('connects a bucket by a role that the published setup makes, proves it and queries it', async () => {
    const { connection } = await client.connections.create({
      name: 'acme',
      cloud: 'aws',
      method: 'role',
      auth: { accountId: CUSTOMER },
      locations: ['s3://test-bucket-123/data/'],
      purposes: ['import'],
    })
    const setup = await client.setup.show('acme', {})
    const template = setup.artifacts.find((artifact) => artifact.id === 'cloudformation')
    const { templateUrl, quickCreateUrl } = await client.setup.publish('acme', {})
    expect(new URL(templateUrl).hostname).toBe('sluice-templates.s3.us-west-2.amazonaws.com')
    expect(quickCreateUrl).toContain(encodeURIComponent(templateUrl))
    const key = decodeURIComponent(new URL(templateUrl).pathname.slice(1))
    expect(Buffer.from((await lab.aws.getObject('sluice-templates', key)) ?? []).toString()).toBe(template?.text)

    lab.aws.applyTemplate(CUSTOMER, template?.text ?? '', {})
    const events = await drain(client.connections.validate('acme', {}))
    const last = events.at(-1)
    if (last?.type !== 'report') throw new Error('the validation ended without a report')
    expect(last.report.checks.filter((check) => check.status === 'failed' || check.status === 'inconclusive')).toEqual([])
    expect(last.report.verdict).toBe('passed')

    await client.stages.create(
      { name: 'cities', connection: 'acme', url: 's3://test-bucket-123/data/', format: { type: 'csv', skipHeader: 1 } },
      {},
    )
    expect((await client.stages.files('cities', {})).objects.map((object) => object.key)).toEqual(['cities.csv'])
    const [result] = await drain(client.sql.run({ sql: 'SELECT $1 AS city FROM @cities/cities.csv ORDER BY 1' }))
    expect(result?.rows).toEqual([['Lima'], ['Oslo']])

    const lease = await client.leases.create({ connection: 'acme', access: ['read'] })
    expect(lease).toMatchObject({ narrowed: true, secret: { kind: 'aws' } })
    expect(connection.auth).toMatchObject({ externalId: { kind: 'issued' } })
  })

  it('leaves a secret in no answer, log line, audit event or file', async () => {
    const auth = { accessKeyId: 'AKIACUSTOMEREXAMPLE1', secretAccessKey: CANARY }
    const locations = ['s3://test-bucket-123/data/']
    const answers: unknown[] = [
      await client.connections.create({ name: 'keyed', cloud: 'aws', method: 'keys', auth, locations, purposes: ['import'] }),
    ]
    answers.push(await drain(client.connections.validate('keyed', {})))
    answers.push(
      await drain(
        client.sql.run({
          sql: `CREATE CONNECTION inline STORAGE_TYPE = 's3' ACCESS_KEY_ID = 'AKIACUSTOMEREXAMPLE1' SECRET_ACCESS_KEY = '${CANARY}'; SHOW CONNECTIONS; DESC CONNECTION inline`,
        }),
      ),
    )
    const wrong = `CREATE CONNECTION broken STORAGE_TYPE = 's3' SECRET_ACCESS_KEY = '${CANARY}' ACCESS_KEY_IDD = 'x'`
    answers.push(await drain(client.sql.run({ sql: wrong })).catch((error: unknown) => ({ message: String(error), error })))
    answers.push(await client.connections.show('keyed'), await client.connections.list({}), await client.setup.show('keyed', {}))
    answers.push(await client.sql.history({}), await client.audit.list({ limit: 1000 }), await client.connections.validations('keyed', {}))
    expect(JSON.stringify(answers)).not.toContain(CANARY)
    expect(lines.length).toBeGreaterThan(10)
    expect(lines.join('')).not.toContain(CANARY)
    for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue
      expect((await readFile(join(file.parentPath, file.name), 'latin1')).includes(CANARY), file.name).toBe(false)
    }
  })

  it('keeps external ids out of the log and the audit', async () => {
    const { connection } = await client.connections.create({
      name: 'quiet',
      cloud: 'aws',
      method: 'role',
      auth: {},
      locations: ['s3://test-bucket-123/data/'],
      purposes: ['import'],
    })
    const { externalId } = connection.auth
    const id = externalId?.kind === 'issued' ? externalId.value : ''
    expect(id).toMatch(/^sluice-[0-9a-f]{32}$/)
    const audit = await client.audit.list({ limit: 1000 })
    expect(audit.events.length).toBeGreaterThan(5)
    expect(JSON.stringify(audit) + lines.join('')).not.toContain(id)
  })

  it('lets a running query finish when it is told to stop', async () => {
    const other = await mkdtemp(join(tmpdir(), 'sluice-stop-'))
    const routes = lab.routes.map(({ host, to }) => `${host}=${to}`).join(',')
    const stopping = await startServer(
      readConfig({
        SLUICE_DATA_DIR: other,
        SLUICE_PORT: '0',
        SLUICE_LOG_LEVEL: 'silent',
        SLUICE_SHUTDOWN_SECONDS: '20',
        SLUICE_ROUTES: routes,
      }),
    )
    const caller = createClient({ baseUrl: stopping.url, token: stopping.token })
    const sql = `CREATE CONNECTION c STORAGE_TYPE = 's3' ACCESS_KEY_ID = 'AKIACUSTOMEREXAMPLE1' SECRET_ACCESS_KEY = '${CANARY}';
      CREATE STAGE cities URL = 's3://test-bucket-123/data/' CONNECTION = (CONNECTION_NAME = 'c');
      SELECT count(*) FROM @cities/cities.csv (FILE_FORMAT => 'csv')`
    const results = caller.sql.run({ sql })
    await results.next()
    // From the first statement's result on, the script runs: the server is told to stop in the middle of it.
    const closed = stopping.close()
    const rest = await drain(results)
    expect(rest.at(-1)?.kind).toBe('rows')
    await closed
    await expect(caller.health()).rejects.toMatchObject({ reason: 'server.unreachable' })
    await rm(other, { recursive: true, force: true })
  })
})
