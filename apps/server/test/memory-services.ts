import {
  accessError,
  accessesFor,
  CHECKS,
  diagnoseCase,
  diagnoseText,
  covers,
  type AuditEvent,
  type Check,
  type CheckEvent,
  type Connection,
  type ConnectionAuth,
  type Location,
  type Report,
  type SetupOptions,
  type Stage,
  type StoreCapabilities,
} from '@sluice/core'
import type {
  Caller,
  ConnectionInput,
  ConnectionPatch,
  RotationEvent,
  Issuer,
  IssuerView,
  Services,
  StatementResult,
} from '@sluice/service'

/** Secrets planted in the services: none may appear in an answer, an error or a log line, but where it was asked for. */
export const CANARIES = {
  secretAccessKey: 'CANARYsecretACCESSkeyCANARYsecretACCESSk',
  cause: 'CANARYcauseTEXTcanaryCAUSEtextCANARYcaus',
  externalId: 'sluice-c0ffee00c0ffee00c0ffee00c0ffee00',
} as const

export interface MemoryServices extends Services {
  /** Signals of the work that was started, newest last. */
  readonly work: AbortSignal[]
  /** Options that setups were asked for with. */
  readonly setupOptions: SetupOptions[]
  /** Secrets as they came in. */
  readonly vault: Map<string, { readonly [field: string]: string }>
}

const missing = (what: string, name: string) => accessError('store.missing', { message: `There is no ${what} ${name}.` })

const key = (caller: Caller, name: string) => `${caller.project}/${name}`

const page = <T extends { readonly name: string; readonly project: string }>(
  all: Iterable<T>,
  caller: Caller,
  options: { readonly limit?: number; readonly after?: string },
) =>
  [...all]
    .filter((one) => one.project === caller.project && one.name > (options.after ?? ''))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .slice(0, options.limit ?? 100)

