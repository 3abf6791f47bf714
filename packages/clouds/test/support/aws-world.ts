import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type {
  Cloud,
  Clock,
  Connection,
  Lease,
  LeaseScope,
  Location,
  ObjectStore,
  PolicyDocument,
  PresignedRequest,
  Random,
} from '@sluice/core'
import { connectionSubject } from '@sluice/core'
import { type Lab, startLab } from '@sluice/lab'
import { type CloudDeps, type PooledTransport, type TransportOptions, createClouds, createTransport } from '../../src/index.ts'
import { createTestIssuer } from './test-issuer.ts'

export const PLATFORM_ACCOUNT = '123456789012'
export const CUSTOMER_ACCOUNT = '987654321987'
export const PLATFORM_ROLE = `arn:aws:iam::${PLATFORM_ACCOUNT}:role/sluice`
export const CUSTOMER_ROLE = `arn:aws:iam::${CUSTOMER_ACCOUNT}:role/lake-test`
/** Trusts the tokens of `connectionWith()`. */
export const OIDC_ROLE = `arn:aws:iam::${CUSTOMER_ACCOUNT}:role/lake-oidc`
export const BUCKET = 'test-bucket-123'
export const EXTERNAL_ID = 'my-external-id-123'

export const never = new AbortController().signal

/** Real time whose waits are counted instead of waited for. */
export function impatientClock(): Clock & { readonly waits: number[] } {
  const waits: number[] = []
  return {
    waits,
    now: () => Date.now(),
    sleep: async (ms, signal) => {
      waits.push(ms)
      await delay(0, undefined, { signal })
    },
  }
}

export const random: Random = { bytes: (length) => randomBytes(length), fraction: () => 0.5 }

/** The lab with a platform role, a customer's role that trusts it, and a bucket; and the clouds that reach it by route. */
export interface AwsWorld {
  readonly lab: Lab
  readonly deps: CloudDeps
  readonly clock: ReturnType<typeof impatientClock>
  readonly transport: PooledTransport
  readonly aws: Cloud
  readonly s3: Cloud
  close(): Promise<void>
}

export async function startAwsWorld(
  options: { readonly transport?: TransportOptions; readonly bucketRegion?: string } = {},
): Promise<AwsWorld> {
  const lab = await startLab()
  const allow = (actions: readonly string[], resource: string): PolicyDocument => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: actions, Resource: resource }],
  })
  lab.aws.putRole(PLATFORM_ACCOUNT, {
    name: 'sluice',
    trust: allowedTo({ Service: 'ec2.amazonaws.com' }),
    policies: { assume: allow(['sts:AssumeRole'], '*') },
  })
  lab.aws.putRole(CUSTOMER_ACCOUNT, {
    name: 'lake-test',
    trust: allowedTo({ AWS: PLATFORM_ROLE }, { StringEquals: { 'sts:ExternalId': EXTERNAL_ID } }),
    policies: { data: allow(['s3:*'], '*'), keys: allow(['kms:Decrypt', 'kms:GenerateDataKey'], '*') },
  })
  lab.aws.createBucket(CUSTOMER_ACCOUNT, { name: BUCKET, region: options.bucketRegion ?? 'us-west-2' })
  const issuer = await createTestIssuer()
  lab.trustIssuer(issuer.url, issuer.keys)
  const issuerHost = new URL(issuer.url).host
  lab.aws.putRole(CUSTOMER_ACCOUNT, {
    name: 'lake-oidc',
    trust: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Federated: lab.aws.putOidcProvider(CUSTOMER_ACCOUNT, { url: issuer.url, clientIds: ['sts.amazonaws.com'] }) },
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: {
            StringEquals: {
              [`${issuerHost}:aud`]: 'sts.amazonaws.com',
              [`${issuerHost}:sub`]: connectionSubject(connectionWith()),
            },
          },
        },
      ],
    },
    policies: { data: allow(['s3:*'], '*'), keys: allow(['kms:Decrypt', 'kms:GenerateDataKey'], '*') },
  })
  const session = lab.aws.issueSession(PLATFORM_ROLE)
  const clock = impatientClock()
  const transport = createTransport({ routes: lab.routes, ...options.transport })
  const deps: CloudDeps = {
    transport,
    clock,
    random,
    platform: () => ({
      aws: { principalArn: PLATFORM_ROLE, accountId: PLATFORM_ACCOUNT, trust: 'principal', partition: 'aws', stsRegion: 'us-east-1' },
      issuer: { url: issuer.url },
      regions: ['us-west-2'],
      egressAddresses: [],
    }),
    platformCredentials: { aws: async () => session },
    issuer: issuer.issue,
  }
  const clouds = createClouds(deps)
  const pick = (id: string): Cloud => {
    const found = clouds.find((cloud) => cloud.id === id)
    if (found === undefined) throw new Error(`no cloud ${id}`)
    return found
  }
  return {
    lab,
    deps,
    clock,
    transport,
    aws: pick('aws'),
    s3: pick('s3'),
    close: async () => {
      transport.close()
      await lab.close()
    },
  }
}

function allowedTo(principal: { readonly [kind: string]: string }, condition?: PolicyDocument): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole', ...(condition ? { Condition: condition } : {}) }],
  }
}

/** A connection by role to the world's bucket, with what a test changes about it. */
export function connectionWith(changes: Partial<Connection> = {}): Connection {
  return {
    id: 'conn_aaaaaaaaaaaaaaaaaaaa',
    organization: 'org',
    project: 'project',
    name: 'lake',
    description: '',
    labels: {},
    cloud: 'aws',
    auth: { method: 'role', fields: { roleArn: CUSTOMER_ROLE }, externalId: { kind: 'chosen', value: EXTERNAL_ID } },
    locations: [],
    purposes: ['backup'],
    access: ['list', 'read', 'write', 'delete'],
    settings: {},
    state: 'waiting',
    createdAt: '2026-11-22T00:00:00.000Z',
    updatedAt: '2026-11-22T00:00:00.000Z',
    version: 1,
    ...changes,
  }
}

/** Opens a location with a lease made once, as a job does. */
export async function openWithLease(
  cloud: Cloud,
  connection: Connection,
  location: Location,
  access: LeaseScope['access'] = ['list', 'read', 'write', 'delete'],
  secret?: { readonly [field: string]: string },
): Promise<{ readonly store: ObjectStore; readonly lease: Lease }> {
  const lease = await cloud.lease({ connection, ...(secret ? { secret } : {}) }, { location, access }, 3_600, never)
  return { lease, store: cloud.open(connection, location, async () => lease) }
}

/** Sends a presigned request as a stranger would, through the routes to the lab. */
export function sendPresigned(transport: PooledTransport) {
  return async (request: PresignedRequest, body?: Uint8Array): Promise<{ readonly status: number; readonly bytes: Uint8Array }> => {
    const response = await transport(
      { method: request.method, url: new URL(request.url), headers: request.headers, operation: 'stranger', ...(body ? { body } : {}) },
      never,
    )
    const pieces: Uint8Array[] = []
    for await (const piece of response.body) pieces.push(piece)
    return { status: response.status, bytes: Uint8Array.from(Buffer.concat(pieces)) }
  }
}
