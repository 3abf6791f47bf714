import {
  accessError,
  type AuditEvent,
  type Cloud,
  type CloudMethod,
  type Connection,
  type Engine,
  type EngineQuery,
  type Location,
  type MetadataStore,
  type ObjectInfo,
  type ObjectStore,
  type QueryResult,
  type Stage,
} from '@sluice/core'
import { createSql, createStages, type Caller, type Connections, type Leases, type StatementResult } from '@sluice/service'

/** A cloud, its objects and an engine in memory, for what the SQL service does with them. */
export interface World {
  readonly caller: Caller
  readonly queries: EngineQuery[]
  readonly audit: AuditEvent[]
  readonly requests: string[]
  readonly connections: Map<string, Connection>
  readonly history: { readonly sql: string; readonly ok: boolean }[]
  readonly stages: ReturnType<typeof createStages>
  readonly sql: ReturnType<typeof createSql>
  objects: { readonly [key: string]: string }
  /** What the engine does with the next queries. */
  answer: (query: EngineQuery) => QueryResult
  run(sql: string): Promise<readonly StatementResult[]>
}

const NOW = Date.UTC(2026, 10, 22, 12)

const field = (name: string, sql: readonly string[], required = true, secret = false) => ({
  name,
  label: name,
  help: name,
  example: name,
  required,
  secret,
  sql,
})

const KEY_FIELDS = [
  field('accessKeyId', ['access_key_id', 'aws_key_id']),
  field('secretAccessKey', ['secret_access_key', 'aws_secret_key'], true, true),
  field('sessionToken', ['session_token', 'security_token'], false, true),
]

const method = (id: CloudMethod['id'], fields: CloudMethod['fields']): CloudMethod => ({
  id,
  label: id,
  summary: id,
  fields,
  narrows: id === 'role',
  access: ['list', 'read', 'write', 'delete'],
})

const METHODS = [
  method('role', [field('roleArn', ['role_arn', 'aws_role_arn'], false), field('externalId', ['external_id'], false)]),
  method('keys', KEY_FIELDS),
  method('none', []),
]

export function createWorld(objects: { readonly [key: string]: string } = {}): World {
  const connections = new Map<string, Connection>()
  const stages = new Map<string, Stage>()
  const world: Omit<World, 'stages' | 'sql' | 'run'> = {
    caller: { organization: 'org', project: 'project', actor: 'token:t', requestId: 'req' },
    queries: [],
    audit: [],
    requests: [],
    connections,
    history: [],
    objects,
    answer: () => ({ columns: [{ name: 'a', type: 'INTEGER' }], rows: [[1]], truncated: false, stats: STATS }),
  }
  const clock = { now: () => NOW, sleep: () => Promise.resolve() }
  const random = { bytes: (length: number) => new Uint8Array(length).fill(7), fraction: () => 0.5 }
  const store = metadata(world, connections, stages)
  // Only what SQL and stages use of a cloud; the rest would fail loudly.
  const clouds = ['aws', 's3'].map((id) => ({ id, label: id, schemes: ['s3://'], methods: METHODS, parse, format }) as unknown as Cloud)
  // Leases hand out the objects in memory.
  const leases = {
    open: async (...[, , location, access]: Parameters<Leases['open']>) => objectStore(world, location, access),
  } as unknown as Leases
  const engine: Engine = {
    id: 'fake',
    query: async (query, signal) => {
      signal.throwIfAborted()
      world.queries.push(query)
      return world.answer(query)
    },
    close: async () => {},
  }
  const stageUseCases = createStages({ store, clouds, leases, clock, random })
  const platform = () => ({
    aws: {
      principalArn: PRINCIPAL,
      accountId: '123456789012',
      trust: 'principal' as const,
      partition: 'aws' as const,
      stsRegion: 'us-west-2',
    },
    regions: [],
    egressAddresses: [],
  })
  const sql = createSql({
    store,
    clouds,
    clock,
    random,
    platform,
    leases,
    engine,
    stages: stageUseCases,
    connections: connectionUseCases(connections, clouds),
  })
  const run = async (text: string) => {
    const results: StatementResult[] = []
    for await (const result of sql.run(complete.caller, { sql: text }, new AbortController().signal)) results.push(result)
    return results
  }
  const complete: World = Object.assign(world, { stages: stageUseCases, sql, run })
  return complete
}

export const PRINCIPAL = 'arn:aws:iam::123456789012:role/xxxxxxx/tnabcdefg/xxxxxxx-tnabcdefg'

const STATS = { rows: 1, bytesFetched: 10, objectBytes: 100, requests: 1, files: 1, filesPruned: 0, ms: 1 }

function parse(url: string): Location {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(url) ?? []
  if (bucket === '') throw accessError('sql.syntax', { message: 'not a URL of this cloud' })
  return { cloud: 'aws', bucket, prefix, extent: prefix === '' ? 'bucket' : prefix.endsWith('/') ? 'folder' : 'object' }
}

function format(location: Location): string {
  return `s3://${location.bucket}/${location.prefix}`
}

