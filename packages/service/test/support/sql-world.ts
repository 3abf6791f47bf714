// oxlint-disable typescript/no-unsafe-type-assertion -- the parts that SQL and stages use of larger ports; anything else fails loudly
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
  type Platform,
  type QueryResult,
  type Stage,
} from '@sluice/core'
import { createMemoryStore, type MemoryStore } from '@sluice/conformance'
import {
  createSql,
  createStages,
  type Caller,
  type Connections,
  type Leases,
  type Sql,
  type StatementResult,
  type Stages,
} from '@sluice/service'

export const PRINCIPAL = 'arn:aws:iam::123456789012:role/xxxxxxx/tnabcdefg/xxxxxxx-tnabcdefg'
export const BUCKET = 'test-bucket-123'
export const NOW = Date.UTC(2026, 10, 22, 12)

/** A bucket, a metadata store and an engine in memory, for what SQL and stages do with them. */
export interface World {
  readonly caller: Caller
  readonly bucket: MemoryStore
  readonly connections: Map<string, Connection>
  readonly audit: AuditEvent[]
  readonly history: { readonly sql: string; readonly ok: boolean }[]
  /** What the engine was asked. */
  readonly queries: EngineQuery[]
  /** What the engine answers. */
  answer: (query: EngineQuery) => QueryResult | Promise<QueryResult>
  /** The locations that leases were opened for, with the accesses asked for. */
  readonly opened: string[]
  readonly stages: Stages
  readonly sql: Sql
  run(sql: string): Promise<readonly StatementResult[]>
}

export const ANSWER: QueryResult = {
  columns: [{ name: 'a', type: 'INTEGER' }],
  rows: [[1]],
  truncated: false,
  stats: { rows: 1, bytesFetched: 10, objectBytes: 100, requests: 1, files: 1, filesPruned: 0, ms: 1 },
}

/** Makes a world whose bucket holds these objects. */
export function createWorld(objects: { readonly [key: string]: string } = {}): World {
  const bucket = createMemoryStore(BUCKET)
  for (const [key, content] of Object.entries(objects)) bucket.set(key, new TextEncoder().encode(content))
  const connections = new Map<string, Connection>()
  const records = { audit: [] as AuditEvent[], history: [] as { readonly sql: string; readonly ok: boolean }[] }
  const queries: EngineQuery[] = []
  const opened: string[] = []
  const answers: Pick<World, 'answer'> = { answer: () => ANSWER }
  const clouds = ['aws', 's3'].map((id) => {
    // An endpoint that a user gives has no roles to assume.
    const methods = id === 's3' ? METHODS.filter((method) => method.id !== 'role') : METHODS
    return {
      id,
      label: id,
      schemes: ['s3://'],
      splitCredential: (url: string) => ({ url }),
      storageTypes: ['s3'],
      takesEndpoint: id === 's3',
      methods,
      parse,
      format,
      principal: ({ auth }: Connection) => (auth.method === 'role' ? PRINCIPAL : undefined),
    } as unknown as Cloud
  })
  const leases = {
    open: (...[, , location, access]: Parameters<Leases['open']>) => {
      opened.push(`${format(location)} ${access.join(' ')}`)
      return Promise.resolve(bucket)
    },
  } as unknown as Leases
  const engine: Engine = {
    id: 'fake',
    query(query, signal) {
      signal.throwIfAborted()
      queries.push(query)
      return Promise.resolve(answers.answer(query))
    },
    close: () => Promise.resolve(),
  }
  const store = metadataStore(records, connections)
  const outside = { store, clouds, leases, clock: CLOCK, random: RANDOM, mode: { multiOrganization: false } }
  const stages = createStages(outside)
  const sql = createSql({
    ...outside,
    stages,
    engine,
    diagnoses: NO_DIAGNOSES,
    platform: () => PLATFORM,
    connections: connectionUseCases(connections, clouds),
  })
  const caller: Caller = { organization: 'org', project: 'project', actor: 'token:t', requestId: 'req' }
  const run = async (text: string) => {
    const results: StatementResult[] = []
    for await (const result of sql.run(caller, { sql: text }, new AbortController().signal)) results.push(result)
    return results
  }
  return Object.assign(answers, { ...records, caller, bucket, connections, queries, opened, stages, sql, run })
}

