import { accessError, type Cloud, type Connection, type LeaseScope, type OpenConnection } from '@sluice/core'
import { audited } from '../audit/record.ts'
import type { Caller } from '../contract.ts'
import type { ServiceDeps } from '../shared/deps.ts'
import { awaitsSecret } from '../connections/awaited-secret.ts'
import { requireCloud, requireMethod } from '../shared/lookup.ts'
import type { Minted } from './lease-cache.ts'
import { requireScope } from './scope.ts'
import { requireUsable } from './usable-connection.ts'

/** How long a lease lives. Every cloud's roles allow an hour without being told. */
export const LEASE_SECONDS = 3_600

/** Has the cloud issue a lease for a connection as it is stored now, after checking that it may be. */
export async function mint(
  deps: ServiceDeps,
  caller: Caller,
  connectionId: string,
  scope: LeaseScope,
  signal: AbortSignal,
): Promise<Minted> {
  const connection = requireUsable(caller, await deps.store.connections.getById(connectionId))
  const cloud = requireCloud(deps.clouds, connection.cloud)
  await requireScope(deps.store, cloud, connection, scope)
  const act = {
    action: 'lease.mint',
    target: connection.name,
    details: { location: cloud.format(scope.location), access: scope.access.join(' ') },
  }
  const lease = await audited(
    deps,
    caller,
    act,
    async () => cloud.lease(await withSecret(deps, cloud, connection), scope, LEASE_SECONDS, signal),
    ({ id, narrowed }) => ({ lease: id, narrowed }),
  )
  return { lease, version: connection.version }
}

async function withSecret({ store }: ServiceDeps, cloud: Cloud, connection: Connection): Promise<OpenConnection> {
  const { secretId } = connection.auth
  if (awaitsSecret(connection.auth, requireMethod(cloud, connection.auth.method)))
    throw accessError('connection.no_secret', { message: `The connection ${connection.name} waits for what it authenticates with.` })
  if (secretId === undefined) return { connection }
  const secret = await store.secrets.get(secretId, connection.id)
  if (!secret) throw accessError('auth.secret_missing', { message: `The secret of the connection ${connection.name} is not in the vault.` })
  return { connection, secret }
}
