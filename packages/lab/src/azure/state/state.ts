import type { Clock, Random } from '@sluice/core'
import { eventualMap } from '../../state/eventual.ts'
import { blobTable } from './blob-table.ts'
import type { AzureState, Container, StorageAccount } from './types.ts'

/** An Azure without tenants and accounts. */
export function emptyAzure(clock: Clock, random: Random): AzureState {
  return {
    clock,
    random,
    tenants: new Set(),
    applications: eventualMap(clock),
    identities: eventualMap(clock),
    assignments: eventualMap(clock),
    denials: new Map(),
    definitions: new Map(),
    accounts: new Map(),
    tokenSecret: random.bytes(32),
    propagationMs: 0,
    callerAddress: '127.0.0.1',
    callerProtocol: 'https',
    sequence: 0,
  }
}

/** A new container, not yet in its account. */
export function makeContainer(state: AzureState, name: string): Container {
  return {
    name,
    blobs: blobTable(),
    uncommitted: new Map(),
    etag: newEtag(state),
    lastModified: state.clock.now(),
    publicAccess: 'none',
    accessPolicies: [],
    metadata: {},
    acls: new Map(),
    immutable: undefined,
  }
}

/** The id by which role assignments name an account, or a container of it. */
export function resourceId(account: StorageAccount, container?: string): string {
  const id = `/subscriptions/${account.subscriptionId}/resourceGroups/${account.resourceGroup}/providers/Microsoft.Storage/storageAccounts/${account.name}`
  return container === undefined ? id : `${id}/blobServices/default/containers/${container}`
}

/** An etag as Azure writes them, never given twice. */
export function newEtag(state: AzureState): string {
  return `"0x8D${nextTick(state).toString(16).toUpperCase().padStart(13, '0').slice(-13)}"`
}

/** A version id: a time in tenths of microseconds, never given twice. */
export function newVersionId(state: AzureState): string {
  const tick = nextTick(state)
  const fraction = String(tick % 10_000_000n).padStart(7, '0')
  return new Date(Number(tick / 10_000n)).toISOString().replace(/\.\d+Z$/, `.${fraction}Z`)
}

function nextTick(state: AzureState): bigint {
  state.sequence += 1
  return BigInt(state.clock.now()) * 10_000n + BigInt(state.sequence % 10_000)
}
