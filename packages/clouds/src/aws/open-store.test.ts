import type { Connection, HttpRequest, Lease, Location } from '@sluice/core'
import { expect, it } from 'vitest'
import { createRegionMemory } from '../store/region-memory.ts'
import { openAwsStore } from './open-store.ts'

const never = new AbortController().signal
const location: Location = { cloud: 'aws', bucket: 'lake', prefix: '', extent: 'bucket' }
const lease: Lease = { id: 'l', scope: { location, access: ['list'] }, narrowed: false, expiresAt: Infinity, secret: { kind: 'anonymous' } }

/** The hosts asked when a public bucket is listed, given what is remembered of its name. */
async function hostsAsked(remembered: string, region?: string): Promise<readonly string[]> {
  const asked: string[] = []
  const transport = (request: HttpRequest) => {
    asked.push(request.url.host)
    const text = '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>'
    return Promise.resolve({
      status: 200,
      headers: {},
      body: (async function* () {
        yield new TextEncoder().encode(text)
      })(),
    })
  }
  const regions = createRegionMemory()
  regions.set('lake', remembered)
  const deps = {
    transport,
    clock: { now: () => 0, sleep: () => Promise.resolve() },
    random: { bytes: (length: number) => new Uint8Array(length), fraction: () => 0 },
    platform: () => ({ regions: [], egressAddresses: [] }),
    platformCredentials: {},
  }
  const connection: Connection = {
    id: 'conn_a',
    organization: 'o',
    project: 'p',
    name: 'public',
    description: '',
    labels: {},
    cloud: 'aws',
    auth: { method: 'none', fields: {} },
    locations: [location],
    purposes: ['import'],
    access: ['list', 'read'],
    settings: {},
    state: 'waiting',
    createdAt: '',
    updatedAt: '',
    version: 1,
  }
  const place = region === undefined ? location : { ...location, region }
  await openAwsStore(deps, regions, connection, place, () => Promise.resolve(lease)).listPage({ prefix: '' }, never)
  return asked
}

it('asks where the bucket is remembered to be', async () => {
  expect(await hostsAsked('eu-west-1')).toEqual(['lake.s3.eu-west-1.amazonaws.com'])
  expect(await hostsAsked('cn-northwest-1', 'cn-north-1')).toEqual(['lake.s3.cn-northwest-1.amazonaws.com.cn'])
})

it("does not take another partition's bucket of the same name for it", async () => {
  expect(await hostsAsked('cn-north-1')).toEqual(['lake.s3.us-east-1.amazonaws.com'])
  expect(await hostsAsked('us-west-2', 'cn-north-1')).toEqual(['lake.s3.cn-north-1.amazonaws.com.cn'])
})
