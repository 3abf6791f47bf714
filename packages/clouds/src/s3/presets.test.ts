import type { ConnectionSettings, HttpRequest } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import { connectionWith } from '../../test/support/aws-world.ts'
import { parseEndpoint } from './endpoint.ts'
import { openS3Store } from './open-store.ts'
import { ANY_STORE, S3_PRESETS } from './presets.ts'
import { presetOf } from './preset-of.ts'

const ACCOUNT = '0123456789abcdef0123456789abcdef'
const signal = new AbortController().signal

/** The request that a listing makes, and what the store says it can do. */
async function listingWith(settings: ConnectionSettings) {
  const requests: HttpRequest[] = []
  const answer = '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>'
  const clock = { now: () => Date.UTC(2026, 10, 22), sleep: async () => {} }
  const deps = {
    transport: async (request: HttpRequest) => {
      requests.push(request)
      return { status: 200, headers: {}, body: bodyOf(answer) }
    },
    clock,
    random: { bytes: (length: number) => new Uint8Array(length), fraction: () => 0 },
    platform: () => ({ regions: [], egressAddresses: [] }),
    platformCredentials: {},
  }
  const location = { cloud: 's3', bucket: 'lake', prefix: '', extent: 'bucket' } as const
  const secret = { kind: 'aws', accessKeyId: 'A', secretAccessKey: 'S' } as const
  const lease = { id: 'l', scope: { location, access: ['list' as const] }, narrowed: false, expiresAt: Infinity, secret }
  const store = openS3Store(deps, connectionWith({ cloud: 's3', settings }), location, async () => lease)
  await store.listPage({ prefix: 'a/', ...(store.capabilities.listStartAfter ? { startAfter: 'a/b' } : {}) }, signal)
  const [request] = requests
  if (request === undefined) throw new Error('no request')
  const region = /Credential=A\/\d+\/([^/]+)\/s3/.exec(request.headers['authorization'] ?? '')?.[1]
  return { origin: request.url.origin, path: request.url.pathname, query: request.url.search, region, capabilities: store.capabilities }
}

async function* bodyOf(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text)
}

describe('a preset', () => {
  it.each([
    ['minio', { endpoint: 'https://minio.example.com' }, 'https://minio.example.com', '/lake', 'us-east-1'],
    ['ceph', { endpoint: 'https://rgw.example.com', region: 'zone-1' }, 'https://rgw.example.com', '/lake', 'zone-1'],
    ['r2', { endpoint: `https://${ACCOUNT}.r2.cloudflarestorage.com` }, `https://${ACCOUNT}.r2.cloudflarestorage.com`, '/lake', 'auto'],
    ['wasabi', { region: 'eu-central-1' }, 'https://s3.eu-central-1.wasabisys.com', '/lake', 'eu-central-1'],
    ['wasabi', { endpoint: 'https://s3.wasabisys.com' }, 'https://s3.wasabisys.com', '/lake', 'us-east-1'],
    ['b2', { region: 'us-west-004' }, 'https://s3.us-west-004.backblazeb2.com', '/lake', 'us-west-004'],
    ['spaces', { region: 'fra1' }, 'https://fra1.digitaloceanspaces.com', '/lake', 'fra1'],
    ['cos', { region: 'ap-guangzhou' }, 'https://lake.cos.ap-guangzhou.myqcloud.com', '/', 'ap-guangzhou'],
    ['obs', { region: 'cn-north-4' }, 'https://lake.obs.cn-north-4.myhuaweicloud.com', '/', 'cn-north-4'],
    ['scaleway', { region: 'nl-ams' }, 'https://s3.nl-ams.scw.cloud', '/lake', 'nl-ams'],
    [
      'oracle',
      { endpoint: 'https://acme.compat.objectstorage.eu-frankfurt-1.oraclecloud.com' },
      'https://acme.compat.objectstorage.eu-frankfurt-1.oraclecloud.com',
      '/lake',
      'eu-frankfurt-1',
    ],
  ] as const)('reaches %s where it is, and signs for its region', async (preset, settings, origin, path, region) => {
    expect(await listingWith({ preset, ...settings })).toMatchObject({ origin, path, region })
    // The vendor's host says as much as the name.
    const { hosts } = S3_PRESETS.find((one) => one.id === preset) ?? ANY_STORE
    if (hosts === undefined) return
    const endpoint = parseEndpoint({ preset, ...settings }).origin
    expect(await listingWith({ endpoint })).toMatchObject({ origin, path, region })
  })

  it('lists as the store answers', async () => {
    expect((await listingWith({ preset: 'cos', region: 'ap-guangzhou' })).query).toBe('?encoding-type=url&prefix=a%2F&marker=a%2Fb')
    expect((await listingWith({ preset: 'obs', region: 'cn-north-4' })).query).toBe('?prefix=a%2F&marker=a%2Fb')
    expect((await listingWith({ preset: 'b2', region: 'us-west-004' })).query).toContain('list-type=2')
  })

  it('declares what the store can be relied on for', async () => {
    const able = async (preset: string, settings: ConnectionSettings) => (await listingWith({ preset, ...settings })).capabilities
    expect(await able('r2', { endpoint: `https://${ACCOUNT}.r2.cloudflarestorage.com` })).toMatchObject({
      conditionalPut: true,
      versions: false,
      equalParts: true,
    })
    expect(await able('minio', { endpoint: 'https://minio.example.com' })).toMatchObject({ conditionalPut: false, versions: true })
    expect(await able('scaleway', { region: 'nl-ams' })).toMatchObject({ maxParts: 1_000 })
  })

  it('gives way to what the connection says itself', async () => {
    const settings = { preset: 'cos', region: 'ap-guangzhou', addressing: 'path' } as const
    expect(await listingWith(settings)).toMatchObject({ origin: 'https://cos.ap-guangzhou.myqcloud.com', path: '/lake' })
  })

  it.each([
    [{ preset: 'r2' }, 's3.endpoint', 'Give the whole endpoint.'],
    [{ preset: 'wasabi' }, 's3.endpoint', 'Give the region.'],
    [{ preset: 'minio' }, 's3.endpoint', 'endpoint'],
    [{ preset: 'r2', endpoint: 'https://minio.example.com' }, 's3.endpoint', 'Leave the preset out'],
    [{ preset: 'floppy', endpoint: 'https://minio.example.com' }, 's3.preset', 'minio, ceph, r2'],
  ] as const)('refuses %j', (settings, reason, remedy) => {
    expect(() => parseEndpoint(settings)).toThrowError(expect.objectContaining({ reason, remedy: expect.stringContaining(remedy) }))
  })

  it('is not guessed of a host that only looks like one', () => {
    for (const endpoint of [
      'https://evil-r2.cloudflarestorage.com.example',
      'https://s3.eu-central-1.wasabisys.com.example',
      'https://a.example',
    ])
      expect(presetOf({ endpoint })).toBe(ANY_STORE)
  })

  it('has a name, hosts that its own endpoint fits, and says what its admin does', () => {
    expect(new Set(S3_PRESETS.map(({ id }) => id)).size).toBe(S3_PRESETS.length)
    for (const { id, endpoint, hosts, grants, token } of S3_PRESETS) {
      expect([endpoint === undefined, hosts === undefined], id).toEqual([endpoint === undefined, endpoint === undefined])
      expect(grants === 'token', id).toBe(token !== undefined)
    }
  })
})
