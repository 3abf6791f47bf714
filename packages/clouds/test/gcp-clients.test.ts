import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type GetSignedUrlConfig, Storage } from '@google-cloud/storage'
import { HOSTILE_KEYS } from '@sluice/conformance'
import { type Lease, connectionSubject } from '@sluice/core'
import { type AuthClient, ExternalAccountClient, type ExternalAccountClientOptions } from 'google-auth-library'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keySigner } from '../src/gcp/identity.ts'
import { signedUrl } from '../src/gcp/presign.ts'
import { parseServiceAccountKey } from '../src/gcp/service-account-key.ts'
import { setupGcp } from '../src/gcp/setup/index.ts'
import { never } from './support/aws-world.ts'
import { GCP_BUCKET, type GcpWorld, PROVIDER, THEIR_ACCOUNT, gcpConnection, startGcpWorld } from './support/gcp-world.ts'

let world: GcpWorld
beforeEach(async () => {
  world = await startGcpWorld()
})
afterEach(() => world.close())

describe('a presigned URL', () => {
  /** Google's client signs for no moment that is past. */
  const NOW = Math.floor(Date.now() / 1_000) * 1_000

  /** As Google's own client signs it. */
  async function theirs(key: string, options: Partial<GetSignedUrlConfig>): Promise<string> {
    const bucket = new Storage({ credentials: JSON.parse(world.key), projectId: 'acme-data' }).bucket(GCP_BUCKET)
    const [url] = await bucket
      .file(key)
      .getSignedUrl({ version: 'v4', action: 'read', accessibleAt: new Date(NOW), expires: NOW + 600_000, ...options })
    return url
  }

  /** As we sign it, and as whoever follows it sends it: `.` and `..` do not survive in a URL. */
  async function ours(
    key: string,
    method: 'GET' | 'PUT',
    more: { readonly contentType?: string; readonly userProject?: string } = {},
  ): Promise<string> {
    const { userProject, ...rest } = more
    const url = await signedUrl(
      { method, bucket: GCP_BUCKET, key, now: NOW, seconds: 600, userProject, ...rest },
      keySigner(parseServiceAccountKey(world.key)),
      never,
    )
    return new URL(url).href
  }

  it.each([...HOSTILE_KEYS, 'ends/', "it's ~ (so)*!"])('of %s is the one that Google’s own client signs', async (key) => {
    expect(await ours(key, 'GET')).toBe(await theirs(key, {}))
    expect(await ours(key, 'PUT')).toBe(await theirs(key, { action: 'write' }))
    expect(await ours(key, 'PUT', { contentType: 'text/csv; charset=utf-8' })).toBe(
      await theirs(key, { action: 'write', contentType: 'text/csv; charset=utf-8' }),
    )
    expect(await ours(key, 'GET', { userProject: 'acme-billing' })).toBe(
      await theirs(key, { queryParams: { userProject: 'acme-billing' } }),
    )
  })
})

describe('the credential configuration of a setup', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-wif-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  async function clientFor(fields: { readonly [name: string]: string }): Promise<AuthClient> {
    const { connection } = gcpConnection(world, { method: 'federation', fields: { provider: PROVIDER, ...fields } })
    const setup = setupGcp({ ...connection, locations: [world.gcp.parse(`gs://${GCP_BUCKET}/data/`)] }, world.deps.platform(), {})
    const text = setup.artifacts.find(({ id }) => id === 'credential-configuration')?.text ?? ''
    // A token of ours, where the file says that it lies.
    const token = join(folder, 'sluice-token.jwt')
    writeFileSync(
      token,
      await world.issuer({ audience: `//iam.googleapis.com/${PROVIDER}`, subject: connectionSubject(connection) }, never),
    )
    // The library makes its own connections: what a route does for ours, the addresses in the file do for it.
    const here = text.replaceAll(/https:\/\/(?:sts|iamcredentials)\.googleapis\.com/g, world.lab.url).replace('sluice-token.jwt', token)
    const options: ExternalAccountClientOptions = JSON.parse(here)
    const client = ExternalAccountClient.fromJSON(options)
    if (client === null) throw new Error('the library does not take the file')
    client.scopes = ['https://www.googleapis.com/auth/cloud-platform']
    return client
  }

  it.each([
    ['the principal itself', {}],
    ['the account that it acts as', { serviceAccount: THEIR_ACCOUNT }],
  ])('gives Google’s own library the access of %s', async (_whose, fields) => {
    world.lab.gcp.putObject(GCP_BUCKET, 'data/a', { body: 'a' })
    const { token } = await (await clientFor(fields)).getAccessToken()
    const lease: Lease = {
      id: 'lease_a',
      scope: { location: world.gcp.parse(`gs://${GCP_BUCKET}/`), access: ['list'] },
      narrowed: false,
      expiresAt: Infinity,
      secret: { kind: 'bearer', token: token ?? '' },
    }
    const { connection } = gcpConnection(world, { method: 'federation', fields: { provider: PROVIDER } })
    const store = world.gcp.open(connection, lease.scope.location, () => Promise.resolve(lease))
    expect((await store.listPage({ prefix: 'data/' }, never)).objects.map(({ key }) => key)).toEqual(['data/a'])
  })
})
