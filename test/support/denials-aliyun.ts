import type { Connection, ConnectionSettings, DiagnosisReport, Json, JsonObject, PolicyDocument, Setup } from '@sluice/core'
import type { AliyunCredentials, LabAliyun } from '@sluice/lab'
import { artifactText } from './artifacts.ts'
import { isEmpty, placeOf, policyAt } from './case-places.ts'
import type { DenialWorld } from './denials.ts'
import { type Asker, type RoleRequest, servedRequests, servedSessions } from './denials-aliyun-requests.ts'
import { BUCKET, type Installation, PLATFORM_ALIYUN_ACCOUNT, startInstallation } from './installation.ts'

/** The customer, in whose account the role or user and the bucket are. */
export const CUSTOMER = '9876543210987654'
/** Somebody with whom the customer has nothing to do. */
export const STRANGER = '1111222233334444'
/** The role, or the user, that the setup makes for the connection `acme`. */
export const HOLDER = 'sluice-acme'
export const ROLE_ARN = `acs:ram::${CUSTOMER}:role/${HOLDER}`
export const REGION = 'cn-beijing'
/** A bucket that the connection is not for. */
export const OTHER_BUCKET = 'another-bucket-123'
/** Where requests come from, unless a scenario says otherwise. */
export const OUR_ADDRESS = '192.0.2.7'

const NAME = 'acme'
const signal = new AbortController().signal
const ALL: PolicyDocument = { Version: '1', Statement: [{ Effect: 'Allow', Action: ['oss:*', 'kms:*', 'sts:*'], Resource: '*' }] }
const NO_POLICY: PolicyDocument = { Version: '1', Statement: [] }

/** How a world differs from the ordinary one: a role of the customer's, its bucket read, written and deleted in. */
export interface AliyunWorldOptions {
  readonly method?: 'role' | 'oidc' | 'keys'
  readonly settings?: ConnectionSettings
  /** Encrypt the bucket and its object with a key of the customer's, which the connection names. */
  readonly encrypted?: boolean
}

/** Another program, which reads the same object its own way. It changes when somebody repairs it. */
export interface OtherProgram {
  signs: boolean
  /** When it made the signed URL that it opens. */
  signedAt: number
  /** For how long it wants sessions. */
  sessionSeconds: number
  isInternal: boolean
}

/** A connection to OSS that works, whatever its method. */
export interface AliyunWorld extends DenialWorld {
  readonly installation: Installation
  readonly aliyun: LabAliyun
  /** Replaces the document at a place of a case by what becomes of it. */
  change(place: string, change: (document: PolicyDocument) => PolicyDocument): void
  /** The document at a place of a case, as the customer would read it at this moment. */
  document(place: string): PolicyDocument
  readonly program: OtherProgram
  /** When it is in the cloud. */
  now(): number
  /** The key of an encrypted world. */
  readonly kmsKey: string
  /** Has the customer apply the setup's documents once more. */
  setUp(): void
  /** Gives the connection other settings. */
  settle(settings: ConnectionSettings): Promise<void>
  /** Sets the clocks of the cloud apart from ours. */
  skew(ms: number): void
  /** Gives the connection other keys. */
  useKeys(keys: AliyunCredentials): Promise<void>
}

