import { testObjectStore } from '@sluice/conformance'
import { Bucket, type LeaseScope, type Location } from '@sluice/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sessionPolicy } from '../src/aws/session-policy.ts'
import { type AssumedRole, assumeRole } from '../src/aws/sts.ts'
import { type CloudDeps, createClouds, createTransport } from '../src/index.ts'
import { signRequest } from '../src/s3-protocol/sign.ts'
import { connectionWith, impatientClock, never, random, sendPresigned } from './support/aws-world.ts'
import { type Rgw, startRgw } from './support/rgw.ts'

const BUCKET = 'test-bucket-123'
const reason = (name: string) => expect.objectContaining({ reason: name })

let rgw: Rgw
beforeAll(async () => {
  rgw = await startRgw()
  const { transport } = reach()
  const request = await signRequest(
    { method: 'PUT', origin: rgw.url, path: `/${BUCKET}`, query: {}, headers: {} },
    { service: 's3', region: 'us-east-1', credentials: rgw.credentials, now: Date.now() },
  )
  expect((await transport({ ...request, operation: 's3.CreateBucket' }, never)).status).toBe(200)
  transport.close()
})
afterAll(() => rgw.stop())

/** The clouds, allowed to call the gateway at its own address, and sent there for AWS's hosts. */
function reach() {
  const transport = createTransport({
    egress: { allowAddresses: ['127.0.0.1/32'] },
    routes: [{ host: '*.amazonaws.com', to: rgw.url }],
  })
  const deps: CloudDeps = {
    transport,
    clock: impatientClock(),
    random,
    platform: () => ({ regions: [], egressAddresses: [] }),
    platformCredentials: {},
  }
  const clouds = createClouds(deps)
  const pick = (id: string) => {
    const found = clouds.find((cloud) => cloud.id === id)
    if (found === undefined) throw new Error(`no cloud ${id}`)
    return found
  }
  const [aws, s3] = [pick('aws'), pick('s3')]
  return { transport, deps, aws, s3 }
}

const secret = { kind: 'aws', accessKeyId: 'ADMINKEY', secretAccessKey: 'adminsecret' } as const
const everything = ['list', 'read', 'write', 'delete'] as const

testObjectStore('s3 on the RADOS gateway', {
  open: async () => {
    const { transport, s3 } = reach()
    const connection = connectionWith({ cloud: 's3', settings: { endpoint: rgw.url, preset: 'ceph' } })
    const location = s3.parse(`s3://${BUCKET}/`)
    const lease = { id: 'lease', scope: { location, access: everything }, narrowed: false, expiresAt: Infinity, secret }
    return {
      store: s3.open(connection, location, async () => lease),
      prefix: 's3/',
      send: sendPresigned(transport),
      close: async () => transport.close(),
    }
  },
})

testObjectStore('aws on the RADOS gateway', {
  open: async () => {
    const { transport, aws } = reach()
    const connection = connectionWith({ settings: { region: 'us-east-1', addressing: 'path' } })
    const location = aws.parse(`s3://${BUCKET}/`)
    const lease = { id: 'lease', scope: { location, access: everything }, narrowed: false, expiresAt: Infinity, secret }
    return {
      store: aws.open(connection, location, async () => lease),
      prefix: 'aws/',
      send: sendPresigned(transport),
      close: async () => transport.close(),
    }
  },
})

