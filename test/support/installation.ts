import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import {
  type AwsCredentials,
  type CloudDeps,
  type PooledTransport,
  type TransportOptions,
  createClouds,
  createTransport,
  createObservedClouds,
} from '@sluice/clouds'
import type { Clock, MetadataStore, Platform, Random, Transport } from '@sluice/core'
import { createEngines } from '@sluice/engines'
import { type Lab, type LabSeed, startLab } from '@sluice/lab'
import {
  type Caller,
  type Connections,
  type Diagnoses,
  type Issuer,
  type Leases,
  type ServiceDeps,
  type Setups,
  type Sql,
  type Stages,
  type Validations,
  createConnections,
  createDiagnoses,
  createIssuer,
  createLeases,
  createSetups,
  createSql,
  createStages,
  createValidations,
} from '@sluice/service'
import { openStore } from '@sluice/store'
import { startIssuerServer } from './issuer-server.ts'

/** The accounts, the role and the bucket of the documents' examples. */
export const PLATFORM_ACCOUNT = '123456789012'
export const CUSTOMER_ACCOUNT = '987654321987'
export const PRINCIPAL = `arn:aws:iam::${PLATFORM_ACCOUNT}:role/xxxxxxx/tnabcdefg/xxxxxxx-tnabcdefg`
export const BUCKET = 'test-bucket-123'
/** Our own account and user in Alibaba Cloud. */
export const PLATFORM_ALIYUN_ACCOUNT = '1234567890123456'
export const PLATFORM_ALIYUN_USER = `acs:ram::${PLATFORM_ALIYUN_ACCOUNT}:user/sluice`
/** Our own account in Google Cloud, for the one project of the installation. */
export const PLATFORM_GCP_ACCOUNT = 'sluice-project@sluice-platform.iam.gserviceaccount.com'
/** The tenant that the installation's managed identity is of, and its customers' storage accounts. */
export const AZURE_TENANT = '11111111-1111-4111-8111-111111111111'
/** Where the clouds find the installation as OpenID Connect issuer. */
export const ISSUER = 'https://sluice.example.com'

/** A clock that moves only when somebody sleeps on it. */
export function steppedClock(start = Date.UTC(2026, 10, 22)): Clock & { advance(ms: number): void } {
  let now = start
  return {
    now: () => now,
    advance: (ms) => {
      now += ms
    },
    sleep: (ms, signal) => {
      signal.throwIfAborted()
      now += ms
      return Promise.resolve()
    },
  }
}

/** Queries run in real time. */
const realClock: Clock = { now: () => Date.now(), sleep: (ms, signal) => setTimeout(ms, undefined, { signal }) }

/** A Sluice on its lab, in this process, with a clock that waits for nobody. */
export interface Installation {
  readonly lab: Lab
  readonly clock: Clock & { advance(ms: number): void }
  readonly store: MetadataStore
  readonly connections: Connections
  readonly setups: Setups
  readonly validations: Validations
  /** Validations by a Sluice that has just started, each of whose requests passes through `layer`. */
  validationsThrough(layer: (transport: Transport) => Transport): Validations
  readonly diagnoses: Diagnoses
  readonly leases: Leases
  readonly stages: Stages
  readonly sql: Sql
  readonly issuer: Issuer
  /** Where queries keep their files while they run. */
  readonly cacheDirectory: string
  readonly caller: Caller
  readonly deps: ServiceDeps
  close(): Promise<void>
}

export interface InstallationOptions {
  readonly seed?: LabSeed
  readonly platform?: Partial<Platform>
  readonly transport?: Pick<TransportOptions, 'responseTimeoutMs' | 'idleTimeoutMs' | 'resolve'>
  /** What each of our own requests passes through. */
  readonly layer?: (transport: Transport) => Transport
  /** The clouds' own clock, made of ours: one that is off. */
  readonly labClock?: (own: Clock) => Clock
  /** Leave AWS's hosts to the resolver instead of sending them to the lab. */
  readonly withoutRoutes?: boolean
}

