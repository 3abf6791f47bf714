import type { AuthContext, Cloud, Connection, ConnectionSettings } from '@sluice/core'
import { type CloudDeps, type PooledTransport, createClouds, createTransport } from '../../src/index.ts'
import { connectionWith, impatientClock, random } from './aws-world.ts'

/** The WebDAV cloud of a test, and how it reaches a server on loopback. */
export interface WebdavWorld {
  readonly webdav: Cloud
  readonly transport: PooledTransport
  readonly deps: CloudDeps
  connection(changes?: Partial<Connection>): Connection
  context(): AuthContext
}

export const DAV = 'https://dav.example.com'

/** A world whose server answers for `dav.example.com`; `path` is where its shares begin. */
export function webdavWorld(url: string, path = '', settings: ConnectionSettings = {}): WebdavWorld {
  const transport = createTransport({ routes: [{ host: 'dav.example.com', to: url }] })
  const deps: CloudDeps = {
    transport,
    clock: impatientClock(),
    random,
    platform: () => ({ regions: [], egressAddresses: [] }),
    platformCredentials: {},
  }
  const webdav = createClouds(deps).find((cloud) => cloud.id === 'webdav')
  if (webdav === undefined) throw new Error('no cloud webdav')
  const all = { endpoint: `${DAV}${path}`, ...settings }
  return {
    webdav,
    transport,
    deps,
    connection: (changes = {}) => connectionWith({ cloud: 'webdav', auth: { method: 'none', fields: {} }, settings: all, ...changes }),
    context: () => ({
      connectionName: 'files',
      connection: { id: 'conn_aaaaaaaaaaaaaaaaaaaa', organization: 'org', project: 'project' },
      issuedExternalId: `sluice-${'0'.repeat(32)}`,
      secretId: 'secret_aaaaaaaaaaaaaaaaaaaa',
      platform: deps.platform(),
      settings: all,
    }),
  }
}

/** Keys that a path cannot have. */
export const NO_PATHS = ['double//slash', 'dot/./segment', 'dots/../segment']
