import { generateKeyPairSync } from 'node:crypto'
import type { DiagnosisReport, GoogleIdentity, IamBinding, IamCondition, JsonObject, Purpose, Setup } from '@sluice/core'
import { artifactText } from './artifacts.ts'
import type { DenialWorld } from './denials.ts'
import { type Asker, observed, servedRequests, type TriedRequest } from './denials-gcp-requests.ts'
import { type Installation, PLATFORM_GCP_ACCOUNT, startInstallation } from './installation.ts'

export const PROJECT = 'acme-data'
export const NUMBER = '123456789012'
export const BUCKET = 'acme-lake'
/** A bucket that the connection is not for. */
export const OTHER_BUCKET = 'acme-other'
export const PLATFORM_PROJECT = 'sluice-platform'

/** By which a project pays for what a member asks. */
export const PAYS = { on: { project: PLATFORM_PROJECT }, role: 'roles/serviceusage.serviceUsageConsumer' } as const

const NAME = 'acme'
export const ACCOUNT_ID = 'sluice-acme'
export const ACCOUNT = `${ACCOUNT_ID}@${PROJECT}.iam.gserviceaccount.com`
const signal = new AbortController().signal
/** One key for all worlds: to make one takes longer than all else. */
const PRIVATE_KEY = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

/** How a world differs from the ordinary one: a bucket that is read, written and deleted in under `data/`. */
export interface GcpWorldOptions {
  readonly method: 'federation' | 'grant' | 'service-account-key'
  /** We act as an account of the customer's, which holds the permissions. */
  readonly impersonates?: true
  readonly purposes?: readonly Purpose[]
  /** The bucket bills whoever asks, and the connection has our own project pay. */
  readonly billed?: true
}

/** A connection to Cloud Storage that works, whatever its method. */
export interface GcpWorld extends DenialWorld {
  readonly installation: Installation
  readonly gcp: Installation['lab']['gcp']
  /** Who comes to the bucket. */
  readonly identity: GoogleIdentity
  /** The same as policies name it. */
  readonly member: string
  /** Who we are before any account is impersonated, as policies name it. */
  readonly us: string
  /** Full name of the custom role of the setup. */
  readonly role: string
  /** Of a federation: its pool and provider by name, and what the provider was told. */
  readonly federation: FederationNames | undefined
  /** Of a key: its id. */
  readonly keyId: string | undefined
  /** Makes a new key in place of all others, which ends after that time where one is given, and enters it. */
  renewKey(lifeMs?: number): Promise<void>
  /** Replaces the bindings of the bucket by what becomes of them. */
  rebind(change: (bindings: readonly IamBinding[]) => readonly IamBinding[]): void
  /** Asks as a program of ours does that goes its own way, and tells what came of it as a case does. */
  tries(request: TriedRequest): Promise<JsonObject>
  /** Tells the connection another provider. */
  nameProvider(provider: string): Promise<void>
  /** Makes the bucket again, with its objects and our grant, once it is gone. */
  remakeBucket(): void
  /** How that program goes on from now: with what token, and with what parameters in all its requests. */
  reprogram(ways: ProgramWays): void
  /** The clouds' clock is from now on so much ahead of ours. */
  skewBy(ms: number): void
  /** A token of ours, as it comes to the bucket. */
  token(scopes?: readonly string[]): string
}

/** How a program of ours asks that goes its own way. */
export interface ProgramWays {
  /** Ours as it comes to the bucket where nothing is said; none where it is said that there is none. */
  readonly token?: string | null
  readonly query?: { readonly [name: string]: string }
}

export interface FederationNames {
  readonly pool: string
  readonly providerId: string
  readonly issuerUri: string
  readonly attributeCondition: string
}