/** The use cases over maps in memory: they keep the contract's promises about names, versions, projects, order and cancelling. */
export function memoryServices(): MemoryServices {
  const connections = new Map<string, Connection>()
  const stages = new Map<string, Stage>()
  const vault = new Map<string, { readonly [field: string]: string }>()
  const audit: AuditEvent[] = []
  const reports: Report[] = []
  const history: { id: string; sql: string; at: string; ok: boolean; ms: number }[] = []
  const work: AbortSignal[] = []
  const setupOptions: SetupOptions[] = []
  const connectionOf = (caller: Caller, name: string) => {
    const found = connections.get(key(caller, name))
    if (found === undefined) throw missing('connection', name)
    return found
  }
  const stageOf = (caller: Caller, name: string) => {
    const found = stages.get(key(caller, name))
    if (found === undefined) throw missing('stage', name)
    return found
  }
  const note = (caller: Caller, action: string, target: string) =>
    audit.unshift({
      at: '2026-01-01T00:00:00.000Z',
      organization: caller.organization,
      project: caller.project,
      actor: caller.actor,
      action,
      target,
      result: 'ok',
      details: {},
      requestId: caller.requestId,
    })
  const save = (caller: Caller, connection: Connection) => {
    connections.set(key(caller, connection.name), connection)
    return connection
  }
  const usedBy = (connection: Connection) =>
    [...stages.values()].filter((stage) => stage.connectionId === connection.id).map((stage) => stage.name)

  return {
    work,
    vault,
    setupOptions,
    diagnoses: {
      diagnose: async (caller, name, { evidence }) => {
        connectionOf(caller, name)
        if (evidence !== undefined) return diagnoseCase(evidence)
        return diagnoseText('An error occurred (ExpiredToken) when calling the GetObject operation: The provided token has expired.')
      },
      follow: async function* (caller, name, options, signal) {
        yield { type: 'probes-started', asks: ['what a job would'] }
        yield { type: 'report', report: await this.diagnose(caller, name, options, signal) }
      },
      explain: () => Promise.resolve(undefined),
    },
    platform: () => ({
      aws: {
        principalArn: 'arn:aws:iam::123456789012:role/sluice',
        accountId: '123456789012',
        trust: 'account',
        partition: 'aws',
        stsRegion: 'us-west-2',
      },
      regions: ['us-west-2'],
      egressAddresses: [],
    }),
    issuer: memoryIssuer(),
    audit: {
      list: async (caller, { limit, action }) =>
        audit.filter((event) => event.project === caller.project && (action === undefined || event.action === action)).slice(0, limit),
    },
    connections: {
      async create(caller, pasted) {
        const input = plainInput(pasted)
        if (connections.has(key(caller, input.name)))
          throw accessError('store.duplicate', { message: `There is a connection ${input.name} already.` })
        note(caller, 'connection.create', input.name)
        return { connection: save(caller, build(caller, input, vault)), warnings: [] }
      },
      async replace(caller, input) {
        return { connection: save(caller, build(caller, input, vault)), warnings: ['It replaces the one of that name.'] }
      },
      get: async (caller, name) => connectionOf(caller, name),
      list: async (caller, options) => page(connections.values(), caller, options),
      async update(caller, name, patch, expectedVersion) {
        const before = connectionOf(caller, name)
        if (expectedVersion !== undefined && expectedVersion !== before.version)
          throw accessError('store.version', { message: `Connection ${name} changed meanwhile.` })
        connections.delete(key(caller, name))
        return { connection: save(caller, patched(before, patch)), warnings: [] }
      },
      disable: async (caller, name) => save(caller, { ...connectionOf(caller, name), state: 'disabled' }),
      enable: async (caller, name) => save(caller, { ...connectionOf(caller, name), state: 'waiting' }),
      deletionPlan: async (caller, name) => ({
        stages: usedBy(connectionOf(caller, name)),
        customerMayRemove: [`The role of ${name} in account 987654321987.`],
      }),
      async delete(caller, name) {
        const connection = connectionOf(caller, name)
        if (usedBy(connection).length > 0) throw accessError('store.in_use', { message: `Stages use connection ${name}.` })
        connections.delete(key(caller, name))
        return { stages: [], customerMayRemove: [`The role of ${name} in account 987654321987.`] }
      },
      clouds: () => CLOUDS,
      readUrl: (url) => {
        const location = locationOf(withoutKeys(url))
        return [{ cloud: location.cloud, location, ...(withoutKeys(url) === url ? {} : { method: 'keys' }) }]
      },
    },
    setups: {
      async forConnection(caller, name, options) {
        setupOptions.push(options)
        const connection = connectionOf(caller, name)
        return {
          cloud: 'aws',
          method: 'role',
          promise: 'We will be able to list and read s3://test-bucket-123/data/.',
          facts: [
            { label: 'External id', value: CANARIES.externalId },
            { label: 'Role name', value: options.roleName ?? `sluice-${connection.name}` },
          ],
          artifacts: [
            {
              id: 'permission-policy',
              title: 'Permission policy',
              filename: 'permission-policy.json',
              language: 'json',
              text: '{"Version":"2012-10-17"}\n',
              document: { Version: '2012-10-17' },
            },
            { id: 'terraform', title: 'Terraform', filename: 'sluice.tf', language: 'hcl', text: JSON.stringify(options.tags ?? {}) },
          ],
          routes: [{ id: 'console', title: 'By hand', artifacts: ['permission-policy'], steps: [] }],
          removal: [],
          proofs: [{ claim: 'Reads under the prefix', expected: 'allowed', actual: 'allowed' }],
          warnings: [],
        }
      },
      async publish(caller, name) {
        connectionOf(caller, name)
        return { templateUrl: 'https://templates.example/t.json', quickCreateUrl: 'https://console.example/quick' }
      },
    },
    validations: {
      async *validate(caller, name, _options, signal): AsyncGenerator<CheckEvent> {
        const connection = connectionOf(caller, name)
        work.push(signal)
        const verdicts = name === 'broken' ? BROKEN : PASSING
        yield { type: 'checks-planned', names: verdicts.map((check) => check.name) }
        for (const check of verdicts) {
          yield { type: 'check-started', name: check.name }
          if (name === 'slow') await aborted(signal)
          yield { type: 'check-finished', check }
        }
        const report = reportOf(connection, verdicts)
        reports.unshift(report)
        yield { type: 'report', report }
      },
      history: async (caller, name, limit) => {
        const { id } = connectionOf(caller, name)
        return reports.filter((report) => report.connectionId === id).slice(0, limit)
      },
    },
    rotations: {
      async *rotate(caller, name, request, signal): AsyncGenerator<RotationEvent> {
        const before = connectionOf(caller, name)
        work.push(signal)
        const auth = { ...before.auth, fields: { ...before.auth.fields, ...pick(request.auth ?? {}, 'accessKeyId') } }
        const next = request.auth === undefined ? before.next : { auth, addedAt: '2026-01-01T00:00:00.000Z' }
        if (next === undefined) throw accessError('rotation.none', { message: `No new secret waits for ${name}.` })
        const verdicts = name === 'broken' ? BROKEN : PASSING
        yield { type: 'checks-planned', names: verdicts.map((check) => check.name) }
        for (const check of verdicts) {
          yield { type: 'check-started', name: check.name }
          yield { type: 'check-finished', check }
        }
        const { next: _, ...rest } = before
        const outcome = name === 'broken' ? 'kept' : 'switched'
        const after = save(caller, outcome === 'kept' ? { ...before, next } : { ...rest, auth: next.auth })
        yield { type: 'rotation', rotation: { outcome, connection: after, report: reportOf(after, verdicts), warnings: [] } }
      },
      async abandon(caller, name) {
        const { next, ...rest } = connectionOf(caller, name)
        if (next === undefined) throw accessError('rotation.none', { message: `No new secret waits for ${name}.` })
        return save(caller, rest)
      },
    },
    leases: {
      async create(caller, request) {
        const connection = connectionOf(caller, request.connection)
        const location = connection.locations[0]
        if (location === undefined) throw accessError('request.invalid', { message: 'The connection has no location.' })
        return {
          id: 'lease_aaaaaaaaaaaaaaaaaaaa',
          scope: { location, access: request.access },
          narrowed: connection.auth.method === 'role',
          expiresAt: connection.auth.method === 'role' ? Date.UTC(2030, 0, 1) : Infinity,
          secret: { kind: 'aws', accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'handed-out', sessionToken: 'session' },
        }
      },
      open: async () => {
        throw accessError('request.invalid', { message: 'Only handlers are tested here.' })
      },
      openOnce: () => {
        throw accessError('request.invalid', { message: 'Only handlers are tested here.' })
      },
      end: () => undefined,
      stats: () => ({ served: 0, minted: 0 }),
    },
    stages: {
      async create(caller, input, mode) {
        const exists = stages.has(key(caller, input.name))
        if (exists && mode === 'create') throw accessError('store.duplicate', { message: `There is a stage ${input.name} already.` })
        if (exists && mode === 'if-not-exists') return stageOf(caller, input.name)
        const stage: Stage = {
          id: 'stage_aaaaaaaaaaaaaaaaaaaa',
          project: caller.project,
          name: input.name,
          connectionId: connectionOf(caller, input.connection).id,
          location: locationOf(input.url),
          format: { type: 'parquet', compression: 'auto', ...input.format },
          comment: input.comment ?? '',
          createdAt: '2026-01-01T00:00:00.000Z',
          updatedAt: '2026-01-01T00:00:00.000Z',
        }
        stages.set(key(caller, input.name), stage)
        return stage
      },
      get: async (caller, name) => stageOf(caller, name),
      list: async (caller, options) => page(stages.values(), caller, options),
      async delete(caller, name, ifExists) {
        if (!ifExists) stageOf(caller, name)
        stages.delete(key(caller, name))
      },
      async files(caller, name, request) {
        const stage = stageOf(caller, name)
        const keys = ['data/a.parquet', 'data/b.parquet', 'other/c.parquet']
        const within = keys.filter((one) => covers(stage.location, one) && one > (request.continuation ?? ''))
        const some = within.slice(0, request.limit ?? 1000)
        const last = some.length < within.length ? some.at(-1) : undefined
        return {
          objects: some.map((one) => ({ key: one, size: 1234, etag: '"e"', lastModified: '2026-01-01T00:00:00.000Z' })),
          prefixes: [],
          ...(last === undefined ? {} : { continuation: last }),
        }
      },
    },
    sql: {
      async *run(caller, request, signal) {
        work.push(signal)
        for (const statement of request.sql.split(';').map((text) => text.trim())) {
          if (statement === '') continue
          const at = request.sql.indexOf('FROMM')
          if (statement.includes('FROMM'))
            throw accessError('sql.syntax', {
              message: 'FROMM is not expected here.',
              context: { line: 1, column: at + 1, position: at, length: 5 },
            })
          if (statement === 'CRASH') throw new Error(`secret: ${CANARIES.cause}`)
          if (statement === 'WAIT') await aborted(signal)
          request.onProgress?.({ phase: 'fetching', bytesFetched: 10, bytesPlanned: 20, fraction: 0.5 })
          history.unshift({ id: `query_${history.length}`, sql: statement, at: '2026-01-01T00:00:00.000Z', ok: true, ms: 1 })
          yield resultOf(statement)
        }
        note(caller, 'sql.query', 'engine')
      },
      history: async (_caller, limit) => history.slice(0, limit),
    },
  }
}