export async function startInstallation(options: InstallationOptions = {}): Promise<Installation> {
  const clock = steppedClock()
  const random: Random = { bytes: (length) => randomBytes(length), fraction: () => 0 }
  const issuerServer = await startIssuerServer(() => issuer)
  const lab = await startLab({
    clock: options.labClock?.(clock) ?? clock,
    issuers: { [ISSUER]: issuerServer.url },
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  })
  lab.aws.putRole(PLATFORM_ACCOUNT, {
    name: 'xxxxxxx-tnabcdefg',
    path: '/xxxxxxx/tnabcdefg/',
    trust: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    },
    policies: { assume: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }] } },
    maxSessionDuration: 43_200,
  })
  const own = lab.aws.issueSession(PRINCIPAL, { sessionName: 'sluice', seconds: 43_200 })
  const credentials: AwsCredentials = {
    accessKeyId: own.accessKeyId,
    secretAccessKey: own.secretAccessKey,
    ...(own.sessionToken === undefined ? {} : { sessionToken: own.sessionToken }),
  }
  lab.aliyun.putUser(PLATFORM_ALIYUN_ACCOUNT, { name: 'sluice', attached: ['AliyunSTSAssumeRoleAccess'] })
  const ownKey = lab.aliyun.createAccessKey(PLATFORM_ALIYUN_ACCOUNT, 'sluice')
  lab.gcp.putServiceAccount('sluice-platform', { id: 'sluice-project' })
  const identity = lab.azure.createManagedIdentity({ name: 'sluice', tenantId: AZURE_TENANT })
  const platform: Platform = {
    azure: { clientId: identity.clientId, objectId: identity.principalId, tenantId: AZURE_TENANT },
    aws: { principalArn: PRINCIPAL, accountId: PLATFORM_ACCOUNT, trust: 'principal', partition: 'aws', stsRegion: 'us-west-2' },
    gcp: { serviceAccount: PLATFORM_GCP_ACCOUNT.replace('project@', '{project}@') },
    aliyun: { principalArn: PLATFORM_ALIYUN_USER, accountId: PLATFORM_ALIYUN_ACCOUNT, stsRegion: 'cn-hangzhou' },
    issuer: { url: ISSUER },
    regions: ['us-west-2'],
    egressAddresses: ['192.0.2.0/28'],
    ...options.platform,
  }
  const pool: PooledTransport = createTransport({
    ...(options.withoutRoutes === true ? {} : { routes: lab.routes }),
    responseTimeoutMs: 10_000,
    ...options.transport,
  })
  const transport = options.layer?.(pool) ?? pool
  const store = await openStore({ url: 'sqlite::memory:', masterKey: randomBytes(32), clock, random })
  const mode = { multiOrganization: false }
  const issuer = createIssuer({ store, clock, random, platform: () => platform, mode })
  const cloudDeps: CloudDeps = {
    transport,
    clock,
    random,
    platform: () => platform,
    platformCredentials: {
      aws: () => Promise.resolve(credentials),
      aliyun: () => Promise.resolve(ownKey),
      gcp: (email) =>
        Promise.resolve({ token: lab.gcp.issueToken({ kind: 'service-account', email }), expiresAt: clock.now() + 3_600_000 }),
      azure: async () => ({
        token: lab.azure.issueAccessToken({ principalId: identity.principalId, tenantId: AZURE_TENANT }),
        expiresAt: clock.now() + 3_600_000,
      }),
    },
    issuer: issuer.issue,
  }
  const clouds = createClouds(cloudDeps)
  const caller: Caller = { organization: 'org', project: 'project', actor: 'system', requestId: 'req_test' }
  await store.organizations.ensure({ id: 'org', name: 'Org' })
  await store.projects.ensure({ id: 'project', organization: 'org', name: 'Project' })
  const deps: ServiceDeps = { store, clouds, clock, random, platform: () => platform, mode }
  const leases = createLeases(deps)
  const connections = createConnections(deps, leases)
  const stages = createStages({ ...deps, leases })
  const cacheDirectory = mkdtempSync(join(tmpdir(), 'sluice-test-'))
  const diagnoses = createDiagnoses({ ...deps, observedClouds: createObservedClouds(cloudDeps) }, leases)
  const [engine] = createEngines({ cacheDirectory, clock: realClock, random, workers: 2 })
  return {
    lab,
    clock,
    store,
    connections,
    leases,
    stages,
    sql: createSql({ ...deps, connections, stages, leases, engine, diagnoses }),
    cacheDirectory,
    setups: createSetups(deps),
    validations: createValidations({ ...deps, diagnoses }),
    validationsThrough: (layer) =>
      createValidations({ ...deps, diagnoses, clouds: createClouds({ ...cloudDeps, transport: layer(transport) }) }),
    diagnoses,
    issuer,
    caller,
    deps,
    close: async () => {
      await engine.close()
      rmSync(cacheDirectory, { recursive: true, force: true })
      pool.close()
      await store.close()
      await lab.close()
      await issuerServer.close()
    },
  }
}
