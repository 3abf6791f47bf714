import {
  MASK,
  type AuthView,
  type ConnectionSummary,
  type ConnectionView,
  type LeaseView,
  type LocationView,
  type StageView,
} from '@sluice/api'
import {
  accessError,
  expiryOf,
  type Connection,
  type ConnectionAuth,
  type Expiry,
  type Lease,
  type Location,
  type Stage,
} from '@sluice/core'
import type { Parts } from './deps.ts'

type Urls = Pick<Parts, 'locationUrl'>

/** A connection as it is shown: of a stored secret only that there is one. */
export function connectionView(connection: Connection, urls: Urls, now: number): ConnectionView {
  const { auth, next, locations, organization: _organization, project: _project, ...open } = connection
  return {
    ...open,
    auth: authView(auth),
    ...expiryView(auth, now),
    ...(next === undefined ? {} : { next: { ...next, auth: authView(next.auth), ...expiryView(next.auth, now) } }),
    locations: locations.map((location) => locationView(location, urls)),
  }
}

function expiryView(auth: ConnectionAuth, now: number): { readonly expiry?: Expiry } {
  const expiry = expiryOf(auth, now)
  return expiry === undefined ? {} : { expiry }
}

function authView(auth: ConnectionAuth): AuthView {
  const { method, fields, externalId, secretId, secretExpiresAt } = auth
  return {
    method,
    ...fields,
    ...(externalId === undefined ? {} : { externalId }),
    ...(secretId === undefined ? {} : { secret: MASK }),
    ...(secretExpiresAt === undefined ? {} : { secretExpiresAt }),
  }
}

/** A connection in a list. */
export function connectionSummary(connection: Connection, urls: Urls, now: number): ConnectionSummary {
  const { id, name, description, cloud, auth, locations, access, state, updatedAt } = connection
  const shown = locations.map((location) => urls.locationUrl(location))
  const common = { id, name, description, cloud, method: auth.method, locations: shown, access: [...access], state, updatedAt }
  return { ...common, ...expiryView(auth, now) }
}

/** A location with its URL. */
export function locationView(location: Location, urls: Urls): LocationView {
  return { url: urls.locationUrl(location), ...location }
}

/** A stage with the name of its connection, which may change while the id does not. */
export function stageView(stage: Stage, connection: string | undefined, urls: Urls): StageView {
  const { project: _project, ...open } = stage
  return { ...open, connection: connection ?? null, location: locationView(stage.location, urls) }
}

/** A lease as it is handed out: the one answer that holds a secret, because that is what was asked for. */
export function leaseView(lease: Lease, urls: Urls): LeaseView {
  const { secret } = lease
  if (secret.kind === 'stored') throw accessError('internal.defect', { message: 'A stored secret was about to be handed out.' })
  return {
    id: lease.id,
    location: locationView(lease.scope.location, urls),
    access: [...lease.scope.access],
    narrowed: lease.narrowed,
    ...(lease.reach === undefined ? {} : { reach: lease.reach }),
    expiresAt: Number.isFinite(lease.expiresAt) ? new Date(lease.expiresAt).toISOString() : null,
    secret,
  }
}
