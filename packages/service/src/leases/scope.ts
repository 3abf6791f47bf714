import {
  ACCESSES,
  accessError,
  contains,
  type Access,
  type Cloud,
  type Connection,
  type LeaseScope,
  type Location,
  type MetadataStore,
} from '@sluice/core'

/** A scope whose accesses are in order and named once. Nothing asked for is refused: it must never come to mean everything. */
export function normalScope(location: Location, access: readonly Access[]): LeaseScope {
  const ordered = ACCESSES.filter((candidate) => access.includes(candidate))
  if (ordered.length === 0) throw accessError('lease.no_access', { message: 'A lease needs at least one access.' })
  return { location, access: ordered }
}

/** What makes two requests for a lease the same. */
export function scopeKey(connectionId: string, { location, access }: LeaseScope): string {
  const { cloud, account, bucket, prefix, extent, region } = location
  return JSON.stringify([connectionId, cloud, account, bucket, prefix, extent, region, access])
}

/**
 * Refuses a scope that the connection does not have: an access outside its purposes, a location outside its own,
 * or, for a connection without any, outside the stages of its project on it.
 */
export async function requireScope(store: MetadataStore, cloud: Cloud, connection: Connection, scope: LeaseScope): Promise<void> {
  const missing = scope.access.filter((access) => !connection.access.includes(access))
  if (missing.length > 0)
    throw accessError('lease.outside_scope', {
      message: `The connection ${connection.name} is for ${connection.purposes.join(' and ')}, which does not include: ${missing.join(', ')}.`,
    })
  const allowed = connection.locations.length > 0 ? connection.locations : await stageLocations(store, connection)
  if (allowed.some((location) => contains(location, scope.location))) return
  throw accessError('lease.outside_scope', {
    message: `${cloud.format(scope.location)} is not within the ${connection.locations.length > 0 ? 'locations' : 'stages'} of the connection ${connection.name}.`,
  })
}

async function stageLocations(store: MetadataStore, connection: Connection): Promise<readonly Location[]> {
  const stages = await store.stages.listByConnection(connection.id)
  return stages.filter((stage) => stage.project === connection.project).map((stage) => stage.location)
}

/** Refuses an access that a place was not opened to: the connection may be for more, and a key allows everything. */
export function requireOpenedTo(scope: LeaseScope, needed: Access): void {
  if (!scope.access.includes(needed))
    throw accessError('lease.outside_scope', { message: `This place was opened to ${scope.access.join(' and ')}, not to ${needed}.` })
}
