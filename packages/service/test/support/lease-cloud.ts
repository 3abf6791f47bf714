import {
  ACCESSES,
  accessError,
  asAccessError,
  externalIdOf,
  type CheckOutcome,
  type Clock,
  type Cloud,
  type ConnectionAuth,
  type Lease,
  type LeaseScope,
  type Location,
  type ObjectStore,
  type OpenConnection,
  type PastedUrl,
} from '@sluice/core'
import { createMemoryStore } from '@sluice/conformance'

/** A cloud in memory that issues leases as a real one would: only for the external id, the secret and the scope it knows. */
export interface LeaseCloud {
  readonly cloud: Cloud
  /** Roles and the external id each asks for; undefined asks for none. */
  readonly roles: Map<string, string | undefined>
  /** Secret access keys that it knows. */
  readonly accepted: Set<string>
  /** Every lease asked for, by canonical scope. */
  readonly asked: string[]
  /** The most leases ever asked for at once with one scope. */
  readonly mostAtOnce: () => number
  /** Requests made through opened stores, with the lease each was made with. */
  readonly requests: { readonly lease: Lease; readonly access: string }[]
  /** Holds every lease back until called; without a hold leases come at once. */
  hold(): () => void
  /** What to do instead of issuing, once or until changed. */
  behave(behaviour: (scope: LeaseScope, seconds: number) => void): void
}

const SECRET = 'w'.repeat(40)
export const KEYS = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: SECRET }

export function createLeaseCloud(clock: Pick<Clock, 'now'>): LeaseCloud {
  const roles = new Map<string, string | undefined>()
  const accepted = new Set([SECRET])
  const asked: string[] = []
  const requests: { lease: Lease; access: string }[] = []
  const underWay = new Map<string, number>()
  let most = 0
  let issued = 0
  let gate = Promise.resolve()
  let behaviour: (scope: LeaseScope, seconds: number) => void = () => {}

  async function lease(open: OpenConnection, scope: LeaseScope, seconds: number, signal: AbortSignal): Promise<Lease> {
    const key = `${open.connection.id} ${format(scope.location)} ${scope.access.join(' ')}`
    asked.push(key)
    underWay.set(key, (underWay.get(key) ?? 0) + 1)
    most = Math.max(most, underWay.get(key) ?? 0)
    try {
      await Promise.race([gate, rejectionOf(signal)])
      signal.throwIfAborted()
      if (scope.access.length === 0) throw new Error('an empty policy would mean full access')
      behaviour(scope, seconds)
      checkTrust(open, roles, accepted)
      const narrowed = open.connection.auth.method === 'role'
      const secret = { kind: 'aws', accessKeyId: 'ASIA', secretAccessKey: SECRET } as const
      return { id: `lease_${++issued}`, scope, narrowed, expiresAt: clock.now() + seconds * 1000, secret }
    } finally {
      underWay.set(key, (underWay.get(key) ?? 1) - 1)
    }
  }

  async function trustOutcome(subject: OpenConnection, signal: AbortSignal): Promise<CheckOutcome> {
    await Promise.race([gate, rejectionOf(signal)])
    try {
      behaviour({ location: { cloud: 'aws', bucket: '', prefix: '', extent: 'bucket' }, access: [] }, 0)
      checkTrust(subject, roles, accepted)
      return { status: 'passed', ms: 1 }
    } catch (error) {
      const { reason, message } = asAccessError(error)
      if (reason === 'network.timeout') return { status: 'inconclusive', ms: 1, because: message }
      return { status: 'failed', ms: 1, reason, message, remedy: { who: 'cloud-admin', where: '', summary: '', verify: '' } }
    }
  }

  const cloud: Cloud = {
    id: 'aws',
    label: 'Fake AWS',
    schemes: ['s3://'],
    storageTypes: ['s3'],
    takesEndpoint: false,
    capabilities: CAPABILITIES,
    methods: [
      { ...METHOD, id: 'role', label: 'Role', narrows: true, keyless: true, awaits: ['roleArn'] },
      { ...METHOD, id: 'keys', label: 'Keys', setups: ['console'], fields: [field('accessKeyId', false), field('secretAccessKey', true)] },
      { ...METHOD, id: 'none', label: 'Public', keyless: true, access: ['list', 'read'] },
    ],
    parse,
    format,
    splitCredential,
    principal: () => undefined,
    parseAuth: (method, fields, context) => parseAuth(method, fields, context.issuedExternalId, context.secretId),
    setup: (connection, platform, options) => ({
      cloud: 'aws',
      method: connection.auth.method,
      promise: '',
      facts: [{ label: 'Principal', value: platform.aws?.principalArn ?? '' }],
      artifacts:
        connection.auth.method === 'role'
          ? [{ id: 'cloudformation', title: '', filename: 't.yaml', language: 'yaml', text: `RoleName: ${options.roleName ?? 'default'}` }]
          : [],
      routes: [{ id: 'template', title: '', artifacts: ['cloudformation'], steps: [] }],
      removal: [],
      proofs: [],
      warnings: [],
    }),
    removable: ({ auth, settings, locations }) => [
      ...Object.values(auth.fields),
      ...(settings.kmsReadKeys ?? []),
      ...locations.map(({ bucket }) => bucket),
    ],
    validation: (subject) => ({
      checks: [{ name: 'trust-accepts-us', needs: [], run: (signal) => trustOutcome(subject, signal) }],
      leftovers: () => [],
      discovered: () => ({ region: 'us-west-2' }),
    }),
    lease,
    open: (_, location, current) =>
      recordingStore(location, async (signal, access) => void requests.push({ lease: await current(signal, access), access })),
  }
  return {
    cloud,
    roles,
    accepted,
    asked,
    requests,
    mostAtOnce: () => most,
    hold() {
      const held = Promise.withResolvers<void>()
      gate = held.promise
      return () => held.resolve()
    },
    behave: (next) => {
      behaviour = next
    },
  }
}

