import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@sluice/api'
import { openStore } from '@sluice/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Canary, type Haystack, findCanaries } from './support/canaries.ts'
import { caught, collect } from './support/collect.ts'
import { type EchoingSts, startEchoingSts } from './support/echoing-sts.ts'
import { createRecorder } from './support/recorder.ts'
import { type StartingServer, serverEnvironment, spawnServer } from './support/server-process.ts'

const MASTER_KEY = Buffer.alloc(32, 9)
const ISSUER = 'https://sluice.example.com'
const ROLE = 'arn:aws:iam::987654321987:role/lake'
const SYSTEM = {
  clock: { now: () => Date.now(), sleep: () => Promise.reject(new Error('this test does not wait')) },
  random: { bytes: (length: number) => new Uint8Array(randomBytes(length)), fraction: () => 0 },
}

let folder: string
let sts: EchoingSts
let starting: StartingServer
const recorder = createRecorder()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-issuer-'))
  await mkdir(join(folder, 'home'))
  sts = await startEchoingSts()
  starting = spawnServer(
    serverEnvironment(folder, {
      SLUICE_LOG_LEVEL: 'debug',
      SLUICE_MASTER_KEY: MASTER_KEY.toString('hex'),
      SLUICE_ISSUER_URL: ISSUER,
      SLUICE_ROUTES: `*.amazonaws.com=${sts.url}`,
    }),
  )
})
afterAll(async () => {
  await starting.kill()
  await sts.close()
  await rm(folder, { recursive: true, force: true })
})

/** Every answer, every file and the log. */
async function everywhere(): Promise<readonly Haystack[]> {
  const files: Haystack[] = []
  for (const file of await readdir(join(folder, 'data'), { recursive: true, withFileTypes: true }))
    if (file.isFile()) files.push({ place: file.name, content: await readFile(join(file.parentPath, file.name)) })
  return [...(await recorder.answers()), ...files, { place: 'the log', content: starting.output() }]
}

/** The private parts of every signing key in the metadata, which must be closed. */
async function privateParts(): Promise<readonly Canary[]> {
  const url = `sqlite:${join(folder, 'data', 'sluice.db')}`
  const store = await openStore({ url, masterKey: new Uint8Array(MASTER_KEY), ...SYSTEM })
  const found: Canary[] = []
  for (const { id } of await store.signingKeys.list())
    for (const [part, value] of Object.entries((await store.signingKeys.privateKey(id)) ?? {}))
      if (['d', 'p', 'q', 'dp', 'dq', 'qi'].includes(part))
        found.push(
          { name: `${part} of a key`, value, plain: true },
          { name: `${part} of a key, as hexadecimal`, value: Buffer.from(value, 'base64url').toString('hex'), plain: true },
        )
  await store.close()
  return found
}

describe('what Sluice signs with, and what it signs', () => {
  it('stay where they belong, whatever a cloud says and whoever asks', async () => {
    const server = await starting.ready
    const client = createClient({ baseUrl: server.url, token: server.token, fetch: recorder.fetch })
    await client.issuer.keys()
    const locations = ['s3://test-bucket-123/data/']
    await client.connections.create({
      name: 'acme',
      cloud: 'aws',
      method: 'oidc',
      auth: { roleArn: ROLE },
      locations,
      purposes: ['import'],
    })
    await client.setup.show('acme', {})
    for (const [code, status] of [
      ['InvalidIdentityToken', 400],
      ['ExpiredTokenException', 400],
      ['AccessDenied', 403],
      ['SomethingElse', 418],
    ] as const) {
      sts.refuseWith(code, status)
      await collect(client.connections.validate('acme', { waitSeconds: 0 }))
      await caught(client.leases.create({ connection: 'acme', access: ['read'] }))
    }
    await client.connections.validations('acme', {})
    await client.issuer.rotate({})
    await client.issuer.rotate({ withdraw: true })
    await client.issuer.show()
    await client.platform()
    const { events } = await client.audit.list({ limit: 1000 })
    expect(events.map(({ action }) => action)).toEqual(expect.arrayContaining(['issuer.issue', 'issuer.rotate', 'lease.create']))
    await caught(client.connections.delete('acme'))
    await starting.stop()

    expect(sts.tokens.length).toBeGreaterThan(4)
    // Header and claims are no secret, and equal in many tokens; the signature is what makes a token one.
    const signatures = sts.tokens.map((token): Canary => ({ name: 'a token', value: token.split('.')[2] ?? '' }))
    expect(signatures.every(({ value }) => value.length > 300)).toBe(true)
    const parts = await privateParts()
    expect(parts.length).toBeGreaterThanOrEqual(12)
    expect(findCanaries([...signatures, ...parts], await everywhere())).toEqual([])
  })

  it('do not open with another master key', async () => {
    const url = `sqlite:${join(folder, 'data', 'sluice.db')}`
    await expect(openStore({ url, masterKey: new Uint8Array(32), ...SYSTEM })).rejects.toMatchObject({ reason: 'store.wrong_master_key' })
  })
})
