import { type Connection, accessError, isAccessError } from '@sluice/core'
import type { CloudDeps } from '../deps.ts'
import { readText } from '../http/body.ts'
import { childText, parseXml } from '../http/xml.ts'
import { retry } from '../http/retry.ts'
import { send } from './call.ts'
import { type DelegationKey, sasTime } from './sas-sign.ts'
import { tokenFor } from './identity.ts'

/** The keys by which leases are signed, each asked for once and kept until it nears its end. */
export interface DelegationKeys {
  /** A key of the connection's identity for an account that lives at least `forMs` longer. */
  get(connection: Connection, account: string, forMs: number, signal: AbortSignal): Promise<DelegationKey>
}

/** A key serves leases for an hour and lives until the last of them has ended. Trust that was taken back ends with it at the latest. */
const KEY_MS = 2 * 3_600_000
const LIMIT = 10_000
const ANSWER_LIMIT = 64 * 1024

export function createDelegationKeys(deps: CloudDeps): DelegationKeys {
  const kept = new Map<string, DelegationKey>()
  const asking = new Map<string, Promise<DelegationKey>>()

  const ask = (name: string, connection: Connection, account: string): Promise<DelegationKey> => {
    const begun = asking.get(name)
    if (begun !== undefined) return begun
    // Shared by callers that may leave at any time, so no single caller's signal ends it: the transport's time-outs do.
    const { signal } = new AbortController()
    const asked = retry(() => fetchKey(deps, connection, account, signal), deps, signal)
      .then((key) => {
        kept.delete(name)
        kept.set(name, key)
        const oldest = kept.size > LIMIT ? kept.keys().next().value : undefined
        if (oldest !== undefined) kept.delete(oldest)
        return key
      })
      .finally(() => asking.delete(name))
    asking.set(name, asked)
    return asked
  }

  return {
    get: async (connection, account, forMs, signal) => {
      const { tenantId = '', clientId = '' } = connection.auth.fields
      // Not by identity alone: that two connections have the same application does not make one's trust the other's.
      const name = JSON.stringify([connection.id, connection.auth.method, tenantId, clientId, account])
      const known = kept.get(name)
      if (known !== undefined && known.expiresAt - deps.clock.now() >= forMs) return known
      const key = await ask(name, connection, account)
      signal.throwIfAborted()
      return key
    },
  }
}

async function fetchKey(deps: CloudDeps, connection: Connection, account: string, signal: AbortSignal): Promise<DelegationKey> {
  const { token } = await tokenFor(deps, connection, signal)
  try {
    return await requestDelegationKey(deps, { account, token, tenant: connection.id }, signal)
  } catch (error) {
    if (!isAccessError(error) || error.reason !== 'azure.denied') throw error
    throw accessError('azure.delegation.refused', {
      message: `The identity of connection ${connection.name} may not ask the storage account ${account} for a user delegation key.`,
      ...(error.provider === undefined ? {} : { provider: error.provider }),
      cause: error,
    })
  }
}

/** Asks an account for a key of the identity whose token this is. https://learn.microsoft.com/rest/api/storageservices/get-user-delegation-key */
export async function requestDelegationKey(
  { transport, clock }: Pick<CloudDeps, 'transport' | 'clock'>,
  { account, token, tenant }: { readonly account: string; readonly token: string; readonly tenant: string },
  signal: AbortSignal,
): Promise<DelegationKey> {
  const now = clock.now()
  const body = `<?xml version="1.0" encoding="utf-8"?><KeyInfo><Start>${sasTime(now)}</Start><Expiry>${sasTime(now + KEY_MS)}</Expiry></KeyInfo>`
  const response = await send(
    { account, transport, clock, tenant },
    {
      operation: 'GetUserDelegationKey',
      method: 'POST',
      path: '/',
      query: { restype: 'service', comp: 'userdelegationkey' },
      headers: { 'content-type': 'application/xml' },
      body: new TextEncoder().encode(body),
      subject: `storage account ${account}`,
      aboutBlob: false,
    },
    { secret: { kind: 'bearer', token } },
    signal,
  )
  return readKey(await readText(response, ANSWER_LIMIT, 'GetUserDelegationKey'))
}

function readKey(text: string): DelegationKey {
  const root = parseXml(text)
  const field = (name: string): string => {
    const value = childText(root, name)
    if (value !== undefined && value !== '') return value
    throw accessError('network.protocol', { message: `The answer to GetUserDelegationKey has no ${name}.` })
  }
  const expiry = field('SignedExpiry')
  const expiresAt = Date.parse(expiry)
  if (Number.isNaN(expiresAt)) throw accessError('network.protocol', { message: 'The user delegation key does not say when it ends.' })
  return {
    objectId: field('SignedOid'),
    tenantId: field('SignedTid'),
    start: field('SignedStart'),
    expiry,
    service: field('SignedService'),
    version: field('SignedVersion'),
    value: field('Value'),
    expiresAt,
  }
}