/** Starts a lab with a customer in it, and a connection that is set up by its own documents. */
export async function startAliyunWorld(options: AliyunWorldOptions = {}): Promise<AliyunWorld> {
  const { method = 'role', encrypted = false } = options
  let skewMs = 0
  const installation = await startInstallation({ labClock: (own) => ({ ...own, now: () => own.now() + skewMs }) })
  const { lab, clock, connections, setups, diagnoses, caller } = installation
  const { aliyun } = lab
  aliyun.setCaller({ address: OUR_ADDRESS })
  const others = addOthers(aliyun)
  addBuckets(aliyun)
  const kmsKey = encrypted ? encrypt(aliyun) : ''
  const settings = { ...options.settings, ...(encrypted ? { kmsReadKeys: [kmsKey], kmsWriteKeys: [kmsKey] } : {}) }
  const { connection } = await connections.create(caller, {
    name: NAME,
    cloud: 'aliyun',
    method,
    auth: method === 'keys' ? {} : { accountId: CUSTOMER },
    locations: [`oss://${BUCKET}/data/`],
    purposes: ['import', 'backup'],
    settings,
  })
  const setup = await setups.forConnection(caller, NAME, {})
  aliyun.applyTemplate(CUSTOMER, artifactText(setup, 'ros'), method === 'oidc' ? { IssuerFingerprints: 'a'.repeat(40) } : {})
  const useKeys = async ({ accessKeyId, accessKeySecret, securityToken }: AliyunCredentials): Promise<void> => {
    const token = securityToken === undefined ? {} : { securityToken }
    await connections.update(caller, NAME, { auth: { accessKeyId, accessKeySecret, ...token } })
  }
  const key = method === 'keys' ? aliyun.createAccessKey(CUSTOMER, HOLDER) : undefined
  if (key !== undefined) await useKeys(key)
  const askForRole = method === 'keys' ? () => [] : await roleRequests(installation, connection)

  const now = (): number => clock.now() + skewMs
  const documents = (): JsonObject => documentsOf(aliyun, method)
  const document = (place: string): PolicyDocument => policyAt(documents(), place)
  const put = (place: string, changed: Json): void => putDocument(aliyun, method, place, changed)
  return {
    installation,
    aliyun,
    documents,
    document,
    put,
    change: (place, change) => put(place, change(document(place))),
    skew: (ms) => {
      skewMs = ms
    },
    program: { signs: true, signedAt: clock.now(), sessionSeconds: 3600, isInternal: false },
    now,
    kmsKey,
    setUp: () => setUp(aliyun, setup),
    async settle(other) {
      await connections.update(caller, NAME, { settings: other })
    },
    useKeys,
    async diagnose(evidence): Promise<DiagnosisReport> {
      // A connection is probed a few times in a minute at most.
      clock.advance(61_000)
      return diagnoses.diagnose(caller, NAME, { write: true, ...(evidence === undefined ? {} : { evidence }) }, signal)
    },
    async allowed() {
      const asking = { lab, now, region: REGION }
      const ours = key ?? (aliyun.getRole(ROLE_ARN) === undefined ? undefined : aliyun.issueSession(ROLE_ARN))
      const askers = [...(ours === undefined ? [] : [{ name: 'we', credentials: ours }]), ...others]
      return [...(await servedSessions(asking, askForRole())), ...(await servedRequests(asking, askers, BUCKET, OTHER_BUCKET))]
    },
    close: () => installation.close(),
  }
}

/** Those who must get no further by any repair: a colleague who may do everything his account can give, a stranger who may in his own, and anybody. */
function addOthers(aliyun: LabAliyun): readonly Asker[] {
  const keyOf = (account: string, name: string): AliyunCredentials => {
    aliyun.putUser(account, { name, policies: { all: ALL } })
    return aliyun.createAccessKey(account, name)
  }
  return [
    { name: 'others of the account', credentials: keyOf(CUSTOMER, 'colleague') },
    { name: 'others', credentials: keyOf(STRANGER, 'stranger') },
    { name: 'others unsigned' },
  ]
}

function addBuckets(aliyun: LabAliyun): void {
  aliyun.createBucket(CUSTOMER, { name: BUCKET, region: REGION })
  aliyun.putObject(BUCKET, 'data/a.csv', { body: 'a,b\n1,2\n' })
  aliyun.putObject(BUCKET, 'data-2/near.csv', { body: 'not for us\n' })
  aliyun.putObject(BUCKET, 'other/secret.csv', { body: 'not for us\n' })
  aliyun.createBucket(CUSTOMER, { name: OTHER_BUCKET, region: REGION })
  aliyun.putObject(OTHER_BUCKET, 'data/a.csv', { body: 'not for us either\n' })
}

/** Encrypts the bucket and its object with a key, and gives the key. */
function encrypt(aliyun: LabAliyun): string {
  const kmsKey = aliyun.putKey(CUSTOMER, REGION)
  const encryption = { algorithm: 'KMS', kmsKey } as const
  aliyun.configureBucket(BUCKET, { encryption })
  aliyun.putObject(BUCKET, 'data/a.csv', { body: 'a,b\n1,2\n', encryption })
  return kmsKey
}

function setUp(aliyun: LabAliyun, setup: Setup): void {
  const policies = { [HOLDER]: JSON.parse(artifactText(setup, 'permission-policy')) }
  if (setup.artifacts.every(({ id }) => id !== 'trust-policy')) return void aliyun.putUser(CUSTOMER, { name: HOLDER, policies })
  const trust = JSON.parse(artifactText(setup, 'trust-policy'))
  if (aliyun.getRole(ROLE_ARN) === undefined) return void aliyun.putRole(CUSTOMER, { name: HOLDER, trust, policies })
  aliyun.setTrust(ROLE_ARN, trust)
  aliyun.putPolicy(CUSTOMER, HOLDER, policies[HOLDER])
}

