import {
  type Access,
  type Connection,
  type Lease,
  type LeaseScope,
  type Location,
  type OpenConnection,
  accessError,
  parseSas,
} from '@sluice/core'
import type { CloudDeps } from '../deps.ts'
import { leaseId } from '../lease-id.ts'
import { accountOf } from './account.ts'
import { type DelegationKeys, createDelegationKeys } from './delegation-key.ts'
import { type DirectorySupport, createDirectorySupport } from './directories.ts'
import { type DelegationKey, type SasTarget, signDelegationSas } from './sas-sign.ts'
import { sasEnd } from './sas-token.ts'

/** What the cloud remembers between requests. */
export interface AzureMemory {
  readonly keys: DelegationKeys
  readonly directories: DirectorySupport
}

export function createAzureMemory(deps: CloudDeps): AzureMemory {
  return { keys: createDelegationKeys(deps), directories: createDirectorySupport(deps) }
}

/** A lease ends within the hour, like those of other clouds. */
const LONGEST_SECONDS = 3_600

/** Issues a lease: a user delegation SAS for just this place and these accesses, or the stored SAS or key as it is. */
export async function leaseAzure(
  deps: CloudDeps,
  memory: AzureMemory,
  open: OpenConnection,
  scope: LeaseScope,
  seconds: number,
  signal: AbortSignal,
): Promise<Lease> {
  const { connection } = open
  if (scope.access.length === 0) throw accessError('lease.no_access', { message: 'A lease that allows nothing was asked for.' })
  const account = accountOf(connection, scope.location)
  const id = leaseId(deps.random)
  if (connection.auth.method === 'sas' || connection.auth.method === 'account-key') return { id, scope, ...storedLease(open, account) }
  const ms = Math.floor(Math.min(seconds, LONGEST_SECONDS)) * 1_000
  const key = await memory.keys.get(connection, account, ms, signal)
  const target = await targetOf(memory, connection, scope.location, account, key, signal)
  const expiresAt = Math.floor((deps.clock.now() + ms) / 1_000) * 1_000
  const permissions = lettersOf(scope.access, target)
  const query = signDelegationSas({ account, container: scope.location.bucket, target, permissions, expiresAt }, key)
  const narrowed = scope.location.extent === 'bucket' || target.kind !== 'container'
  return {
    id,
    scope,
    narrowed,
    ...(narrowed
      ? {}
      : {
          reach: `The SAS reaches the whole container ${scope.location.bucket} of ${account}: this storage account takes none for a folder.`,
        }),
    expiresAt,
    secret: { kind: 'sas', query },
  }
}

function storedLease({ connection, secret }: OpenConnection, account: string): Pick<Lease, 'narrowed' | 'reach' | 'expiresAt' | 'secret'> {
  const { method } = connection.auth
  const field = method === 'sas' ? 'sasToken' : 'accountKey'
  const value = secret?.[field]
  if (value === undefined)
    throw accessError('auth.secret_missing', { message: `The secret of connection ${connection.name} is not there.` })
  const stored = { narrowed: false, secret: { kind: 'stored', secret: { [field]: value } } } as const
  if (method === 'account-key')
    return { ...stored, reach: `The key reaches everything in the storage account ${account}.`, expiresAt: Infinity }
  const parsed = parseSas(value)
  if (!parsed.ok)
    throw accessError('auth.secret_missing', { message: `The SAS of connection ${connection.name} cannot be read: ${parsed.problem}.` })
  const what =
    parsed.sas.kind === 'account'
      ? `every container of ${account}`
      : { c: 'its whole container', d: 'its whole directory', b: 'its blob', bs: 'its snapshot', bv: 'its version' }[parsed.sas.resource]
  const letters = parsed.sas.permissions ?? 'those of its stored access policy'
  return {
    ...stored,
    reach: `The SAS is handed to Azure as it was given: it reaches ${what} with the permissions ${letters}.`,
    expiresAt: sasEnd(parsed.sas) ?? Infinity,
  }
}

/** What the SAS of a scope is for. A folder that no SAS can be for is a part of its container, and the lease says so. */
async function targetOf(
  memory: AzureMemory,
  connection: Connection,
  { bucket, prefix, extent }: Location,
  account: string,
  key: DelegationKey,
  signal: AbortSignal,
): Promise<SasTarget> {
  if (extent === 'bucket') return { kind: 'container' }
  if (extent === 'object') return { kind: 'blob', name: prefix }
  const path = prefix.replace(/\/$/, '')
  // Azure counts the folders of a path by its slashes: of two in a row it is not said what they count for.
  if (path === '' || path.split('/').includes('')) return { kind: 'container' }
  return (await memory.directories.takes(connection, account, bucket, key, signal)) ? { kind: 'directory', path } : { kind: 'container' }
}

const LETTERS: { readonly [access in Access]: string } = { read: 'r', write: 'w', delete: 'd', list: 'l' }

/** Just the letters needed, in Azure's order. A single blob is not listed but looked at, which `r` covers and `e` alone allows. */
export function lettersOf(access: readonly Access[], target: Pick<SasTarget, 'kind'>): string {
  const wanted = (['read', 'write', 'delete', 'list'] as const).filter((one) => access.includes(one))
  if (target.kind !== 'blob' || !access.includes('list')) return wanted.map((one) => LETTERS[one]).join('')
  const others = wanted.filter((one) => one !== 'list').map((one) => LETTERS[one])
  return others.includes('r') ? others.join('') : `${others.join('')}e`
}
