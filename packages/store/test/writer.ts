// A process that changes metadata without end and says on stdout what it is about to do and what was acknowledged.
import { randomBytes } from 'node:crypto'
import { flushCompileCache } from 'node:module'
import { setImmediate, setTimeout } from 'node:timers/promises'
import type { Connection } from '@sluice/core'
import { openStore } from '../src/index.ts'

const [url = '', masterKey = ''] = process.argv.slice(2)
// Ends with whoever started it, however that ends.
process.stdin.on('end', () => process.exit()).resume()

const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)

flushCompileCache()
say({ intent: 'open' })
const store = await openStore({
  url,
  masterKey: new Uint8Array(Buffer.from(masterKey, 'hex')),
  clock: { now: () => Date.now(), sleep: (ms, signal) => setTimeout(ms, undefined, { signal }) },
  random: { bytes: (length) => new Uint8Array(randomBytes(length)), fraction: () => Math.random() },
})
say({ done: 'open' })

const event = (action: string, target: string) =>
  ({ at: '', organization: 'org', project: 'alpha', actor: 'system', action, target, result: 'ok', details: {} }) as const

for (;;) {
  // SQLite answers at once, so that without this the end of stdin would never be heard of.
  await setImmediate()
  const id = randomBytes(6).toString('hex')
  const connection: Connection = {
    id,
    organization: 'org',
    project: 'alpha',
    name: `c${id}`,
    description: '-'.repeat(500),
    labels: {},
    cloud: 'aws',
    auth: { method: 'keys', fields: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE' }, secretId: `first-${id}` },
    locations: [],
    purposes: ['import'],
    access: ['list', 'read'],
    settings: {},
    state: 'waiting',
    createdAt: '',
    updatedAt: '',
    version: 1,
  }
  say({ intent: 'create', id })
  await store.connections.create(connection, { secret: { id: `first-${id}`, value: { key: id } }, event: event('create', id) })
  say({ done: 'create', id })
  const rotated: Connection = {
    ...connection,
    auth: { method: 'keys', fields: { accessKeyId: '' }, secretId: `second-${id}` },
    version: 2,
  }
  say({ intent: 'update', id })
  await store.connections.update(rotated, { secret: { id: `second-${id}`, value: { key: id } }, event: event('update', id) })
  say({ done: 'update', id })
  if (id < '8') continue
  say({ intent: 'delete', id })
  await store.connections.delete(id, { event: event('delete', id) })
  say({ done: 'delete', id })
}
