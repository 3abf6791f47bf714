import { accessError, contains, type Access, type Connection, type Location, type ObjectStore } from '@sluice/core'

/** A location opened for looking and reading, and whether the connection may list there. */
export interface OpenLocation {
  readonly store: ObjectStore
  readonly canList: boolean
}

/** Refuses a location outside those of its connection. A connection without locations goes wherever its stages point. */
export function checkWithinConnection(connection: Connection, location: Location): void {
  if (connection.locations.length === 0 || connection.locations.some((outer) => contains(outer, location))) return
  throw accessError('stage.outside_connection', {
    message: `This location is outside the locations of the connection '${connection.name}'.`,
    context: { connection: connection.name },
  })
}

/** Opens the location at hand to these accesses. */
export type Opener = (access: readonly Access[]) => Promise<ObjectStore> | ObjectStore

/** Opens a location for reading, with listing where the connection allows it. Checked anew at each use: a connection may have been narrowed since. */
export async function openForReading(open: Opener, connection: Connection, location: Location): Promise<OpenLocation> {
  checkWithinConnection(connection, location)
  // One object needs no listing, and no lease that allows it.
  const canList = connection.access.includes('list') && location.extent !== 'object'
  if (!connection.access.includes('read'))
    throw accessError('stage.no_read_access', { message: `The connection '${connection.name}' is not for reading.` })
  const access: readonly Access[] = canList ? ['list', 'read'] : ['read']
  return { store: await open(access), canList }
}
