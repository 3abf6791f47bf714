import { ACCESSES, type AuthContext, type CloudMethod, type ParsedAuth, accessError } from '@sluice/core'
import { methodOf, readFields } from '../auth-fields.ts'

/** How a WebDAV share can be accessed. */
export const WEBDAV_METHODS: readonly CloudMethod[] = [
  {
    id: 'password',
    label: 'User and password',
    summary:
      'A user of the server, or better a password made for this alone. It is stored encrypted and not narrowed, so no lease of it is handed out.',
    fields: [
      {
        name: 'user',
        label: 'User name',
        help: 'The user that the share is given to.',
        example: 'sluice',
        required: true,
        secret: false,
        sql: ['username', 'user'],
      },
      {
        name: 'password',
        label: 'Password',
        help: 'The password; it is stored encrypted and never shown again.',
        example: 'correct horse battery staple',
        required: true,
        secret: true,
        sql: ['password'],
      },
    ],
    narrows: false,
    keyless: false,
    access: ACCESSES,
    awaits: [],
    setups: ['console'],
  },
  {
    id: 'none',
    label: 'Public share',
    summary: 'Requests without a credential, for shares that everybody may read.',
    fields: [],
    narrows: false,
    keyless: true,
    access: ['list', 'read'],
    awaits: [],
    setups: [],
  },
]

/** Checks a method's inputs. Basic authentication cannot carry a user name with a colon. https://www.rfc-editor.org/rfc/rfc7617#section-2 */
export function parseWebdavAuth(
  id: string,
  fields: { readonly [name: string]: string },
  { secretId }: Pick<AuthContext, 'secretId'>,
): ParsedAuth {
  const method = methodOf(WEBDAV_METHODS, id, 'webdav')
  const { values, warnings } = readFields(method, fields)
  const { user, password } = values
  if (user === undefined || password === undefined) return { auth: { method: method.id, fields: {} }, warnings }
  if (user.includes(':'))
    throw accessError('auth.malformed_field', { message: 'The user name has a colon, which Basic authentication cannot carry.' })
  return { auth: { method: method.id, fields: { user }, secretId }, secret: { password }, warnings }
}