function objectStore(
  world: { objects: { readonly [key: string]: string }; requests: string[] },
  location: Location,
  access: readonly string[],
) {
  const infoOf = (key: string, body: string): ObjectInfo => ({
    key,
    size: body.length,
    etag: `"${key}"`,
    lastModified: '2026-11-01T02:03:04.567Z',
  })
  const missing = (key: string) => accessError('object.missing', { message: `There is no object ${key}.` })
  const find = (key: string): string => {
    const body = world.objects[key]
    if (body === undefined) throw missing(key)
    return body
  }
  const store: Partial<ObjectStore> = {
    bucket: location.bucket,
    cloud: 'aws',
    listPage: async (request) => {
      world.requests.push(`list ${request.prefix}`)
      if (!access.includes('list')) throw accessError('aws.denied', { message: 'list' })
      const keys = Object.keys(world.objects)
        .filter((key) => key.startsWith(request.prefix))
        .toSorted()
      const from = Number(request.continuation ?? 0)
      const page = keys.slice(from, from + 2)
      return {
        objects: page.map((key) => infoOf(key, find(key))),
        prefixes: [],
        ...(from + 2 < keys.length ? { continuation: String(from + 2) } : {}),
      }
    },
    head: async (key) => {
      world.requests.push(`head ${key}`)
      return infoOf(key, find(key))
    },
    get: async (key, request) => {
      world.requests.push(`get ${key} ${JSON.stringify(request.range)}`)
      const body = find(key)
      const range = request.range ?? { start: 0, end: body.length }
      const part = 'suffix' in range ? body.slice(-range.suffix) : body.slice(range.start, range.end)
      const chunks = async function* () {
        yield new TextEncoder().encode(part)
      }
      return { info: infoOf(key, body), body: chunks(), length: part.length }
    },
  }
  // A driver that can do no more than this: anything else is a defect that shows at once.
  return store as ObjectStore
}

function metadata(
  world: { audit: AuditEvent[]; history: { readonly sql: string; readonly ok: boolean }[] },
  connections: Map<string, Connection>,
  stages: Map<string, Stage>,
) {
  const store = {
    connections: {
      get: async (_project: string, name: string) => connections.get(name.toLowerCase()),
      getById: async (id: string) => [...connections.values()].find((connection) => connection.id === id),
    },
    stages: {
      create: async (stage: Stage) => {
        if (stages.has(stage.name.toLowerCase())) throw accessError('store.duplicate', { message: 'twin' })
        stages.set(stage.name.toLowerCase(), stage)
      },
      put: async (stage: Stage) => void stages.set(stage.name.toLowerCase(), stage),
      get: async (_project: string, name: string) => stages.get(name.toLowerCase()),
      list: async () => [...stages.values()].toSorted((a, b) => a.name.localeCompare(b.name)),
      delete: async (_project: string, name: string) => void stages.delete(name.toLowerCase()),
    },
    audit: { append: async (event: AuditEvent) => void world.audit.push(event) },
    history: {
      add: async (entry: { readonly sql: string; readonly ok: boolean }) => void world.history.push(entry),
      list: async () => world.history,
    },
  }
  // The part of the store that SQL and stages use.
  return store as unknown as MetadataStore
}

function connectionUseCases(connections: Map<string, Connection>, clouds: readonly Cloud[]): Connections {
  const write: Connections['create'] = async (caller, input) => {
    const connection: Connection = {
      id: `conn_${input.name}`,
      organization: caller.organization,
      project: caller.project,
      name: input.name,
      description: '',
      labels: {},
      cloud: input.cloud === 's3' ? 's3' : 'aws',
      auth:
        input.method === 'role'
          ? {
              method: 'role',
              roleArn: input.auth['roleArn'] ?? '',
              externalId: input.auth['externalId']
                ? { kind: 'chosen', value: input.auth['externalId'] }
                : { kind: 'issued', value: 'sluice-0' },
            }
          : input.method === 'keys'
            ? { method: 'keys', accessKeyId: input.auth['accessKeyId'] ?? '', secretId: 'secret_1' }
            : { method: 'none' },
      locations: [],
      purposes: ['import'],
      access: ['list', 'read'],
      settings: input.settings ?? {},
      state: 'waiting',
      createdAt: '2026-11-22T12:00:00.000Z',
      updatedAt: '2026-11-22T12:00:00.000Z',
      version: 1,
    }
    connections.set(input.name.toLowerCase(), connection)
    return { connection, warnings: [] }
  }
  const get: Connections['get'] = async (_caller, name) => {
    const connection = connections.get(name.toLowerCase())
    if (!connection) throw accessError('store.missing', { message: 'There is no such connection.' })
    return connection
  }
  const useCases: Partial<Connections> = {
    get,
    create: async (caller, input) => {
      if (connections.has(input.name.toLowerCase())) throw accessError('store.duplicate', { message: 'The name is taken.' })
      return write(caller, input)
    },
    replace: write,
    list: async () => [...connections.values()],
    delete: async (caller, name) => {
      await get(caller, name)
      connections.delete(name.toLowerCase())
      return { stages: [], customerMayRemove: ['They can remove the role.'] }
    },
    clouds: () => clouds.map(({ id, label, schemes, methods }) => ({ id, label, schemes, methods })),
  }
  // SQL uses no other use case of connections.
  return useCases as Connections
}
