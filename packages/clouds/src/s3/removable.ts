import type { Connection } from '@sluice/core'
import { NOTHING_REMOVABLE, statementsFor } from '../setup/removable.ts'
import { presetOf } from './preset-of.ts'

/** What the customer can remove in an S3-compatible store once the connection is gone. */
export function removableInS3(connection: Connection): readonly string[] {
  const { auth, settings } = connection
  if (auth.method === 'none') return NOTHING_REMOVABLE
  const { grants } = presetOf(settings)
  const { accessKeyId } = auth.fields
  const named = accessKeyId === undefined ? 'The access key made for this connection, if one was made' : `The access key ${accessKeyId}`
  if (grants === 'token') return [`${named}, and the token, user or application that it belongs to, unless something else uses it.`]
  const statements = grants === 'any' || grants === 'bucket-policy' ? statementsFor('the user of the key', connection) : []
  return [`${named}, and the user and policy made for it, unless something else uses them.`, ...statements]
}
