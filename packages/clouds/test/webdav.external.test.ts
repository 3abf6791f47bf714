import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testObjectStore } from '@sluice/conformance'
import { NO_PATHS, webdavWorld } from './support/webdav-world.ts'

const USER = 'sluice'
const PASSWORD = 'correct-horse'

interface Rclone {
  readonly url: string
  stop(): Promise<void>
}

/** The WebDAV server of rclone over a folder of its own, with one share in it. */
async function startRclone(): Promise<Rclone> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-webdav-'))
  await mkdir(join(folder, 'lake'))
  const words = ['serve', 'webdav', folder, '--addr', '127.0.0.1:0', '--user', USER, '--pass', PASSWORD, '--vfs-cache-mode', 'off']
  const child = spawn('/usr/bin/rclone', [...words, '--config', join(folder, 'none.conf')], { stdio: ['ignore', 'ignore', 'pipe'] })
  const url = await addressIn(child)
  return {
    url,
    async stop() {
      const ended = new Promise((done) => child.once('close', done))
      child.kill('SIGTERM')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** rclone says where it listens on standard error. */
function addressIn(child: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    let output = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      output += text
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0]
      if (url !== undefined) done(url)
    })
    child.once('close', () => fail(new Error(`rclone ended: ${output}`)))
  })
}

testObjectStore('webdav on rclone', {
  open: async () => {
    const rclone = await startRclone()
    const world = webdavWorld(rclone.url)
    const { auth, secret } = world.webdav.parseAuth('password', { user: USER, password: PASSWORD }, world.context())
    const connection = world.connection({ auth })
    const location = world.webdav.parse('webdav://lake/')
    const scope = { location, access: ['list', 'read', 'write', 'delete'] as const }
    const lease = await world.webdav.lease({ connection, ...(secret ? { secret } : {}) }, scope, 3_600, new AbortController().signal)
    return {
      store: world.webdav.open(connection, location, async () => lease),
      prefix: 'suite/',
      close: async () => {
        world.transport.close()
        await rclone.stop()
      },
    }
  },
  // A folder of files remembers no type: rclone goes by the name.
  lacks: ['fetch-owner', 'content-type'],
  impossible: NO_PATHS,
})