/** Who asks for the role besides us: our other tenants, with another external id or token or none, and others of our account. */
async function roleRequests(installation: Installation, connection: Connection): Promise<() => readonly RoleRequest[]> {
  const { lab, connections, issuer, caller } = installation
  const { method, fields } = connection.auth
  const to = (name: string, by: RoleRequest['by']): RoleRequest => ({ name, roleArn: ROLE_ARN, by })
  if (method === 'oidc') {
    const { connection: other } = await connections.create(caller, {
      name: 'other',
      cloud: 'aliyun',
      method,
      auth: { accountId: STRANGER },
      locations: ['oss://of-another-tenant/'],
      purposes: ['import'],
    })
    const providerArn = fields['oidcProviderArn'] ?? ''
    const tokenFor = (audience: string, subject: string): Promise<string> => issuer.issue({ audience, subject }, signal)
    return () => [
      to('we assume the role', { providerArn, connection, tokenFor }),
      to('others assume the role with a token for another connection', { providerArn, connection: other, tokenFor }),
    ]
  }
  const credentials = lab.aliyun.createAccessKey(PLATFORM_ALIYUN_ACCOUNT, 'sluice')
  lab.aliyun.putUser(PLATFORM_ALIYUN_ACCOUNT, { name: 'neighbour', attached: ['AliyunSTSAssumeRoleAccess'] })
  const neighbour = lab.aliyun.createAccessKey(PLATFORM_ALIYUN_ACCOUNT, 'neighbour')
  const externalId = 'externalId' in connection.auth && connection.auth.externalId.kind !== 'none' ? connection.auth.externalId.value : ''
  return () => [
    to('we assume the role', { credentials, externalId }),
    to('others assume the role through us without its external id', { credentials }),
    to('others assume the role through us with their external id', { credentials, externalId: 'not-this-one' }),
    to('others of our account assume the role', { credentials: neighbour, externalId }),
  ]
}

/** The policies that count for the role or user, in the order in which they are attached. */
function attachedOf(aliyun: LabAliyun, method: string) {
  return (method === 'keys' ? aliyun.getUser(CUSTOMER, HOLDER) : aliyun.getRole(ROLE_ARN))?.attached ?? []
}

function documentsOf(aliyun: LabAliyun, method: string): JsonObject {
  const role = method === 'keys' ? undefined : aliyun.getRole(ROLE_ARN)
  const bucket = aliyun.getBucket(BUCKET)
  const isThere = role !== undefined || method === 'keys'
  const ramPolicies = attachedOf(aliyun, method).flatMap(({ name }) => aliyun.getPolicy(CUSTOMER, name) ?? [])
  return {
    ...(role === undefined ? {} : { trustPolicy: role.trust }),
    ...(isThere ? { ramPolicies } : {}),
    ...(bucket === undefined ? {} : bucketDocuments(bucket)),
  }
}

function bucketDocuments({ policy, blockPublicAccess, encryption }: NonNullable<ReturnType<LabAliyun['getBucket']>>): JsonObject {
  const key = encryption?.kmsKey === undefined ? {} : { KMSMasterKeyID: encryption.kmsKey.slice(encryption.kmsKey.lastIndexOf('/') + 1) }
  return {
    bucketPolicy: policy ?? NO_POLICY,
    publicAccessBlock: { BlockPublicAccess: blockPublicAccess },
    ...(encryption === undefined
      ? {}
      : {
          encryption: { ServerSideEncryptionRule: { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: encryption.algorithm, ...key } } },
        }),
  }
}

function putDocument(aliyun: LabAliyun, method: string, place: string, document: Json): void {
  const { name, member } = placeOf(place)
  const policy = document as PolicyDocument // all that is put back is a policy, or a list of them
  if (name === 'trustPolicy') return aliyun.setTrust(ROLE_ARN, policy)
  if (name === 'bucketPolicy') return aliyun.putBucketPolicy(BUCKET, isEmpty(policy) ? undefined : policy)
  if (name !== 'ramPolicies') throw new Error(`The lab keeps no ${place}.`)
  if (member !== undefined) return putAttached(aliyun, method, Number(member), policy)
  if (Array.isArray(document)) document.forEach((one, at) => putAttached(aliyun, method, at, one as PolicyDocument)) // of a list of policies
}

/** The policy at this place; one of its own where there are fewer. */
function putAttached(aliyun: LabAliyun, method: string, index: number, document: PolicyDocument): void {
  const kept = attachedOf(aliyun, method)[index]
  const name = kept?.name ?? `${HOLDER}-${index}`
  aliyun.putPolicy(CUSTOMER, name, document)
  if (kept !== undefined) return
  if (method === 'keys') aliyun.attachUserPolicy(CUSTOMER, HOLDER, { type: 'Custom', name })
  else aliyun.attachRolePolicy(ROLE_ARN, { type: 'Custom', name })
}