const CAPABILITIES: StoreCapabilities = {
  presign: true,
  conditionalPut: true,
  versions: true,
  listStartAfter: true,
  multipart: true,
  minPartBytes: 5 * 1024 * 1024,
  maxParts: 10_000,
  maxKeysPerPage: 1_000,
}

const CLOUDS: ReturnType<Services['connections']['clouds']> = [
  {
    id: 'aws',
    label: 'Amazon S3',
    schemes: ['s3://'],
    storageTypes: ['s3'],
    takesEndpoint: false,
    capabilities: CAPABILITIES,
    methods: [
      {
        id: 'role',
        label: 'Role',
        summary: 'Assume a role with an external id.',
        narrows: true,
        keyless: true,
        awaits: ['roleArn'],
        setups: ['template', 'cli'],
        access: ['list', 'read', 'write', 'delete'],
        fields: [
          field('roleArn', 'Role ARN', 'arn:aws:iam::987654321987:role/databend-test', false),
          field('accountId', 'Account', '987654321987', false),
        ],
      },
      {
        id: 'keys',
        label: 'Access keys',
        summary: 'A key of an IAM user.',
        narrows: true,
        keyless: false,
        awaits: [],
        setups: ['cli'],
        access: ['list', 'read', 'write', 'delete'],
        fields: [
          { ...field('accessKeyId', 'Access key id', 'AKIAIOSFODNN7EXAMPLE', false), required: true },
          { ...field('secretAccessKey', 'Secret access key', '', true), required: true },
        ],
      },
    ],
  },
  {
    id: 'gcp',
    label: 'Google Cloud Storage',
    schemes: ['gs://'],
    storageTypes: ['gcs'],
    takesEndpoint: false,
    capabilities: { ...CAPABILITIES, versions: false },
    methods: [
      {
        id: 'federation',
        label: 'Federation',
        summary: 'A workload identity pool trusts Sluice.',
        narrows: true,
        keyless: true,
        awaits: ['provider'],
        setups: ['terraform', 'cli'],
        access: ['list', 'read', 'write', 'delete'],
        fields: [field('provider', 'Provider', 'projects/1/…', false), field('serviceAccount', 'Service account', 'a@b', false)],
      },
      {
        id: 'grant',
        label: 'Grant',
        summary: 'The customer grants our service account.',
        narrows: true,
        keyless: true,
        awaits: [],
        setups: ['cli'],
        access: ['list', 'read', 'write', 'delete'],
        fields: [field('serviceAccount', 'Service account', 'a@b', false)],
      },
      {
        id: 'service-account-key',
        label: 'Service account key',
        summary: 'A key file.',
        narrows: true,
        keyless: false,
        awaits: [],
        setups: ['cli'],
        access: ['list', 'read', 'write', 'delete'],
        fields: [{ ...field('serviceAccountKey', 'Service account key', '', true), required: true }],
      },
    ],
  },
]

