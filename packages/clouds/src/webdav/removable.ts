import type { Connection } from '@sluice/core'
import { NOTHING_REMOVABLE } from '../setup/removable.ts'

/** What the customer can remove on the server once the connection is gone. */
export function removableInWebdav({ auth }: Connection): readonly string[] {
  if (auth.method === 'none') return NOTHING_REMOVABLE
  const { user } = auth.fields
  if (user === undefined) return ['The user made for this connection, if one was made: Sluice was never given its password.']
  return [`The user ${user}, or the password that was made for Sluice, unless something else uses it.`]
}
