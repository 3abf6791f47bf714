import { ACCESSES, type AuthContext, type CloudMethod, type ParsedAuth, accessError } from '@sluice/core'
import { KEY_FIELDS, methodOf, readFields, refuseUnsendable } from '../auth-fields.ts'
import { parseEndpoint } from './endpoint.ts'

/** How an S3-compatible store can be accessed. */
export const S3_METHODS: readonly CloudMethod[] = [
  {
    id: 'keys',
    label: 'Access key',
    summary: 'An access key of the store, stored encrypted. It is not narrowed, so no lease of it is handed out.',
    fields: KEY_FIELDS,
    narrows: false,
    keyless: false,
    access: ACCESSES,
    awaits: [],
    setups: ['cli', 'console'],
  },
  {
    id: 'none',
    label: 'Public bucket',
    summary: 'Unsigned requests, for buckets that everybody may read.',
    fields: [],
    narrows: false,
    keyless: true,
    access: ['list', 'read'],
    awaits: [],
    setups: [],
  },
]

/** Checks a method's inputs. Nothing is known of the shape of other stores' keys, so only what cannot be sent is refused. */
export function parseS3Auth(
  method: string,
  fields: { readonly [name: string]: string },
  context: Pick<AuthContext, 'settings' | 'secretId'>,
): ParsedAuth {
  if (method === 'role')
    throw accessError('aws.role.endpoint', { message: 'Roles are assumed at AWS itself; a store of another vendor cannot take part.' })
  parseEndpoint(context.settings)
  const { values, warnings } = readFields(methodOf(S3_METHODS, method, 's3'), fields)
  const { accessKeyId, secretAccessKey, sessionToken } = values
  if (accessKeyId === undefined || secretAccessKey === undefined) return { auth: { method: 'none', fields: {} }, warnings }
  refuseUnsendable(values)
  return {
    auth: { method: 'keys', fields: { accessKeyId }, secretId: context.secretId },
    secret: { secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    warnings,
  }
}