/** Nothing is wrong with a fake cloud. */
const NO_DIAGNOSES = { explain: () => Promise.resolve(undefined) }
const CLOCK = { now: () => NOW, sleep: () => Promise.resolve() }
const RANDOM = { bytes: (length: number) => new Uint8Array(length).fill(7), fraction: () => 0.5 }
const PLATFORM: Platform = {
  aws: { principalArn: PRINCIPAL, accountId: '123456789012', trust: 'principal', partition: 'aws', stsRegion: 'us-west-2' },
  regions: [],
  egressAddresses: [],
}

function field(name: string, sql: readonly string[], required: boolean, secret = false) {
  return { name, label: name, help: name, example: name, required, secret, sql }
}

function method(id: CloudMethod['id'], fields: CloudMethod['fields']): CloudMethod {
  return {
    id,
    label: id,
    summary: id,
    fields,
    narrows: id === 'role',
    keyless: id !== 'keys',
    access: ['list', 'read', 'write', 'delete'],
    awaits: [],
    setups: [],
  }
}

const METHODS = [
  method('role', [field('roleArn', ['role_arn', 'aws_role_arn'], false), field('externalId', ['external_id', 'aws_external_id'], false)]),
  method('keys', [
    field('accessKeyId', ['access_key_id', 'aws_key_id'], true),
    field('secretAccessKey', ['secret_access_key', 'aws_secret_key'], true, true),
    field('sessionToken', ['session_token', 'security_token'], false, true),
  ]),
  method('none', []),
]

function parse(url: string): Location {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(url) ?? []
  if (bucket === '') throw accessError('location.invalid', { message: 'This is no URL of the cloud.' })
  return { cloud: 'aws', bucket, prefix, extent: prefix === '' ? 'bucket' : prefix.endsWith('/') ? 'folder' : 'object' }
}

function format(location: Location): string {
  return `s3://${location.bucket}/${location.prefix}`
}

function metadataStore(records: Pick<World, 'audit' | 'history'>, connections: Map<string, Connection>): MetadataStore {
  const stages = new Map<string, Stage>()
  const store = {
    connections: {
      get: async (_project: string, name: string) => connections.get(name.toLowerCase()),
      getById: async (id: string) => [...connections.values()].find((connection) => connection.id === id),
    },
    stages: {
      create: async (stage: Stage) => {
        if (stages.has(stage.name.toLowerCase())) throw accessError('store.duplicate', { message: 'The name is taken.' })
        stages.set(stage.name.toLowerCase(), stage)
      },
      put: async (stage: Stage) => void stages.set(stage.name.toLowerCase(), stage),
      get: async (_project: string, name: string) => stages.get(name.toLowerCase()),
      list: async (_project: string, { limit = 100, after = '' }: { readonly limit?: number; readonly after?: string }) =>
        [...stages.values()]
          .filter((stage) => stage.name > after)
          .toSorted((a, b) => (a.name < b.name ? -1 : 1))
          .slice(0, limit),
      delete: async (_project: string, name: string) => void stages.delete(name.toLowerCase()),
    },
    audit: { append: async (event: AuditEvent) => void records.audit.push(event) },
    history: {
      add: async (entry: { readonly sql: string; readonly ok: boolean }) => void records.history.push(entry),
      list: async () => records.history,
    },
  }
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
      auth: authOf(input),
      locations: [],
      purposes: ['import'],
      access: ['list', 'read'],
      settings: input.settings ?? {},
      state: 'waiting',
      createdAt: new Date(NOW).toISOString(),
      updatedAt: new Date(NOW).toISOString(),
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
    async create(caller, input) {
      if (connections.has(input.name.toLowerCase())) throw accessError('store.duplicate', { message: 'The name is taken.' })
      return write(caller, input)
    },
    replace: write,
    list: async () => [...connections.values()],
    async delete(caller, name) {
      await get(caller, name)
      connections.delete(name.toLowerCase())
      return { stages: [], customerMayRemove: ['The role can now be removed.'] }
    },
    clouds: () => clouds,
  }
  return useCases as Connections
}

function authOf({ method: id, auth }: Parameters<Connections['create']>[1]): Connection['auth'] {
  if (id === 'keys') return { method: 'keys', fields: { accessKeyId: auth['accessKeyId'] ?? '' }, secretId: 'secret_1' }
  if (id === 'none') return { method: 'none', fields: {} }
  const externalId = auth['externalId']
  return {
    method: 'role',
    fields: auth['roleArn'] === undefined ? {} : { roleArn: auth['roleArn'] },
    externalId: externalId === undefined ? { kind: 'issued', value: 'sluice-0123456789abcdef' } : { kind: 'chosen', value: externalId },
  }
}
