import type { Cloud } from '@sluice/core'
import type { CloudDeps } from '../deps.ts'
import { WEBDAV_METHODS, parseWebdavAuth } from './auth.ts'
import { formatWebdavLocation, parseWebdavUrl, splitWebdavCredential } from './location.ts'
import { openWebdavStore, webdavLease } from './open-store.ts'
import { WEBDAV_CAPABILITIES, WEBDAV_PRESETS } from './presets.ts'
import { removableInWebdav } from './removable.ts'
import { setupWebdav } from './setup.ts'
import { validateWebdav } from './validation.ts'

/** Any server that speaks WebDAV (RFC 4918): an endpoint, and a user with a password. */
export function createWebdavCloud(deps: CloudDeps): Cloud {
  return {
    id: 'webdav',
    label: 'WebDAV server',
    schemes: ['webdav://'],
    methods: WEBDAV_METHODS,
    capabilities: WEBDAV_CAPABILITIES,
    storageTypes: ['webdav'],
    takesEndpoint: true,
    presets: WEBDAV_PRESETS,
    parse: parseWebdavUrl,
    format: formatWebdavLocation,
    splitCredential: splitWebdavCredential,
    principal: () => undefined,
    parseAuth: parseWebdavAuth,
    setup: setupWebdav,
    removable: removableInWebdav,
    validation: (subject) => validateWebdav(deps, subject),
    lease: async (open, scope) => webdavLease(deps, open, scope),
    open: (connection, location, current) => openWebdavStore(deps, connection, location, current),
  }
}
