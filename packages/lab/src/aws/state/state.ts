import type { Clock, Random } from '@sluice/core'
import type { Issuers } from '../../oidc/issuers.ts'
import { eventualMap } from '../../state/eventual.ts'
import { hexId } from './ids.ts'
import type { Account, AwsState } from './types.ts'

/** An AWS without accounts. */
export function emptyState(clock: Clock, random: Random, issuers: Issuers): AwsState {
  return {
    clock,
    random,
    issuers,
    accounts: new Map(),
    sessions: new Map(),
    buckets: new Map(),
    uploads: new Map(),
    accessPoints: new Map(),
    directoryBuckets: new Map(),
    keys: new Map(),
    compiled: new WeakMap(),
    memberships: new Map(),
    network: undefined,
    iamDelayMs: 0,
  }
}

/** Adds an account, or gives the one there is. */
export function ensureAccount(state: AwsState, id: string, name?: string): Account {
  const existing = state.accounts.get(id)
  if (existing) return existing
  if (!/^\d{12}$/.test(id)) throw new TypeError(`An AWS account id has twelve digits: ${id}`)
  const account: Account = {
    id,
    name: name ?? `account-${id}`,
    canonicalId: hexId(state.random, 32),
    suspended: false,
    users: eventualMap(state.clock),
    roles: eventualMap(state.clock),
    policies: new Map(),
    accessKeys: new Map(),
    oidcProviders: new Map(),
    stsInactive: new Set(),
  }
  state.accounts.set(id, account)
  return account
}
