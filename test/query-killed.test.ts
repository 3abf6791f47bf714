import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Lab, startLab } from '@sluice/lab'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { caught, collect } from './support/collect.ts'
import { type StartingServer, serverEnvironment, spawnServer } from './support/server-process.ts'

const KEY = { accessKeyId: 'AKIACUSTOMEREXAMPLE1', secretAccessKey: 'secretExampleOfTheCustomersAccessKey/AB+' }
const NUMBERS = '@numbers/numbers.csv'

let folder: string
let lab: Lab
const servers: StartingServer[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-query-killed-'))
  const all = { Version: '2012-10-17' as const, Statement: [{ Effect: 'Allow' as const, Action: 's3:*', Resource: '*' }] }
  const text = Array.from({ length: 5_000 }, (_, index) => `${index}\n`).join('')
  lab = await startLab({
    seed: {
      accounts: [
        {
          id: '987654321987',
          users: [{ name: 'reader', policies: { all }, accessKeys: [{ id: KEY.accessKeyId, secret: KEY.secretAccessKey }] }],
          buckets: [{ name: 'test-bucket-123', region: 'us-west-2', objects: [{ key: 'numbers.csv', text }] }],
        },
      ],
    },
  })
})
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.kill()))
  await lab.close()
  await rm(folder, { recursive: true, force: true })
})

async function start() {
  const routes = lab.routes.map(({ host, to }) => `${host}=${to}`).join(',')
  const server = spawnServer(serverEnvironment(folder, { SLUICE_ROUTES: routes }))
  servers.push(server)
  return { server, client: (await server.ready).client }
}

it.runIf(process.platform === 'linux')(
  'leaves no process and no file of a query behind when the server is killed',
  { timeout: 60_000 },
  async () => {
    const { server, client } = await start()
    await client.connections.create({ name: 'lake', cloud: 'aws', method: 'keys', auth: KEY, locations: ['s3://test-bucket-123/'] })
    await client.stages.create({ name: 'numbers', connection: 'lake', url: 's3://test-bucket-123/' }, {})
    const { promise: running, resolve } = Promise.withResolvers<void>()
    const endless = `WITH t AS (SELECT $1::INT AS n FROM ${NUMBERS}) SELECT sum(a.n * b.n % 7 + c.n * d.n % 11) FROM t a, t b, t c, t d`
    const onProgress = ({ phase }: { readonly phase: string }): void => (phase === 'running' ? resolve() : undefined)
    const query = caught(collect(client.sql.run({ sql: endless }, onProgress)))
    await running
    const workers = await childrenOf(server.child.pid ?? 0)
    expect(workers.length).toBeGreaterThan(0)
    expect(await filesOfQueries()).not.toEqual([])

    await server.kill()
    expect(await query).toMatchObject({ code: 'unavailable' })
    await expect.poll(() => workers.filter(isAlive), { timeout: 20_000 }).toEqual([])

    const again = await start()
    const [counted] = await collect(again.client.sql.run({ sql: `SELECT count(*) FROM ${NUMBERS}` }))
    expect(counted?.rows).toEqual([[5000]])
    expect(await filesOfQueries()).toEqual([])
  },
)

async function childrenOf(pid: number): Promise<readonly number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return text
    .split(' ')
    .filter((word) => word !== '')
    .map(Number)
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** What queries keep in the cache, without what belongs to the engine itself. */
async function filesOfQueries(): Promise<readonly string[]> {
  const entries = await readdir(join(folder, 'data', 'cache'), { recursive: true }).catch(() => [])
  return entries.filter((entry) => entry.includes('query-'))
}
