import { type Client, type ConnectionView, type StageView } from '@sluice/api'
import { isAccessError } from '@sluice/core'
import type { Seeded } from './seeded.ts'

/** A connection or a stage as the server showed it last; `absent` once its deletion was acknowledged, or before it was made. */
export type Shown = ConnectionView | StageView | 'absent'

/** What a server acknowledged, by `connection NAME` and `stage NAME`, and the requests it had not answered when it died. */
export interface Acknowledged {
  readonly shown: Map<string, Shown>
  readonly underWay: Set<string>
}

/** A key of the customer's account, either of which works. */
export interface Key {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

export interface WriterOptions {
  /** Begins every name it makes: no two writers touch the same thing. */
  readonly prefix: string
  readonly seeded: Seeded
  readonly keys: readonly [Key, Key]
  readonly location: string
  readonly acknowledged: Acknowledged
  /** Called as each request is sent and as each is answered. */
  readonly onEvent: () => void
}

const MOST = 5

/** Creates, changes and deletes connections and stages one after another until the server is gone. */
export async function writeUntilGone(client: Client, options: WriterOptions): Promise<void> {
  try {
    for (;;) await step(client, options)
  } catch (thrown) {
    if (!isAccessError(thrown) || thrown.reason !== 'server.unreachable') throw thrown
  }
}

async function step(client: Client, options: WriterOptions): Promise<void> {
  const { seeded, acknowledged, prefix } = options
  const own = [...acknowledged.shown.entries()].filter(([key, shown]) => shown !== 'absent' && key.includes(` ${prefix}_`))
  const connections = own.flatMap(([, shown]) => (isConnection(shown) ? [shown] : []))
  const stages = own.flatMap(([, shown]) => (shown !== 'absent' && !isConnection(shown) ? [shown] : []))
  const name = `${prefix}_${acknowledged.shown.size}`
  const unused = connections.filter((one) => stages.every((stage) => stage.connectionId !== one.id))
  const some = connections.length === 0 ? undefined : seeded.pick(connections)
  const [first, ...rest] = stages

  const choice = seeded.integer(0, 9)
  if (some === undefined || (choice <= 2 && connections.length < MOST)) return await createConnection(client, options, name)
  if (choice <= 5) return await changeConnection(client, options, some)
  if (choice === 6 && unused.length > 0) return await removeConnection(client, options, seeded.pick(unused))
  if (first === undefined || (choice <= 8 && stages.length < MOST)) return await saveStage(client, options, name, some, 'create')
  const stage = seeded.pick([first, ...rest])
  if (choice === 8) return await saveStage(client, options, stage.name, some, 'replace')
  await sent(options, `stage ${stage.name}`, async () => {
    await client.stages.delete(stage.name, {})
    return 'absent'
  })
}

function createConnection(client: Client, options: WriterOptions, name: string): Promise<void> {
  const { seeded, keys, location } = options
  const auth = seeded.integer(0, 1) === 0 ? { method: 'role', auth: {} } : { method: 'keys', auth: { ...keys[0] } }
  const settings = { region: 'us-west-2' }
  return sent(
    options,
    `connection ${name}`,
    async () =>
      (await client.connections.create({ name, cloud: 'aws', ...auth, locations: [location], purposes: ['import'], settings })).connection,
  )
}

function changeConnection(client: Client, options: WriterOptions, current: ConnectionView): Promise<void> {
  const { seeded, keys } = options
  const { name } = current
  return sent(options, `connection ${name}`, async () => {
    const choice = seeded.integer(0, 2)
    if (choice === 0) {
      const { connection } = await (current.state === 'disabled' ? client.connections.enable(name) : client.connections.disable(name))
      return connection
    }
    const other = current.auth.method === 'keys' && current.auth.accessKeyId === keys[0].accessKeyId ? keys[1] : keys[0]
    const patch =
      choice === 1 && current.auth.method === 'keys' ? { auth: { ...other } } : { description: `text ${seeded.integer(0, 10 ** 9)}` }
    return (await client.connections.update(name, patch)).connection
  })
}

function removeConnection(client: Client, options: WriterOptions, { name }: ConnectionView): Promise<void> {
  return sent(options, `connection ${name}`, async () => {
    await client.connections.delete(name)
    return 'absent'
  })
}

function saveStage(client: Client, options: WriterOptions, name: string, of: ConnectionView, mode: 'create' | 'replace'): Promise<void> {
  const comment = `text ${options.seeded.integer(0, 10 ** 9)}`
  return sent(
    options,
    `stage ${name}`,
    async () => (await client.stages.create({ name, connection: of.name, url: options.location, comment }, { mode })).stage,
  )
}

async function sent(options: WriterOptions, key: string, request: () => Promise<Shown>): Promise<void> {
  const { acknowledged, onEvent } = options
  acknowledged.underWay.add(key)
  const answer = request()
  onEvent()
  acknowledged.shown.set(key, await answer)
  acknowledged.underWay.delete(key)
  onEvent()
}

export function isConnection(shown: Shown | undefined): shown is ConnectionView {
  return shown !== undefined && shown !== 'absent' && 'auth' in shown
}
