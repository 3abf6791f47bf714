import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@sluice/api'
import { startLab } from '@sluice/lab'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readConfig } from '../src/config/config.ts'
import { examine } from '../src/doctor.ts'
import { startServer, type RunningServer } from '../src/start.ts'

let folder: string
const running: RunningServer[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-start-'))
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()))
  await rm(folder, { recursive: true, force: true })
})

const environment = (more: { readonly [name: string]: string } = {}) => ({
  SLUICE_DATA_DIR: folder,
  SLUICE_PORT: '0',
  SLUICE_LOG_LEVEL: 'silent',
  SLUICE_SHUTDOWN_SECONDS: '0',
  ...more,
})

async function start(more: { readonly [name: string]: string } = {}) {
  const server = await startServer(readConfig(environment(more)))
  running.push(server)
  return { server, client: createClient({ baseUrl: server.url, token: server.token }) }
}

describe('a server', () => {
  it('answers on loopback, with its token in a file of its owner alone', async () => {
    const { server, client } = await start()
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(await client.health()).toMatchObject({ status: 'ok' })
    expect((await client.clouds()).clouds.map((cloud) => cloud.id)).toContain('aws')
    expect((await stat(server.contextFile)).mode & 0o777).toBe(0o600)
    expect(JSON.parse(await readFile(server.contextFile, 'utf8'))).toEqual({ server: server.url, token: server.token })
    expect(server.isFirstStart).toBe(true)
  })

  it('tells in the audit of a secret that has ended, once, however often it starts', async () => {
    const told = async (client: Awaited<ReturnType<typeof start>>['client']) =>
      (await client.audit.list({ action: 'connection.expiry' })).events.map(({ target, details }) => ({ target, ...details }))
    const first = await start()
    await first.client.connections.create({
      name: 'old',
      cloud: 'aws',
      method: 'keys',
      auth: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' },
      secretExpiresAt: '2020-01-31T00:00:00Z',
    })
    await first.server.close()
    const second = await start()
    let events = await told(second.client)
    while (events.length === 0) events = await told(second.client)
    expect(events).toMatchObject([{ target: 'old', warning: 'over', endsAt: '2020-01-31T00:00:00.000Z', secret: 'present' }])
    await second.server.close()
    const third = await start()
    await third.client.clouds()
    await third.server.close()
    expect(await told((await start()).client)).toHaveLength(1)
  })

  it('keeps its token and what it knows across a restart', async () => {
    const first = await start()
    await first.client.connections.create({
      name: 'open',
      cloud: 'aws',
      method: 'none',
      auth: {},
      locations: ['s3://test-bucket-123/'],
      purposes: ['import'],
    })
    await first.server.close()
    const second = await start()
    expect(second.server.token).toBe(first.server.token)
    expect(second.server.isFirstStart).toBe(false)
    expect((await second.client.connections.list({})).connections.map((one) => one.name)).toEqual(['open'])
  })

  it('keeps of a token only its hash', async () => {
    const { server } = await start()
    await server.close()
    const files = await Promise.all(['sluice.db', 'sluice.db-wal'].map((name) => readFile(join(folder, name), 'latin1').catch(() => '')))
    expect(files.join('').length).toBeGreaterThan(1000)
    expect(files.join('')).not.toContain(server.token)
  })

  it('issues another token when the context file names one it does not know', async () => {
    const first = await start()
    await first.server.close()
    const forged = 'sluice_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
    await writeFile(first.server.contextFile, JSON.stringify({ server: first.server.url, token: forged }))
    const second = await start()
    expect(second.server.token).not.toBe(forged)
    expect((await second.client.connections.list({})).connections).toEqual([])
  })

  it('says which port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const { port } = other.address() as AddressInfo
    const error: unknown = await start({ SLUICE_PORT: String(port) }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ reason: 'server.port_taken', code: 'conflict' })
    await new Promise((resolve) => other.close(resolve))
    // What was opened for it is closed again: the same folder starts.
    await start()
  })

  it('closes twice without complaint, and is then gone', async () => {
    const { server, client } = await start()
    await Promise.all([server.close(), server.close()])
    await expect(client.health()).rejects.toMatchObject({ reason: 'server.unreachable' })
  })
})

