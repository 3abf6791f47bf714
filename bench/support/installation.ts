import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createClouds, createTransport, createObservedClouds, type AliyunCredentials, type AwsCredentials } from '@sluice/clouds'
import type { Clock, Cloud, Connection, Platform, Random } from '@sluice/core'
import { createEngines } from '@sluice/engines'
import {
  createConnections,
  createDiagnoses,
  createLeases,
  createSetups,
  createSql,
  createStages,
  createValidations,
  type Caller,
  type Connections,
  type Diagnoses,
  type Leases,
  type ServiceDeps,
  type Setups,
  type Sql,
  type Validations,
} from '@sluice/service'
import { openStore } from '@sluice/store'
import type { RemoteLab } from '../lab/remote-lab.ts'

export const CUSTOMER_ACCOUNT = '987654321987'
export const BUCKET = 'test-bucket-123'
export const REGION = 'us-west-2'
export const ALIYUN_CUSTOMER = '9876543210987654'
const ALIYUN_PLATFORM = '1234567890123456'
export const GCP_ACCOUNT = 'sluice-bench@sluice-platform.iam.gserviceaccount.com'
const PLATFORM_ACCOUNT = '123456789012'
const PRINCIPAL = `arn:aws:iam::${PLATFORM_ACCOUNT}:role/sluice`

/** Sluice in this process, wired as the server wires it, with its metadata in a file and its cloud in the lab. */
export interface Installation {
  readonly cloud: Cloud
  readonly caller: Caller
  readonly connections: Connections
  readonly setups: Setups
  readonly validations: Validations
  readonly leases: Leases
  readonly sql: Sql
  /** Metadata, caches and downloads go here. */
  readonly folder: string
  /** Another set of leases with nothing in its cache. */
  newLeases(): Leases
  /** Another use case of diagnosis, which has diagnosed nothing yet. */
  newDiagnoses(): Diagnoses
  close(): Promise<void>
}

const clock: Clock = { now: () => Date.now(), sleep: (ms, signal) => delay(ms, undefined, { signal }) }
const random: Random = { bytes: (length) => randomBytes(length), fraction: () => Math.random() }

export async function startInstallation(lab: RemoteLab, folder: string): Promise<Installation> {
  const identity = await lab.call('createManagedIdentity', 'sluice')
  const platform: Platform = {
    aws: { principalArn: PRINCIPAL, accountId: PLATFORM_ACCOUNT, trust: 'account', partition: 'aws', stsRegion: REGION },
    azure: { clientId: identity.clientId, objectId: identity.principalId, tenantId: '11111111-1111-4111-8111-111111111111' },
    aliyun: { principalArn: `acs:ram::${ALIYUN_PLATFORM}:user/sluice`, accountId: ALIYUN_PLATFORM, stsRegion: 'cn-beijing' },
    gcp: { serviceAccount: GCP_ACCOUNT },
    regions: [REGION],
    egressAddresses: [],
  }
  const credentials = await identityIn(lab)
  const ownKey = await aliyunIdentityIn(lab)
  const ownToken = await gcpIdentityIn(lab)
  const transport = createTransport({ routes: lab.routes })
  const cloudDeps = {
    transport,
    clock,
    random,
    platform: () => platform,
    platformCredentials: {
      aws: () => Promise.resolve(credentials),
      aliyun: () => Promise.resolve(ownKey),
      gcp: () => Promise.resolve({ token: ownToken, expiresAt: Date.now() + 3_600_000 }),
      azure: async () => ({
        token: await lab.call('issueStorageToken', identity.principalId),
        expiresAt: Date.now() + 3_600_000,
      }),
    },
  }
  const clouds = createClouds(cloudDeps)
  const [cloud] = clouds
  if (cloud === undefined) throw new Error('There is no cloud')
  const store = await openStore({ url: `sqlite:${join(folder, 'sluice.db')}`, masterKey: randomBytes(32), clock, random })
  await store.organizations.ensure({ id: 'bench', name: 'bench' })
  await store.projects.ensure({ id: 'bench', organization: 'bench', name: 'bench' })
  const deps: ServiceDeps = { store, clouds, clock, random, platform: () => platform, mode: { multiOrganization: false } }
  const leases = createLeases(deps)
  const connections = createConnections(deps, leases)
  const stages = createStages({ ...deps, leases })
  const newDiagnoses = () => createDiagnoses({ ...deps, observedClouds: createObservedClouds(cloudDeps) }, leases)
  const diagnoses = newDiagnoses()
  const [engine] = createEngines({ cacheDirectory: join(folder, 'cache'), clock, random })
  return {
    cloud,
    caller: { organization: 'bench', project: 'bench', actor: 'system', requestId: 'req_bench' },
    connections,
    setups: createSetups(deps),
    validations: createValidations({ ...deps, diagnoses }),
    leases,
    sql: createSql({ ...deps, connections, stages, leases, engine, diagnoses }),
    folder,
    newLeases: () => createLeases(deps),
    newDiagnoses,
    async close() {
      await engine.close()
      transport.close()
      await store.close()
    },
  }
}

async function identityIn(lab: RemoteLab): Promise<AwsCredentials> {
  await lab.call('putRole', PLATFORM_ACCOUNT, {
    name: 'sluice',
    trust: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    },
    policies: { assume: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }] } },
  })
  const { accessKeyId, secretAccessKey, sessionToken } = await lab.call('issueSession', PRINCIPAL)
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) }
}

async function aliyunIdentityIn(lab: RemoteLab): Promise<AliyunCredentials> {
  await lab.call('putAliyunUser', ALIYUN_PLATFORM, { name: 'sluice', attached: ['AliyunSTSAssumeRoleAccess'] })
  return lab.call('createAliyunKey', ALIYUN_PLATFORM, 'sluice')
}

async function gcpIdentityIn(lab: RemoteLab): Promise<string> {
  return lab.call('issueGoogleToken', await lab.call('putServiceAccount', 'sluice-platform', 'sluice-bench'))
}

/** Connects an account of the lab as its admin would: applies the setup's own policies. Gives the connection and its role. */
export async function connect(
  lab: RemoteLab,
  { connections, setups, caller }: Installation,
  target: { readonly name: string; readonly accountId: string; readonly location: string },
): Promise<{ readonly connection: Connection; readonly roleArn: string }> {
  const roleName = `sluice-${target.name}`
  const { connection } = await connections.create(caller, {
    name: target.name,
    cloud: 'aws',
    method: 'role',
    auth: { accountId: target.accountId, roleName },
    locations: [target.location],
    purposes: ['import', 'backup'],
  })
  const { artifacts } = await setups.forConnection(caller, target.name, {})
  const document = (id: string) => JSON.parse(artifacts.find((artifact) => artifact.id === id)?.text ?? '')
  const roleArn = await lab.call('putRole', target.accountId, {
    name: roleName,
    trust: document('trust-policy'),
    policies: { access: document('permission-policy') },
  })
  return { connection, roleArn }
}
