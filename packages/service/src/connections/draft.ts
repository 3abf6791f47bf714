import {
  accessError,
  accessesFor,
  externalIdOf,
  PURPOSES,
  type Access,
  type Cloud,
  type CloudMethod,
  type Connection,
  type ConnectionAuth,
  type Location,
  type ParsedAuth,
  type Purpose,
} from '@sluice/core'
import type { Caller, ConnectionInput, ConnectionPatch } from '../contract.ts'
import type { ServiceDeps } from '../shared/deps.ts'
import { newExternalId, newId } from '../shared/ids.ts'
import { requireCloud, requireMethod } from '../shared/lookup.ts'
import { requireName } from '../shared/name.ts'
import { parseAuthentication } from './authentication.ts'
import { parseLocations } from './locations.ts'
import { withSecretEnd } from './secret-end.ts'
import { requireSettings } from './settings.ts'
import { carryOver, untriedState } from './state.ts'
import { refuseUrlCredentials, withoutUrlCredentials } from './url-credential.ts'
import { requireDescription, requireLabels } from './texts.ts'

/** A connection as it shall be stored, and what goes with it. */
export interface Draft {
  readonly connection: Connection
  readonly secret?: { readonly id: string; readonly value: { readonly [field: string]: string } }
  readonly warnings: readonly string[]
}

/** Checks an input and makes a connection of it: a new one, or the next form of `current`. */
export async function draftFromInput(deps: ServiceDeps, caller: Caller, input: ConnectionInput, current?: Connection): Promise<Draft> {
  const name = requireName('connection', input.name)
  const cloud = requireCloud(deps.clouds, input.cloud)
  const plain = withoutUrlCredentials(cloud, input)
  const settings = requireSettings(input.settings ?? {}, cloud, plain.method)
  const purposes = requirePurposes(input.purposes)
  const id = current?.id ?? newId('conn', deps.random)
  const owner = { id, organization: caller.organization, project: caller.project }
  const parsed = await authenticate(deps, cloud, plain.method, plain.auth, { ...owner, name, settings }, current)
  const auth = withSecretEnd(parsed.auth, input.secretExpiresAt)
  const method = requireMethod(cloud, parsed.auth.method)
  const now = new Date(deps.clock.now()).toISOString()
  const connection: Connection = {
    ...owner,
    name,
    description: requireDescription(input.description),
    labels: requireLabels(input.labels),
    cloud: cloud.id,
    auth,
    locations: parseLocations(cloud, plain.locations, input.singleFile ?? 'object'),
    purposes,
    access: requireAccess(method, purposes),
    settings,
    state: untriedState(parsed.auth, method),
    createdAt: current?.createdAt ?? now,
    updatedAt: now,
    version: current?.version ?? 1,
    ...learned(current),
  }
  return drafted(current ? carryOver(current, connection, method) : connection, parsed)
}

/** The next form of `current` with the changes asked for. */
export async function draftFromPatch(deps: ServiceDeps, current: Connection, patch: ConnectionPatch): Promise<Draft> {
  const cloud = requireCloud(deps.clouds, current.cloud)
  const method = requireMethod(cloud, current.auth.method)
  const name = patch.name === undefined ? current.name : requireName('connection', patch.name)
  const settings = patch.settings === undefined ? current.settings : requireSettings(patch.settings, cloud, method.id)
  const purposes = patch.purposes === undefined ? current.purposes : requirePurposes(patch.purposes)
  const parsed = patch.auth && (await authenticate(deps, cloud, method.id, patch.auth, { ...current, name, settings }, current))
  const after: Connection = {
    ...current,
    name,
    description: patch.description === undefined ? current.description : requireDescription(patch.description),
    labels: patch.labels === undefined ? current.labels : requireLabels(patch.labels),
    auth: withSecretEnd(parsed?.auth ?? withoutEnd(current.auth, patch.secretExpiresAt), patch.secretExpiresAt),
    locations: locationsAfter(cloud, current, patch),
    purposes,
    access: requireAccess(method, purposes),
    settings,
  }
  return drafted(carryOver(current, after, method), parsed)
}

// An end that is named anew for the same secret takes the place of the one before.
function withoutEnd({ secretExpiresAt, ...auth }: ConnectionAuth, named: string | undefined): ConnectionAuth {
  return named === undefined && secretExpiresAt !== undefined ? { ...auth, secretExpiresAt } : auth
}

function locationsAfter(cloud: Cloud, current: Connection, patch: ConnectionPatch): readonly Location[] {
  if (patch.locations === undefined) return current.locations
  refuseUrlCredentials(cloud, patch.locations)
  return parseLocations(cloud, patch.locations, 'object')
}

/** Reads the fields of a method for a connection: a new one, or one that is there already. */
export async function authenticate(
  deps: ServiceDeps,
  cloud: Cloud,
  method: string,
  fields: { readonly [field: string]: string },
  subject: Pick<Connection, 'id' | 'organization' | 'project' | 'name' | 'settings'>,
  current?: Connection,
): Promise<ParsedAuth> {
  const held = current && (await heldExternalId(deps, current))
  const context = {
    connectionName: subject.name,
    connection: { id: subject.id, organization: subject.organization, project: subject.project },
    issuedExternalId: held ?? newExternalId(deps.random),
    secretId: newId('secret', deps.random),
    settings: subject.settings,
  }
  return parseAuthentication(deps, cloud, method, fields, context, current, held)
}

// A connection that went from a role to keys and comes back gets the id it was issued at first.
async function heldExternalId({ store }: ServiceDeps, { id, auth }: Connection): Promise<string | undefined> {
  return externalIdOf(auth) ?? store.connections.issuedExternalId(id)
}

function requirePurposes(purposes: readonly Purpose[] = []): readonly Purpose[] {
  const unknown = purposes.find((purpose) => !PURPOSES.includes(purpose))
  if (unknown !== undefined)
    throw accessError('connection.bad_purpose', {
      message: 'A connection was given a purpose that Sluice does not know.',
      remedy: `Choose among: ${PURPOSES.join(', ')}.`,
    })
  return purposes.length === 0 ? ['import'] : PURPOSES.filter((purpose) => purposes.includes(purpose))
}

function requireAccess(method: CloudMethod, purposes: readonly Purpose[]): readonly Access[] {
  const access = accessesFor(purposes)
  const impossible = access.filter((needed) => !method.access.includes(needed))
  if (impossible.length > 0)
    throw accessError('connection.bad_purpose', {
      message: `The method ${method.id} cannot ${impossible.join(' or ')}, which ${purposes.join(' and ')} needs.`,
      remedy: 'Choose another method, or purposes that only list and read.',
    })
  return access
}

function learned(current: Connection | undefined): Pick<Connection, 'firstPassedAt' | 'pinned'> {
  return {
    ...(current?.firstPassedAt === undefined ? {} : { firstPassedAt: current.firstPassedAt }),
    ...(current?.pinned === undefined ? {} : { pinned: current.pinned }),
  }
}

function drafted(connection: Connection, parsed: ParsedAuth | undefined): Draft {
  const { secretId } = connection.auth
  const secret = parsed?.secret && secretId !== undefined ? { id: secretId, value: parsed.secret } : undefined
  return { connection, warnings: parsed?.warnings ?? [], ...(secret ? { secret } : {}) }
}