function field(name: string, label: string, example: string, secret: boolean) {
  return { name, label, help: `${label}.`, example, required: false, secret, sql: [name.toLowerCase()] }
}

const KEYS_IN_URL = /^s3:\/\/(\w+):(\w+)@/

function withoutKeys(url: string): string {
  return url.replace(KEYS_IN_URL, 's3://')
}

function plainInput(input: ConnectionInput): ConnectionInput {
  const [, accessKeyId, secretAccessKey] = KEYS_IN_URL.exec(input.locations?.[0] ?? '') ?? []
  if (accessKeyId === undefined || secretAccessKey === undefined) return input
  const auth = { ...input.auth, accessKeyId, secretAccessKey }
  return { ...input, method: 'keys', auth, locations: (input.locations ?? []).map(withoutKeys) }
}

function pick(fields: { readonly [field: string]: string }, name: string): { readonly [field: string]: string } {
  const value = fields[name]
  return value === undefined ? {} : { [name]: value }
}

function build(caller: Caller, input: ConnectionInput, vault: Map<string, { readonly [field: string]: string }>): Connection {
  const { secretExpiresAt } = input
  const auth = { ...authOf(input, vault), ...(secretExpiresAt === undefined ? {} : { secretExpiresAt }) }
  return {
    id: `conn_${input.name}`,
    organization: caller.organization,
    project: caller.project,
    name: input.name,
    description: input.description ?? '',
    labels: input.labels ?? {},
    cloud: input.cloud,
    auth,
    locations: (input.locations ?? []).map(locationOf),
    purposes: input.purposes ?? [],
    access: accessesFor(input.purposes ?? []),
    settings: input.settings ?? {},
    state: 'waiting',
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    version: 1,
  }
}

