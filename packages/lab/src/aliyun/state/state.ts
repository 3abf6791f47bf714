import type { Clock, Random } from '@sluice/core'
import type { Issuers } from '../../oidc/issuers.ts'
import { eventualMap } from '../../state/eventual.ts'
import type { AliyunAccount, AliyunState } from './types.ts'

/** An Alibaba Cloud without accounts. */
export function emptyAliyun(clock: Clock, random: Random, issuers: Issuers): AliyunState {
  return {
    clock,
    random,
    issuers,
    accounts: new Map(),
    sessions: new Map(),
    buckets: new Map(),
    uploads: new Map(),
    keys: new Map(),
    nonces: new Map(),
    compiled: new WeakMap(),
    vpcPolicies: new Map(),
    origin: {},
    ramDelayMs: 0,
  }
}

/** Adds an account, or gives the one there is. */
export function ensureAliyunAccount(state: AliyunState, uid: string, name?: string): AliyunAccount {
  const existing = state.accounts.get(uid)
  if (existing) return existing
  if (!/^\d{6,20}$/.test(uid)) throw new TypeError(`The UID of an Alibaba Cloud account is a number: ${uid}`)
  const account: AliyunAccount = {
    uid,
    name: name ?? `account-${uid}`,
    users: eventualMap(state.clock),
    roles: eventualMap(state.clock),
    policies: new Map(),
    accessKeys: new Map(),
    oidcProviders: new Map(),
    controlPolicies: undefined,
    standing: 'good',
  }
  state.accounts.set(uid, account)
  return account
}
