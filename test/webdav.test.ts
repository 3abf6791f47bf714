import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@sluice/api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandLineOf } from './support/command-line.ts'
import { collect } from './support/collect.ts'
import { readConfig } from '../apps/server/src/config/config.ts'
import { type RunningServer, startServer } from '../apps/server/src/start.ts'
import { type WebdavServer, startWebdavServer } from '../packages/clouds/test/support/webdav-server.ts'

/** What a cloud of one folder and one line gets without anybody else knowing of it: the API, the command line, SQL. */

let folder: string
let dav: WebdavServer
let server: RunningServer
let client: ReturnType<typeof createClient>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-webdav-'))
  dav = await startWebdavServer()
  dav.put('/lake/data/a.csv', 'city,rides\nOslo,3\nRome,4\n')
  const environment = {
    SLUICE_DATA_DIR: folder,
    SLUICE_PORT: '0',
    SLUICE_LOG_LEVEL: 'silent',
    SLUICE_SHUTDOWN_SECONDS: '0',
    SLUICE_ROUTES: `dav.example.com=${dav.url}`,
  }
  server = await startServer(readConfig(environment))
  client = createClient({ baseUrl: server.url, token: server.token })
})
afterAll(async () => {
  await server.close()
  await dav.close()
  await rm(folder, { recursive: true, force: true })
})

async function rowsOf(sql: string): Promise<unknown> {
  return (await collect(client.sql.run({ sql }))).at(-1)?.rows
}

const quoted = () => dav.password.replaceAll("'", "''")

describe('a WebDAV server', () => {
  it('is made, shown, set up and validated by the command line', async () => {
    const sluice = commandLineOf(server)
    const create = ['connection', 'create', 'files', '--endpoint', 'https://dav.example.com', '--location', 'webdav://lake/data/']
    const made = await sluice(
      [...create, '--user', dav.user, '--password', '-', '--purpose', 'import', '--purpose', 'backup'],
      dav.password,
    )
    expect(made).toMatchObject({ exit: 0, out: expect.stringMatching(/cloud\s+webdav\n.*\n?.*method\s+password/) })
    expect((await sluice(['cloud', 'show', 'webdav'])).out).toMatch(/--password\s+The password; it is stored encrypted/)
    expect((await sluice(['cloud', 'list'])).out).toMatch(/webdav\s+password\s+stored\s+not narrowed\s+list read write delete\s+console/)
    expect((await sluice(['connection', 'setup', 'files'])).out).toContain('Create the user sluice')
    const validated = await sluice(['connection', 'validate', 'files'])
    expect([validated.exit, validated.out]).toEqual([0, expect.stringMatching(/✓ passed\s+Writes an object/)])
    expect((await sluice(['lease', 'create', 'files'])).err).toContain('cannot be narrowed')
  })

  it('is queried through a stage, and by URL with a password for that query alone', async () => {
    const connection = `STORAGE_TYPE = 'webdav' ENDPOINT_URL = 'https://dav.example.com' USERNAME = '${dav.user}' PASSWORD = '${quoted()}'`
    await rowsOf(
      `CREATE CONNECTION by_sql ${connection}; CREATE STAGE s URL = 'webdav://lake/data/' CONNECTION = (CONNECTION_NAME = 'by_sql')`,
    )
    expect(await rowsOf('SELECT city, rides FROM @s/a.csv ORDER BY rides DESC')).toEqual([
      ['Rome', 4],
      ['Oslo', 3],
    ])
    const once = `(CONNECTION => (ENDPOINT_URL = 'https://dav.example.com', USERNAME = '${dav.user}', PASSWORD = '${quoted()}'))`
    expect(await rowsOf(`SELECT count(*)::INT FROM 'webdav://lake/data/*.csv' ${once}`)).toEqual([[2]])
    expect((await client.sql.history({ limit: 10 })).statements.map(({ sql }) => sql).join()).not.toContain("PASSWORD = 'p")
  })

  it('takes a password out of a URL when told to, and a new one when it is given', async () => {
    const url = `webdav://${dav.user}:${encodeURIComponent(dav.password)}@lake/data/`
    const input = { name: 'pasted', cloud: 'webdav', auth: {}, settings: { endpoint: 'https://dav.example.com' }, locations: [url] }
    await expect(client.connections.create(input)).rejects.toMatchObject({ reason: 'location.credential' })
    const { connection } = await client.connections.create({ ...input, credentialInUrl: 'store' })
    expect(connection).toMatchObject({ auth: { method: 'password', user: dav.user, secret: '********' } })
    const events = await collect(client.connections.rotate('pasted', { auth: { password: 'wrong' } }))
    expect(events.at(-1)).toMatchObject({ type: 'rotation', rotation: { outcome: 'kept' } })
    expect((await collect(client.connections.validate('pasted', {}))).at(-1)).toMatchObject({ report: { verdict: 'passed' } })
  })
})
