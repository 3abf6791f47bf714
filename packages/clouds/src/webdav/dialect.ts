import { type AccessError, accessError } from '@sluice/core'
import type { Dialect } from '../validation/dialect.ts'

const RIGHT = { list: ['list'], read: ['read'], write: ['write'], delete: ['delete'], decrypt: [], encrypt: [], abort: 'delete' }

/**
 * How WebDAV servers word their answers: with a status and hardly more. Some hide what one may not see behind 404, so that it proves
 * nothing; and no write is sure to change nothing on every server, so that none is tried where writing was not asked for.
 */
export const webdavDialect: Dialect = {
  service: 'The server',
  keyService: 'The server',
  permissions: RIGHT,
  layers: {},
  denialOf: ({ provider }: AccessError) => (provider?.status === 403 || provider?.status === 401 ? { provider, bare: true } : undefined),
  deniesReading: () => false,
  isKeyDenial: () => false,
  isKeyState: () => false,
  isAbsence: () => false,
  readWasAllowed: () => false,
  writeWasAllowed: () => false,
  phantomWrite: () =>
    Promise.reject(
      accessError('store.unsupported', { message: 'WebDAV has no write that is sure to change nothing, so that it was not tried.' }),
    ),
  isArchived: () => false,
  saysArchived: () => false,
}
