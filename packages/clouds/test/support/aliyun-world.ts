import { type Cloud, type Connection, type JsonObject, type Platform, connectionSubject } from '@sluice/core'
import { type Lab, startLab } from '@sluice/lab'
import { type CloudDeps, type PooledTransport, type TransportOptions, createClouds, createTransport } from '../../src/index.ts'
import { connectionWith, impatientClock, random } from './aws-world.ts'
import { type TestIssuer, createTestIssuer } from './test-issuer.ts'

export const PLATFORM_UID = '1234567890123456'
export const CUSTOMER_UID = '9876543210987654'
export const PLATFORM_USER = `acs:ram::${PLATFORM_UID}:user/sluice`
export const CUSTOMER_ROLE = `acs:ram::${CUSTOMER_UID}:role/lake-test`
export const OIDC_ROLE = `acs:ram::${CUSTOMER_UID}:role/lake-oidc`
export const PROVIDER_NAME = 'sluice-sluice.example.com'
export const PROVIDER = `acs:ram::${CUSTOMER_UID}:oidc-provider/${PROVIDER_NAME}`
export const OSS_BUCKET = 'test-bucket-123'
export const OSS_REGION = 'cn-beijing'
export const EXTERNAL_ID = 'my-external-id-123'

/** The lab with a platform user, customer's roles that trust it and our issuer, a user with an AccessKey, and a bucket. */
export interface AliyunWorld {
  readonly lab: Lab
  readonly deps: CloudDeps
  readonly clock: ReturnType<typeof impatientClock>
  readonly transport: PooledTransport
  readonly issuer: TestIssuer
  readonly aliyun: Cloud
  /** Of the customer's user `loader`, who may do everything in OSS. */
  readonly keys: { readonly accessKeyId: string; readonly accessKeySecret: string }
  close(): Promise<void>
}

/** A policy of RAM with these statements. */
export function ramPolicy(...statements: readonly JsonObject[]): JsonObject {
  return { Version: '1', Statement: statements }
}

const EVERYTHING = ramPolicy({ Effect: 'Allow', Action: ['oss:*', 'kms:Decrypt', 'kms:GenerateDataKey'], Resource: '*' })

export function trustIn(principal: JsonObject, equals: JsonObject): JsonObject {
  return ramPolicy({ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole', Condition: { StringEquals: equals } })
}

export async function startAliyunWorld(options: { readonly transport?: TransportOptions } = {}): Promise<AliyunWorld> {
  const lab = await startLab()
  const { aliyun } = lab
  const issuer = await createTestIssuer()
  lab.trustIssuer(issuer.url, issuer.keys)
  aliyun.putUser(PLATFORM_UID, { name: 'sluice', attached: ['AliyunSTSAssumeRoleAccess'] })
  aliyun.putUser(CUSTOMER_UID, { name: 'loader', policies: { loader: EVERYTHING } })
  aliyun.putRole(CUSTOMER_UID, {
    name: 'lake-test',
    trust: trustIn({ RAM: [PLATFORM_USER] }, { 'sts:ExternalId': EXTERNAL_ID }),
    policies: { data: EVERYTHING },
  })
  aliyun.putOidcProvider(CUSTOMER_UID, { name: PROVIDER_NAME, issuer: issuer.url, clientIds: ['sts.aliyuncs.com'], fingerprints: [] })
  aliyun.putRole(CUSTOMER_UID, {
    name: 'lake-oidc',
    trust: trustIn(
      { Federated: [PROVIDER] },
      { 'oidc:iss': issuer.url, 'oidc:aud': 'sts.aliyuncs.com', 'oidc:sub': connectionSubject(connectionWith()) },
    ),
    policies: { data: EVERYTHING },
  })
  aliyun.createBucket(CUSTOMER_UID, { name: OSS_BUCKET, region: OSS_REGION })
  const ours = aliyun.createAccessKey(PLATFORM_UID, 'sluice')
  const clock = impatientClock()
  const transport = createTransport({ routes: lab.routes, ...options.transport })
  const deps: CloudDeps = {
    transport,
    clock,
    random,
    platform: () => PLATFORM,
    platformCredentials: { aliyun: () => Promise.resolve(ours) },
    issuer: issuer.issue,
  }
  return {
    lab,
    deps,
    clock,
    transport,
    issuer,
    aliyun: aliyunOf(deps),
    keys: aliyun.createAccessKey(CUSTOMER_UID, 'loader'),
    close: async () => {
      transport.close()
      await lab.close()
    },
  }
}

/** The cloud, made from these parts. */
export function aliyunOf(deps: CloudDeps): Cloud {
  const found = createClouds(deps).find((cloud) => cloud.id === 'aliyun')
  if (found === undefined) throw new Error('no cloud aliyun')
  return found
}

export const PLATFORM: Platform = {
  aliyun: { principalArn: PLATFORM_USER, accountId: PLATFORM_UID, stsRegion: 'cn-hangzhou' },
  issuer: { url: 'https://sluice.example.com' },
  regions: [OSS_REGION],
  egressAddresses: [],
}

/** How a connection of each method is authenticated in the world. */
export const ALIYUN_AUTH = {
  role: { method: 'role', fields: { roleArn: CUSTOMER_ROLE }, externalId: { kind: 'chosen', value: EXTERNAL_ID } },
  oidc: { method: 'oidc', fields: { roleArn: OIDC_ROLE, oidcProviderArn: PROVIDER } },
} as const satisfies { readonly [method: string]: Connection['auth'] }

/** A connection to the world's bucket, by role unless a test says otherwise. */
export function aliyunConnection(changes: Partial<Connection> = {}): Connection {
  return connectionWith({ cloud: 'aliyun', auth: ALIYUN_AUTH.role, ...changes })
}

/** A connection by the world's AccessKey, and its secret. */
export function keysConnection(world: AliyunWorld, changes: Partial<Connection> = {}) {
  const { accessKeyId, accessKeySecret } = world.keys
  const auth = { method: 'keys', fields: { accessKeyId }, secretId: 'secret_a' }
  return { connection: aliyunConnection({ auth, ...changes }), secret: { accessKeySecret } }
}
