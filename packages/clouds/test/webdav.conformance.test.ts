import { testCloud, testObjectStore } from '@sluice/conformance'
import type { ConnectionSettings } from '@sluice/core'
import { startWebdavServer } from './support/webdav-server.ts'
import { NO_PATHS, webdavWorld } from './support/webdav-world.ts'

/** A store of the user's, on a server that starts with the folder it lies in. */
async function openShare(settings: ConnectionSettings) {
  const server = await startWebdavServer()
  server.put('/dav/files/lake/readme', 'r')
  const world = webdavWorld(server.url, '/dav/files/', settings)
  const { auth, secret } = world.webdav.parseAuth('password', { user: server.user, password: server.password }, world.context())
  const connection = world.connection({ auth })
  const location = world.webdav.parse('webdav://lake/')
  const scope = { location, access: ['list', 'read', 'write', 'delete'] as const }
  const lease = await world.webdav.lease({ connection, ...(secret ? { secret } : {}) }, scope, 3_600, new AbortController().signal)
  const close = async () => {
    world.transport.close()
    await server.close()
  }
  return { store: world.webdav.open(connection, location, async () => lease), prefix: 'suite/', close }
}

testObjectStore('webdav', { open: () => openShare({}), lacks: ['fetch-owner'], impossible: NO_PATHS })
testObjectStore('webdav, a server that looks at If-None-Match', {
  open: () => openShare({ preset: 'sabre' }),
  lacks: ['fetch-owner'],
  impossible: NO_PATHS,
})

testCloud('webdav', {
  methods: ['password', 'none'],
  open: async () => {
    const server = await startWebdavServer({ open: '/public/' })
    for (const share of ['lake', 'public']) for (const key of ['inside/one', 'outside/one']) server.put(`/${share}/${key}`, '1')
    const world = webdavWorld(server.url)
    const method = (share: string, fields: { readonly [name: string]: string }) => ({
      fields,
      context: world.context(),
      connection: world.connection(),
      folder: world.webdav.parse(`webdav://${share}/inside/`),
    })
    return {
      cloud: world.webdav,
      methods: { password: method('lake', { user: server.user, password: server.password }), none: method('public', {}) },
      outsideKey: 'outside/one',
      credentialUrl: { url: 'webdav://sluice:c4n4ry@lake/inside/', secret: 'c4n4ry' },
      close: async () => {
        world.transport.close()
        await server.close()
      },
    }
  },
})