/** Starts a lab with a customer in it, and a connection that is set up by its own documents. */
export async function startGcpWorld(options: GcpWorldOptions): Promise<GcpWorld> {
  const { method, purposes = ['import', 'backup'], billed } = options
  let skewMs = 0
  let ways: ProgramWays = {}
  const installation = await startInstallation({ labClock: (ours) => ({ ...ours, now: () => ours.now() + skewMs }) })
  const { lab, clock, connections, setups, diagnoses, caller } = installation
  const { gcp } = lab
  addCustomer(gcp)
  const keyFile = method === 'service-account-key' ? gcp.createKey(ACCOUNT, { privateKey: PRIVATE_KEY }) : undefined
  await connections.create(caller, {
    name: NAME,
    cloud: 'gcp',
    method,
    auth: {
      ...(keyFile === undefined ? {} : { key: JSON.stringify(keyFile) }),
      ...(options.impersonates === true ? { serviceAccount: ACCOUNT } : {}),
      ...(billed === true ? { billingProject: PLATFORM_PROJECT } : {}),
    },
    locations: [`gs://${BUCKET}/data/`],
    purposes: [...purposes],
    ...(billed === true ? { settings: { requesterPays: true } } : {}),
  })
  const setup = await setups.forConnection(caller, NAME, { projectId: PROJECT })
  const federation = method === 'federation' ? addFederation(gcp, setup) : undefined
  const provider = federation === undefined ? undefined : `${federation.pool}/providers/${federation.providerId}`
  if (provider !== undefined) await connections.update(caller, NAME, { auth: { provider } }, 1)
  const us = ourIdentity(federation, setup)
  const identity: GoogleIdentity =
    options.impersonates === true || method === 'service-account-key' ? { kind: 'service-account', email: ACCOUNT } : us
  if (options.impersonates === true) {
    const role = method === 'federation' ? 'roles/iam.workloadIdentityUser' : 'roles/iam.serviceAccountTokenCreator'
    gcp.addBinding({ on: { serviceAccount: ACCOUNT }, role, member: memberOf(us) })
  }
  const role = applyGrant(gcp, setup, memberOf(identity))
  if (billed === true) {
    gcp.configureBucket(BUCKET, { requesterPays: true })
    gcp.addBinding({ ...PAYS, member: memberOf(identity) })
  }

  const bindings = (): readonly IamBinding[] => gcp.getPolicy({ bucket: BUCKET }).bindings
  const token = (scopes?: readonly string[]): string => gcp.issueToken(identity, scopes === undefined ? {} : { scopes })
  return {
    installation,
    gcp,
    identity,
    member: memberOf(identity),
    us: memberOf(us),
    role,
    federation,
    keyId: keyFile?.private_key_id,
    token,
    async renewKey(lifeMs) {
      for (const { id } of gcp.getServiceAccount(ACCOUNT)?.keys ?? []) gcp.deleteKey(ACCOUNT, id)
      const made = gcp.createKey(ACCOUNT, {
        privateKey: PRIVATE_KEY,
        ...(lifeMs === undefined ? {} : { validBefore: clock.now() + lifeMs }),
      })
      await connections.update(caller, NAME, { auth: { key: JSON.stringify(made) } })
    },
    tries: (request) =>
      observed(lab, { ...request, query: { ...request.query, ...ways.query } }, ways.token === null ? undefined : (ways.token ?? token())),
    nameProvider: async (name) => void (await connections.update(caller, NAME, { auth: { provider: name } })),
    remakeBucket() {
      addBucket(gcp, BUCKET)
      applyGrant(gcp, setup, memberOf(identity))
    },
    reprogram(changed) {
      ways = changed
    },
    skewBy(ms) {
      skewMs = ms
    },
    rebind: (change) => gcp.setPolicy({ bucket: BUCKET }, { version: 3, bindings: change(bindings()) }),
    documents: () => documentsOf(gcp, role),
    observations: () => [
      {
        operation: 'cloudresourcemanager.projects.getIamPolicy',
        target: `projects/${PROJECT}`,
        status: 200,
        message: JSON.stringify(gcp.getPolicy({ project: PROJECT })),
      },
      ...accountReads(gcp, identity),
      ...upperReads(gcp),
    ],
    put(place, document) {
      if (place !== 'documents.bindings') throw new Error(`The lab has no ${place} of a case.`)
      gcp.setPolicy({ bucket: BUCKET }, { version: 3, bindings: document as unknown as IamBinding[] }) // a patch adds what it says and leaves the rest
    },
    async diagnose(evidence): Promise<DiagnosisReport> {
      // A connection is probed a few times in a minute at most.
      clock.advance(61_000)
      return diagnoses.diagnose(caller, NAME, { write: true, ...(evidence === undefined ? {} : { evidence }) }, signal)
    },
    allowed: () => servedRequests(lab, [{ name: 'we', token: token() }, ...othersOf(gcp, federation)], [BUCKET, OTHER_BUCKET]),
    close: () => installation.close(),
  }
}

