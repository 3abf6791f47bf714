import { isDeepStrictEqual } from 'node:util'
import { accessError, type CloudMethod, type Connection, type NextSecret } from '@sluice/core'
import { changeConnection } from '../connections/change.ts'
import { authenticate, type Draft } from '../connections/draft.ts'
import { withSecretEnd } from '../connections/secret-end.ts'
import type { Caller, CreatedConnection, Leases, RotationRequest } from '../contract.ts'
import type { ServiceDeps } from '../shared/deps.ts'
import { disabled, opened, requireCloud, requireMethod } from '../shared/lookup.ts'

/** Stores a new secret beside the present one; one that waited before is dropped. Nothing uses it yet. */
export async function addNextSecret(
  deps: ServiceDeps,
  leases: Pick<Leases, 'end'>,
  caller: Caller,
  name: string,
  request: RotationRequest,
): Promise<CreatedConnection> {
  return changeConnection(deps, leases, caller, { name, action: 'connection.rotate-begin' }, (current) =>
    draftWithNext(deps, current, request),
  )
}

async function draftWithNext(deps: ServiceDeps, current: Connection, { auth = {}, secretExpiresAt }: RotationRequest): Promise<Draft> {
  if (current.state === 'disabled') throw disabled(current)
  const cloud = requireCloud(deps.clouds, current.cloud)
  const method = requireMethod(cloud, current.auth.method)
  if (method.keyless) throw noSecret(`The connection ${current.name} uses ${method.id}, which stores no secret.`)
  const parsed = await authenticate(deps, cloud, method.id, { ...openFields(current, method), ...auth }, current, current)
  const { secret } = parsed
  const next: NextSecret = {
    auth: withSecretEnd(parsed.auth, secretExpiresAt),
    addedAt: new Date(deps.clock.now()).toISOString(),
  }
  const { secretId } = next.auth
  if (secretId === undefined || secret === undefined) throw noSecret('The fields given hold no secret.')
  // A connection may wait for its first secret, which is then tried before it counts like any other.
  const { secret: present } = await opened(deps, current)
  if (isDeepStrictEqual([present, current.auth.fields], [secret, next.auth.fields]))
    throw accessError('rotation.same_secret', { message: `This is the secret that the connection ${current.name} has already.` })
  return { connection: { ...current, next }, secret: { id: secretId, value: secret }, warnings: parsed.warnings }
}

/** What the present secret comes with, for what the new one leaves unsaid: the account it is for, the user it belongs to. */
function openFields({ auth }: Connection, { fields }: CloudMethod): { readonly [field: string]: string } {
  const open = fields.filter((field) => !field.secret).map((field) => field.name)
  return Object.fromEntries(Object.entries(auth.fields).filter(([name]) => open.includes(name)))
}

function noSecret(message: string): unknown {
  return accessError('rotation.no_secret', { message })
}
