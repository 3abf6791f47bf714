import { randomBytes } from 'node:crypto'
import { externalIdOf, type AuditEvent, type Clock, type MetadataStore, type Platform } from '@sluice/core'
import {
  createConnections,
  createLeases,
  createRotations,
  createSetups,
  type Caller,
  type ConnectionInput,
  type Connections,
  type Leases,
  type Rotations,
  type ServiceDeps,
  type Setups,
} from '@sluice/service'
import { openStore } from '@sluice/store'
import { createLeaseCloud, type LeaseCloud } from './lease-cloud.ts'

export const ROLE = 'arn:aws:iam::987654321987:role/lake-test'
export const PLATFORM: Platform = {
  aws: {
    principalArn: 'arn:aws:iam::123456789012:role/sluice',
    accountId: '123456789012',
    trust: 'principal',
    partition: 'aws',
    stsRegion: 'us-west-2',
  },
  regions: ['us-west-2'],
  egressAddresses: [],
}

/** The use cases over real metadata in memory and a cloud in memory, with a clock that only tests move. */
export interface Office {
  readonly store: MetadataStore
  readonly clock: Clock & { advance(ms: number): void }
  readonly lake: LeaseCloud
  readonly connections: Connections
  readonly leases: Leases
  readonly setups: Setups
  readonly rotations: Rotations
  readonly alpha: Caller
  readonly beta: Caller
  /** A connection by role that the cloud accepts. */
  trusted(caller: Caller, input?: Partial<ConnectionInput>): Promise<void>
  events(caller: Caller): Promise<readonly AuditEvent[]>
}

export async function createOffice(changes: Partial<ServiceDeps> = {}): Promise<Office> {
  let now = Date.UTC(2026, 10, 22)
  const clock = {
    now: () => now,
    advance: (ms: number) => void (now += ms),
    sleep: () => Promise.reject(new Error('nothing here waits')),
  }
  const random = { bytes: (length: number) => new Uint8Array(randomBytes(length)), fraction: () => 0.5 }
  const store = await openStore({ url: 'sqlite::memory:', masterKey: random.bytes(32), clock, random })
  const lake = createLeaseCloud(clock)
  const deps: ServiceDeps = {
    store,
    clouds: [lake.cloud],
    clock,
    random,
    platform: () => PLATFORM,
    mode: { multiOrganization: false },
    ...changes,
  }
  const leases = createLeases(deps)
  const connections = createConnections(deps, leases)
  const caller = (project: string): Caller => ({ organization: 'org', project, actor: `token:${project}`, requestId: 'req_1' })
  return {
    store,
    clock,
    lake,
    connections,
    leases,
    setups: createSetups(deps),
    rotations: createRotations(deps, leases),
    alpha: caller('alpha'),
    beta: caller('beta'),
    events: (who) => store.audit.list(who.project, { limit: 1_000 }),
    async trusted(who, input = {}) {
      const { connection } = await connections.create(who, roleInput(input))
      const externalId = externalIdOf(connection.auth)
      if (externalId === undefined) throw new Error('expected a role with an id')
      lake.roles.set(connection.auth.fields['roleArn'] ?? '', externalId)
    },
  }
}

export function roleInput(changes: Partial<ConnectionInput> = {}): ConnectionInput {
  return { name: 'lake', cloud: 'aws', method: 'role', auth: { roleArn: ROLE }, locations: ['s3://test-bucket-123/data/'], ...changes }
}

export const never = new AbortController().signal