describe('the doctor', () => {
  const statuses = async (more: { readonly [name: string]: string } = {}) =>
    Object.fromEntries((await examine(environment(more))).map(({ name, status }) => [name, status]))

  it('finds a fresh machine well, and notes what is missing', async () => {
    const ok = { configuration: 'ok', 'data folder': 'ok', metadata: 'ok' }
    expect(await statuses()).toEqual({ ...ok, server: 'note', 'AWS identity': 'note', issuer: 'note' })
  })

  it('leaves a running server alone', async () => {
    const { client } = await start()
    expect(await statuses()).toMatchObject({ server: 'ok', metadata: 'ok' })
    expect(await client.health()).toMatchObject({ status: 'ok' })
  })

  it('says what is wrong', async () => {
    expect(await statuses({ SLUICE_PORT: 'x' })).toEqual({ configuration: 'problem' })
    const { server } = await start()
    await server.close()
    const otherKey = Buffer.alloc(32, 7).toString('base64')
    expect(await statuses({ SLUICE_MASTER_KEY: otherKey })).toMatchObject({ metadata: 'problem' })
    const named = { SLUICE_AWS_PRINCIPAL_ARN: 'arn:aws:iam::123456789012:role/sluice', AWS_EC2_METADATA_DISABLED: 'true' }
    expect(await statuses(named)).toMatchObject({ 'AWS identity': 'problem' })
  })

  it('asks AWS whose credentials they are, and tells another principal from ours', async () => {
    const lab = await startLab()
    try {
      for (const name of ['sluice', 'somebody']) lab.aws.putUser('123456789012', { name })
      const { accessKeyId, secretAccessKey } = lab.aws.createAccessKey('123456789012', 'sluice')
      const ask = (user: string, secret = secretAccessKey) =>
        statuses({
          SLUICE_AWS_PRINCIPAL_ARN: `arn:aws:iam::123456789012:user/${user}`,
          SLUICE_ROUTES: lab.routes.map((route) => `${route.host}=${route.to}`).join(','),
          SLUICE_REGIONS: 'us-west-2',
          AWS_ACCESS_KEY_ID: accessKeyId,
          AWS_SECRET_ACCESS_KEY: secret,
        })
      expect(await ask('sluice')).toMatchObject({ 'AWS identity': 'ok', regions: 'ok', 'template bucket': 'note' })
      expect(await ask('somebody')).toMatchObject({ 'AWS identity': 'problem' })
      expect(await ask('sluice', 'another secret')).toMatchObject({ 'AWS identity': 'problem' })
    } finally {
      await lab.close()
    }
  })

  it('asks Alibaba Cloud the same', async () => {
    const lab = await startLab()
    try {
      const account = '1234567890123456'
      lab.aliyun.createAccount(account)
      for (const name of ['sluice', 'somebody']) lab.aliyun.putUser(account, { name })
      const { accessKeyId, accessKeySecret } = lab.aliyun.createAccessKey(account, 'sluice')
      const ask = (user: string, secret = accessKeySecret) =>
        statuses({
          SLUICE_ALIYUN_PRINCIPAL_ARN: `acs:ram::${account}:user/${user}`,
          SLUICE_ROUTES: lab.routes.map((route) => `${route.host}=${route.to}`).join(','),
          ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId,
          ALIBABA_CLOUD_ACCESS_KEY_SECRET: secret,
        })
      expect(await ask('sluice')).toMatchObject({ 'AWS identity': 'note', 'Alibaba Cloud identity': 'ok', 'template bucket': 'note' })
      expect(await ask('somebody')).toMatchObject({ 'Alibaba Cloud identity': 'problem' })
      expect(await ask('sluice', 'another secret')).toMatchObject({ 'Alibaba Cloud identity': 'problem' })
      const none = { SLUICE_ALIYUN_PRINCIPAL_ARN: `acs:ram::${account}:user/sluice`, ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true' }
      expect(await statuses(none)).toMatchObject({ 'Alibaba Cloud identity': 'problem' })
    } finally {
      await lab.close()
    }
  })

  it('says of a running server who that server is, not who this environment would be', async () => {
    await start({ SLUICE_AWS_PRINCIPAL_ARN: 'arn:aws:iam::123456789012:role/sluice' })
    expect(await statuses()).toMatchObject({ server: 'ok', 'AWS identity': 'ok' })
  })
})