/** The customer's project: two buckets, an account, and a colleague who may do everything in it. */
function addCustomer(gcp: GcpWorld['gcp']): void {
  gcp.createProject(PROJECT, NUMBER)
  for (const bucket of [BUCKET, OTHER_BUCKET]) addBucket(gcp, bucket)
  gcp.putServiceAccount(PROJECT, { id: ACCOUNT_ID })
  gcp.addBinding({ on: { project: PROJECT }, role: 'roles/storage.admin', member: 'user:colleague@acme.example' })
}

function addBucket(gcp: GcpWorld['gcp'], name: string): void {
  gcp.createBucket(PROJECT, { name, location: 'EUROPE-WEST3' })
  gcp.putObject(name, 'data/a.csv', { body: 'a,b\n1,2\n' })
  gcp.putObject(name, 'other/secret.csv', { body: 'not for us\n' })
}

/** Makes the pool and the provider as the setup writes them. */
function addFederation(gcp: GcpWorld['gcp'], setup: Setup): FederationNames {
  const issuerUri = factOf(setup, 'Issuer')
  const providerId = factOf(setup, 'Provider')
  const attributeCondition = `assertion.sub == '${factOf(setup, 'Subject')}'`
  expectInSetup(setup, attributeCondition)
  const pool = gcp.putPool(PROJECT, { id: factOf(setup, 'Pool') })
  gcp.putProvider(pool, { id: providerId, issuerUri, attributeCondition })
  return { pool, providerId, issuerUri, attributeCondition }
}

/** The custom role of the setup, and its grant under the condition of the setup. */
function applyGrant(gcp: GcpWorld['gcp'], setup: Setup, member: string): string {
  const { includedPermissions }: { readonly includedPermissions: readonly string[] } = JSON.parse(artifactText(setup, 'custom-role'))
  const role = gcp.putCustomRole(PROJECT, { id: factOf(setup, 'Custom role'), permissions: includedPermissions })
  const condition: IamCondition = JSON.parse(artifactText(setup, 'condition'))
  gcp.addBinding({ on: { bucket: BUCKET }, role, member, condition })
  return role
}

/** What the organization's own people read: the deny policies of the project and of all above it. */
function upperReads(gcp: GcpWorld['gcp']): readonly JsonObject[] {
  const rules = gcp.getGuards(PROJECT).denyRules.map((denyRule) => ({ denyRule }))
  return [
    {
      operation: 'projects.get-ancestors-iam-policy --include-deny',
      target: PROJECT,
      status: 200,
      message: JSON.stringify([
        { id: PROJECT, type: 'project', policy: gcp.getPolicy({ project: PROJECT }) },
        ...(rules.length === 0 ? [] : [{ id: '314159265358', type: 'organization', policy: { kind: 'denyPolicy', rules } }]),
      ]),
    },
  ]
}