function authOf(input: ConnectionInput, vault: Map<string, { readonly [field: string]: string }>): ConnectionAuth {
  const method = CLOUDS.find((cloud) => cloud.id === input.cloud)?.methods.find((one) => one.id === input.method)
  const isBare = method?.keyless === false && Object.keys(input.auth).length === 0
  const missing = isBare ? undefined : method?.fields.find((one) => one.required && input.auth[one.name] === undefined)
  if (method === undefined || missing !== undefined)
    throw accessError('request.invalid', { message: `The method ${input.method ?? 'none'} needs ${missing?.name ?? 'to exist'}.` })
  const given = (secret: boolean) =>
    Object.fromEntries(
      Object.entries(input.auth).filter(([name]) => method.fields.some((one) => one.name === name && one.secret === secret)),
    )
  const auth = { method: method.id, fields: given(false) }
  if (method.id === 'role') return { ...auth, externalId: { kind: 'issued', value: CANARIES.externalId } }
  if (Object.keys(given(true)).length === 0) return auth
  const secretId = `secret_${input.name}`
  vault.set(secretId, given(true))
  return { ...auth, secretId }
}

function patched(before: Connection, patch: ConnectionPatch): Connection {
  const { auth: _auth, locations, ...rest } = patch
  return { ...before, ...rest, ...(locations === undefined ? {} : { locations: locations.map(locationOf) }), version: before.version + 1 }
}

function locationOf(url: string): Location {
  const match = /^(?:(s3|gs):\/\/|(https:\/\/storage\.googleapis\.com)\/)([^/]+)\/?(.*)$/.exec(url)
  const [, scheme, , bucket, prefix] = match ?? []
  if (bucket === undefined || prefix === undefined) throw accessError('request.invalid', { message: `${url} is no S3 URL.` })
  return { cloud: scheme === 's3' ? 'aws' : 'gcp', bucket, prefix, extent: prefix === '' ? 'bucket' : 'folder' }
}