function field(name: string, secret: boolean) {
  return { name, label: name, help: '', example: '', required: true, secret, sql: [] }
}

const METHOD = { summary: '', fields: [], narrows: false, keyless: false, access: ACCESSES, awaits: [], setups: [] } as const

const CAPABILITIES = {
  presign: true,
  conditionalPut: true,
  versions: true,
  listStartAfter: true,
  multipart: true,
  minPartBytes: 1,
  maxParts: 10,
  maxKeysPerPage: 1_000,
} as const

function checkTrust(
  { connection: { auth }, secret }: OpenConnection,
  roles: ReadonlyMap<string, string | undefined>,
  accepted: ReadonlySet<string>,
): void {
  if (auth.method === 'keys' && !accepted.has(secret?.['secretAccessKey'] ?? ''))
    throw accessError('aws.denied', { message: 'SignatureDoesNotMatch' })
  if (auth.method !== 'role') return
  const given = externalIdOf(auth)
  const { roleArn = '' } = auth.fields
  const wanted = roles.get(roleArn)
  if (!roles.has(roleArn) || (wanted !== undefined && wanted !== given)) throw accessError('aws.denied', { message: 'AccessDenied' })
}

function parseAuth(method: string, fields: { readonly [name: string]: string }, issued: string, secretId: string) {
  const { roleArn, externalId, accessKeyId = '', secretAccessKey = '', endsAt } = fields
  const auth = (auth: ConnectionAuth) => ({ auth, warnings: [] })
  if (method === 'none') return auth({ method: 'none', fields: {} })
  if (method === 'keys') {
    if (secretAccessKey === '') throw accessError('auth.missing_field', { message: 'secretAccessKey is missing.' })
    const end = endsAt === undefined ? {} : { secretExpiresAt: endsAt }
    return { ...auth({ method: 'keys', fields: { accessKeyId }, secretId, ...end }), secret: { secretAccessKey } }
  }
  const id =
    externalId === 'none'
      ? ({ kind: 'none' } as const)
      : externalId === undefined
        ? ({ kind: 'issued', value: issued } as const)
        : ({ kind: 'chosen', value: externalId } as const)
  return auth({ method: 'role', fields: roleArn === undefined ? {} : { roleArn }, externalId: id })
}

function parse(url: string): Location {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(url) ?? []
  if (bucket === '') throw accessError('location.invalid', { message: 'This is no URL of the cloud.' })
  return { cloud: 'aws', bucket, prefix, extent: prefix === '' ? 'bucket' : prefix.endsWith('/') ? 'folder' : 'object' }
}

/** `s3://KEY:SECRET@bucket/…` */
function splitCredential(url: string): PastedUrl {
  const [, accessKeyId = '', secretAccessKey = '', rest = ''] = /^s3:\/\/(\w+):(\w+)@(.*)$/.exec(url) ?? []
  return secretAccessKey === ''
    ? { url }
    : { url: `s3://${rest}`, credential: { method: 'keys', fields: { accessKeyId, secretAccessKey } } }
}

function format(location: Location): string {
  return `s3://${location.bucket}/${location.prefix}`
}

function recordingStore(location: Location, before: (signal: AbortSignal, access: 'list' | 'read') => Promise<void>): ObjectStore {
  const store = createMemoryStore(location.bucket)
  return {
    ...store,
    async listPage(request, signal) {
      await before(signal, 'list')
      return store.listPage(request, signal)
    },
    async get(key, request, signal) {
      await before(signal, 'read')
      return store.get(key, request, signal)
    },
  }
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
