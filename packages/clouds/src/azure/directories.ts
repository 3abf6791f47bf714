import { type Connection, isAccessError } from '@sluice/core'
import type { CloudDeps } from '../deps.ts'
import { discard } from '../http/body.ts'
import { retry } from '../http/retry.ts'
import { encodeKey } from '../store/encoding.ts'
import { send } from './call.ts'
import { type DelegationKey, signDelegationSas } from './sas-sign.ts'

/** Which storage accounts take a SAS that is for a directory. */
export interface DirectorySupport {
  /** Whether the account does, tried out with a key of ours where it is not known. */
  takes(connection: Connection, account: string, container: string, key: DelegationKey, signal: AbortSignal): Promise<boolean>
}

/** What was found is found again after so long: Azure brings it to accounts one by one, and an account can be given a hierarchical namespace. */
const REMEMBERED_MS = 3_600_000
const LIMIT = 10_000

/**
 * Finds out by trying: a SAS for a directory that nobody has, to read a blob that is not there. An account that does not take such a SAS
 * says that the signature does not hold; one that takes it answers the question, or refuses it for want of permission.
 */
export function createDirectorySupport(deps: CloudDeps): DirectorySupport {
  const known = new Map<string, { readonly takes: boolean; readonly until: number }>()
  return {
    takes: async (connection, account, container, key, signal) => {
      // By connection too: what one's broken credential makes of an account is nothing to another.
      const name = JSON.stringify([connection.id, account])
      const found = known.get(name)
      if (found !== undefined && found.until > deps.clock.now()) return found.takes
      const takes = await retry(() => tryOut(deps, connection, account, container, key, signal), deps, signal)
      known.delete(name)
      known.set(name, { takes, until: deps.clock.now() + REMEMBERED_MS })
      const oldest = known.size > LIMIT ? known.keys().next().value : undefined
      if (oldest !== undefined) known.delete(oldest)
      return takes
    },
  }
}

const TRIAL_MS = 300_000

async function tryOut(
  deps: CloudDeps,
  connection: Connection,
  account: string,
  container: string,
  key: DelegationKey,
  signal: AbortSignal,
): Promise<boolean> {
  const directory = `sluice-nothing-${Array.from(deps.random.bytes(8), (byte) => byte.toString(16).padStart(2, '0')).join('')}`
  const expiresAt = Math.min(key.expiresAt, deps.clock.now() + TRIAL_MS)
  const query = signDelegationSas({ account, container, target: { kind: 'directory', path: directory }, permissions: 'r', expiresAt }, key)
  try {
    const response = await send(
      { account, transport: deps.transport, clock: deps.clock, tenant: connection.id },
      {
        // By a name of its own: what it is refused for says nothing of the customer's blobs.
        operation: 'TryDirectorySas',
        method: 'GET',
        path: `/${container}/${encodeKey(`${directory}/nothing`)}`,
        subject: `container ${container}`,
        aboutBlob: true,
      },
      { secret: { kind: 'sas', query } },
      signal,
    )
    await discard(response)
    return true
  } catch (error) {
    if (!isAccessError(error)) throw error
    if (error.reason === 'object.missing' || error.reason === 'bucket.missing' || error.reason === 'azure.denied') return true
    // Services that do not know the version of the SAS say so with a 400.
    if (error.reason === 'azure.credential.rejected' || error.provider?.status === 400) return false
    throw error
  }
}