/** The checks of a role: those that clouds of another kind have are left out, as a cloud does. */
export const PLANNED = CHECKS.filter(({ name }) => !/^credential-|-wrong-(subject|audience)$|^permissions-granted$/.test(name))
const PASSING: readonly Check[] = PLANNED.map((check) => ({ ...check, status: 'passed', ms: 1 }))
const BROKEN: readonly Check[] = PLANNED.map((check, index): Check => {
  if (index < 3) return { ...check, status: 'passed', ms: 1 }
  if (index > 3) return { ...check, status: 'skipped', because: 'trust does not accept us', blockedBy: 'trust-accepts-us' }
  return {
    ...check,
    status: 'failed',
    ms: 12,
    reason: 'aws.sts.denied',
    message: 'The role refused us.',
    provider: { operation: 'sts.AssumeRole', status: 403, code: 'AccessDenied', message: 'not authorized', requestId: 'aws-request-1' },
    remedy: {
      who: 'cloud-admin',
      where: 'IAM, role databend-test, trust relationships',
      summary: 'Write the external id of this connection into the trust policy.',
      snippet: '{"StringEquals":{}}',
      command: 'aws iam update-assume-role-policy …',
      verify: 'Validate again.',
    },
  }
})

function reportOf(connection: Connection, checks: readonly Check[]): Report {
  const count = (status: Check['status']) => checks.filter((check) => check.status === status).length
  return {
    connectionId: connection.id,
    connection: connection.name,
    verdict: count('failed') > 0 ? 'failed' : 'passed',
    checks,
    counts: { passed: count('passed'), failed: count('failed'), skipped: count('skipped'), inconclusive: count('inconclusive') },
    leftovers: [],
    startedAt: '2026-01-01T00:00:00.000Z',
    ms: 42,
  }
}

function resultOf(statement: string): StatementResult {
  if (/^create/i.test(statement))
    return { statement, kind: 'done', columns: [], rows: [], truncated: false, message: 'Stage created.', warnings: [] }
  return {
    statement,
    kind: 'rows',
    columns: [
      { name: 'origin', type: 'VARCHAR' },
      { name: 'delay', type: 'SMALLINT' },
      { name: 'note', type: 'VARCHAR' },
    ],
    rows: [
      ['LAX', 12, null],
      ['東京', -3, 'late'],
    ],
    truncated: false,
    warnings: [],
    stats: { rows: 2, bytesFetched: 2048, objectBytes: 5_000_000, requests: 2, files: 1, filesPruned: 0, ms: 7 },
  }
}

/** Waits until the signal aborts, then throws what it was aborted with. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = () => reject(signal.reason instanceof Error ? signal.reason : new DOMException('aborted', 'AbortError'))
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
  })
}

/** An issuer with one key, which signs nothing; rotating adds the next one once. */
function memoryIssuer(): Issuer {
  const url = 'https://sluice.example.com/issuer'
  const keysUrl = `${url}/.well-known/jwks.json`
  let view: IssuerView = {
    url,
    discoveryUrl: `${url}/.well-known/openid-configuration`,
    keysUrl,
    nextKeyAt: '2026-03-26T00:00:00.000Z',
    keys: [{ id: 'key-1', state: 'signing', createdAt: '2026-01-01T00:00:00.000Z', signsFrom: '2026-01-01T00:00:00.000Z' }],
  }
  return {
    issue: () => Promise.reject(accessError('issuer.unknown_subject', { message: 'There is no connection that this token could be of.' })),
    discovery: () => ({
      issuer: url,
      jwks_uri: keysUrl,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      scopes_supported: ['openid'],
      claims_supported: ['iss', 'sub', 'aud'],
    }),
    keys: async () => ({ keys: view.keys.map(({ id }) => ({ kty: 'RSA', kid: id, use: 'sig', alg: 'RS256', n: 'AQAB', e: 'AQAB' })) }),
    show: async () => view,
    async rotate(_caller, { withdraw }) {
      const [first] = view.keys
      const times = { createdAt: '2026-01-02T00:00:00.000Z', signsFrom: '2026-01-09T00:00:00.000Z' }
      if (withdraw) view = { ...view, keys: [{ id: 'key-2', state: 'signing', ...times }] }
      else if (first !== undefined && view.keys.length === 1)
        view = {
          ...view,
          keys: [
            { ...first, signsUntil: times.signsFrom },
            { id: 'key-2', state: 'next', ...times },
          ],
        }
      return view
    },
  }
}
