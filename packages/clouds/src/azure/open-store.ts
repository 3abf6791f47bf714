import { type Access, type Connection, type Lease, type Location, type ObjectStore, type PresignedRequest, accessError } from '@sluice/core'
import type { CloudDeps } from '../deps.ts'
import { encodeKey } from '../store/encoding.ts'
import { checkBlobName } from './blob-name.ts'
import { accountOf } from './account.ts'
import type { AbortedUploads } from './blocks.ts'
import { blobOrigin } from './hosts.ts'
import type { AzureMemory } from './lease.ts'
import { createAzureStore } from './object-store.ts'
import { type SasGrant, signDelegationSas, signServiceSas } from './sas-sign.ts'

/** What every container can do. */
export const AZURE_CAPABILITIES = {
  presign: true,
  conditionalPut: true,
  versions: true,
  // Versions from 2026-02-06 on can begin at a name, but accounts with a hierarchical namespace list in another order than names have:
  // parts of a listing cut by names would lose blobs there.
  listStartAfter: false,
  multipart: true,
  minPartBytes: 1,
  maxParts: 50_000,
  maxKeysPerPage: 5_000,
} as const

/** Seven days, as for the stores of other clouds; a delegation key ends sooner. */
const PRESIGN_MAX_SECONDS = 7 * 24 * 3_600

/** Opens one container, without retries. */
export function openAzureStore(
  deps: CloudDeps,
  memory: AzureMemory & { readonly aborted: AbortedUploads },
  connection: Connection,
  location: Location,
  current: (signal: AbortSignal, access: Access) => Promise<Lease>,
): ObjectStore {
  const account = accountOf(connection, location)
  const { bucket: container } = location
  const { storageClass } = connection.settings

  const presign: ObjectStore['presign'] = async (key, request) => {
    checkBlobName(key)
    const { signal } = new AbortController()
    const access = request.method === 'GET' ? 'read' : 'write'
    // Asked for even where another key signs: it is refused to who may not do this now.
    const lease = await current(signal, access)
    const now = deps.clock.now()
    const seconds = Math.floor(Math.min(request.expiresInSeconds, PRESIGN_MAX_SECONDS))
    const grant = { account, container, target: { kind: 'blob', name: key }, permissions: access === 'read' ? 'r' : 'w' } as const
    const wanted = Math.min(now + seconds * 1_000, lease.expiresAt)
    const { query, expiresAt } = await sign({ ...grant, expiresAt: Math.floor(wanted / 1_000) * 1_000 }, lease, signal)
    return requestFor(`${blobOrigin(account)}/${container}/${encodeKey(key)}?${query}`, request, expiresAt)
  }

  const sign = async (grant: SasGrant, { secret }: Lease, signal: AbortSignal) => {
    const accountKey = secret.kind === 'stored' ? secret.secret['accountKey'] : undefined
    if (accountKey !== undefined) return { query: signServiceSas(grant, accountKey), expiresAt: grant.expiresAt }
    if (secret.kind !== 'sas')
      throw accessError('store.unsupported', { message: 'A SAS cannot be made of this credential: it is none that signs.' })
    const key = await memory.keys.get(connection, account, grant.expiresAt - deps.clock.now(), signal)
    const ends = { ...grant, expiresAt: Math.min(grant.expiresAt, key.expiresAt) }
    return { query: signDelegationSas(ends, key), expiresAt: ends.expiresAt }
  }

  return createAzureStore({
    account,
    container,
    // A SAS given by the customer signs nothing else.
    capabilities: { ...AZURE_CAPABILITIES, presign: connection.auth.method !== 'sas' },
    random: deps.random,
    aborted: memory.aborted,
    ...(storageClass === undefined ? {} : { tier: storageClass }),
    lease: current,
    transport: deps.transport,
    clock: deps.clock,
    tenant: connection.id,
    presign,
  })
}

function requestFor(url: string, { method, contentType }: Parameters<ObjectStore['presign']>[1], expiresAt: number): PresignedRequest {
  return {
    method,
    url,
    headers:
      method === 'GET' ? {} : { 'x-ms-blob-type': 'BlockBlob', ...(contentType === undefined ? {} : { 'content-type': contentType }) },
    expiresAt,
  }
}