/** What IAM tells of the account that we come as, where it is the customer's. */
function accountReads(gcp: GcpWorld['gcp'], identity: GoogleIdentity): readonly JsonObject[] {
  if (identity.kind !== 'service-account' || identity.email !== ACCOUNT) return []
  const name = `projects/${PROJECT}/serviceAccounts/${ACCOUNT}`
  const account = gcp.getServiceAccount(ACCOUNT)
  if (account === undefined)
    return [{ operation: 'iam.serviceAccounts.get', target: name, status: 404, message: 'Unknown service account' }]
  const { email, disabled, keys } = account
  return [
    {
      operation: 'iam.serviceAccounts.get',
      target: name,
      status: 200,
      message: JSON.stringify({ name, email, ...(disabled ? { disabled } : {}) }),
    },
    {
      operation: 'iam.serviceAccountKeys.list',
      target: name,
      status: 200,
      message: JSON.stringify({
        keys: keys.map(({ id, validBefore, disabled: off }) => ({
          name: `${name}/keys/${id}`,
          keyType: 'USER_MANAGED',
          validBeforeTime: new Date(validBefore).toISOString(),
          ...(off ? { disabled: off } : {}),
        })),
      }),
    },
  ]
}

function documentsOf(gcp: GcpWorld['gcp'], role: string): JsonObject {
  const roles = [customRole(gcp, role)]
  // Of a bucket that is gone nobody reads anything.
  const bucket = gcp.getBucket(BUCKET)
  if (bucket === undefined) return { roles }
  const accountSettings = { iamConfiguration: { uniformBucketLevelAccess: { enabled: bucket.uniformAccess } } }
  const { bindings } = gcp.getPolicy({ bucket: BUCKET })
  return {
    roles,
    accountSettings,
    bindings: bindings.map((binding): JsonObject => ({
      ...binding,
      condition: binding.condition === undefined ? null : { ...binding.condition },
    })),
  }
}

function customRole(gcp: GcpWorld['gcp'], name: string): JsonObject {
  const { permissions = [], deleted = false } = gcp.getCustomRole(name) ?? {}
  return { name, includedPermissions: permissions, ...(deleted ? { deleted } : {}) }
}

function ourIdentity(federation: FederationNames | undefined, setup: Setup): GoogleIdentity {
  if (federation === undefined) return { kind: 'service-account', email: PLATFORM_GCP_ACCOUNT }
  return { kind: 'federated', pool: federation.pool, subject: factOf(setup, 'Subject') }
}

/** Those who must get no further by any repair. */
function othersOf(gcp: GcpWorld['gcp'], federation: FederationNames | undefined): readonly Asker[] {
  const issue = (identity: GoogleIdentity): string => gcp.issueToken(identity)
  return [
    { name: 'others of the project', token: issue({ kind: 'user', email: 'colleague@acme.example' }) },
    {
      name: 'others of the platform',
      token: issue({ kind: 'service-account', email: `other@${PLATFORM_PROJECT}.iam.gserviceaccount.com` }),
    },
    ...(federation === undefined
      ? []
      : [{ name: 'others of the pool', token: issue({ kind: 'federated', pool: federation.pool, subject: 'another-tenant' }) }]),
    { name: 'others unsigned' },
  ]
}

function memberOf(identity: GoogleIdentity): string {
  switch (identity.kind) {
    case 'federated':
      return `principal://iam.googleapis.com/${identity.pool}/subject/${identity.subject}`
    case 'anonymous':
      return 'allUsers'
    default:
      return `serviceAccount:${identity.email}`
  }
}

function factOf({ facts }: Setup, label: string): string {
  const value = facts.find((fact) => fact.label === label)?.value
  if (value === undefined) throw new Error(`The setup says nothing of its ${label}.`)
  return value
}

function expectInSetup({ artifacts }: Setup, text: string): void {
  if (!artifacts.some((artifact) => artifact.text.includes(text))) throw new Error(`The setup does not say ${text}.`)
}
