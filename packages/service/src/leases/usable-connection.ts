import { accessError, type Connection } from '@sluice/core'
import type { Caller } from '../contract.ts'
import { disabled } from '../shared/lookup.ts'

/** Refuses a connection that is gone, of another project, or disabled. */
export function requireUsable(caller: Caller, connection: Connection | undefined): Connection {
  if (!connection || connection.project !== caller.project)
    throw accessError('store.missing', { message: 'The connection does not exist in this project any more.' })
  if (connection.state === 'disabled') throw disabled(connection)
  return connection
}