describe('a session of a role of the gateway', () => {
  // Its roles have no account, their trust knows no external id, and its policies no ${*}.
  const roleArn = 'arn:aws:iam:::role/lake'
  const folder: Location = { cloud: 'aws', bucket: BUCKET, prefix: 'session/inside/', extent: 'folder' }
  let cloud: ReturnType<typeof reach>

  /** IAM's calls as the gateway takes them: a form, signed for the service it has. */
  async function iam(parameters: { readonly [name: string]: string }): Promise<number> {
    const body = new TextEncoder().encode(new URLSearchParams(parameters).toString().replaceAll('+', '%20'))
    const request = await signRequest(
      { method: 'POST', origin: rgw.url, path: '/', query: {}, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body },
      { service: 'iam', region: 'us-east-1', credentials: rgw.credentials, now: Date.now() },
    )
    return (await cloud.transport({ ...request, operation: 'iam' }, never)).status
  }

  function assume(policy: string | undefined): Promise<AssumedRole> {
    const caller = { transport: cloud.transport, clock: cloud.deps.clock, credentials: rgw.credentials, region: 'us-east-1' }
    return assumeRole(
      caller,
      { roleArn, sessionName: 'sluice-test', durationSeconds: 900, ...(policy === undefined ? {} : { policy }) },
      never,
    )
  }

  /** Our session policy, less the statements about KMS: the gateway refuses a policy that names an action it does not have. */
  function policyFor(access: LeaseScope['access']): string {
    const policy: { readonly Version: string; readonly Statement: readonly unknown[] } = JSON.parse(
      sessionPolicy({ location: folder, access }, {}, 'aws'),
    )
    const known = policy.Statement.filter((statement) => !JSON.stringify(statement).includes('kms:'))
    expect(known).not.toHaveLength(0)
    return JSON.stringify({ ...policy, Statement: known })
  }

  async function openWith(policy: string | undefined) {
    const { expiresAt, ...pair } = (await assume(policy)).credentials
    const connection = connectionWith({ settings: { region: 'us-east-1', addressing: 'path' } })
    const lease = {
      id: 'lease',
      scope: { location: folder, access: everything },
      narrowed: true,
      expiresAt,
      secret: { kind: 'aws', ...pair },
    } as const
    return cloud.aws.open(connection, folder, async () => lease)
  }

  beforeAll(async () => {
    cloud = reach()
    const document = (statement: object): string => JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
    const trust = document({ Effect: 'Allow', Principal: { AWS: ['arn:aws:iam:::user/admin'] }, Action: ['sts:AssumeRole'] })
    expect(await iam({ Action: 'CreateRole', RoleName: 'lake', Path: '/', AssumeRolePolicyDocument: trust })).toBe(200)
    const grant = document({ Effect: 'Allow', Action: ['s3:*'], Resource: ['arn:aws:s3:::*'] })
    expect(await iam({ Action: 'PutRolePolicy', RoleName: 'lake', PolicyName: 'all', PolicyDocument: grant })).toBe(200)
  })
  afterAll(() => cloud.transport.close())

  it('is narrowed by our session policy as by AWS: inside the folder only, for the accesses asked for only', async () => {
    const wide = await openWith(undefined)
    for (const key of ['session/inside/one', 'session/inside-2/one', 'session/other']) await wide.put(key, new Uint8Array(3), {}, never)

    const narrow = await openWith(policyFor(['list', 'read', 'write']))
    expect((await narrow.listPage({ prefix: folder.prefix }, never)).objects.map((object) => object.key)).toEqual(['session/inside/one'])
    expect((await narrow.get('session/inside/one', {}, never)).length).toBe(3)
    await narrow.put('session/inside/two', new Uint8Array(1), {}, never)
    const denied = reason('aws.denied')
    await expect(narrow.delete('session/inside/two', {}, never)).rejects.toThrowError(denied)
    await expect(narrow.get('session/inside-2/one', {}, never)).rejects.toThrowError(denied)
    await expect(narrow.put('session/other', new Uint8Array(1), {}, never)).rejects.toThrowError(denied)
    await expect(narrow.listPage({ prefix: 'session/' }, never)).rejects.toThrowError(denied)
    await expect(narrow.listPage({ prefix: '' }, never)).rejects.toThrowError(denied)
  })

  it('uploads in parts and cleans up after itself', async () => {
    const store = await openWith(policyFor(['read', 'write']))
    const body = (async function* () {
      for (let part = 0; part < 3; part++) yield new Uint8Array(5 * 1024 * 1024).fill(part)
    })()
    const bucket = new Bucket(store, folder)
    const info = await bucket.putStream('session/inside/parts', body, { partBytes: 5 * 1024 * 1024 }, never)
    expect(info.size).toBe(15 * 1024 * 1024)
    expect((await bucket.readAll('session/inside/parts', { range: { suffix: 2 }, maxBytes: 2 }, never)).bytes).toEqual(
      Uint8Array.from([2, 2]),
    )
  })

  it('is refused with a token that was tampered with, and with a wrong secret', async () => {
    const { credentials } = await assume(undefined)
    const connection = connectionWith({ settings: { region: 'us-east-1', addressing: 'path' } })
    const listWith = (changes: { readonly [field: string]: string }) => {
      const lease = {
        id: 'l',
        scope: { location: folder, access: everything },
        narrowed: true,
        expiresAt: Infinity,
        secret: { kind: 'aws', ...credentials, ...changes },
      } as const
      return cloud.aws.open(connection, folder, async () => lease).listPage({ prefix: folder.prefix }, never)
    }
    await expect(listWith({ secretAccessKey: 'wrong' })).rejects.toThrowError(reason('aws.key.signature'))
    await expect(listWith({ sessionToken: `${credentials.sessionToken.slice(0, -8)}AAAAAAA=` })).rejects.toMatchObject({
      code: expect.stringMatching(/denied|invalid/),
    })
  })
})
