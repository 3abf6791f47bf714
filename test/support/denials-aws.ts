import type { ConnectionSettings, DiagnosisReport, Json, JsonObject, PolicyDocument, Purpose, Setup, SetupOptions } from '@sluice/core'
import type { LabAws, LabCredentials } from '@sluice/lab'
import { artifactText } from './artifacts.ts'
import { policyAt } from './case-places.ts'
import type { DenialWorld } from './denials.ts'
import { documentsOf, type Holder, putDocument } from './denials-aws-documents.ts'
import { HOLDER, OTHER_BUCKET, REGION, ROLE_ARN, STRANGER_ACCOUNT } from './denials-aws-names.ts'
import { type Asker, servedRequests, servedSessions } from './denials-aws-requests.ts'
import { BUCKET, CUSTOMER_ACCOUNT, type Installation, PLATFORM_ACCOUNT, PRINCIPAL, startInstallation } from './installation.ts'

const NAME = 'acme'
const signal = new AbortController().signal
/** Of the installation's `egressAddresses`. */
export const OUR_ADDRESS = '192.0.2.7'
const THEIR_ADDRESS = '198.51.100.99'
const OF_MACHINES: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
}
const NO_SUCH_ROLE: Json = {
  operation: 'GetRole',
  target: ROLE_ARN,
  status: 404,
  code: 'NoSuchEntity',
  message: `The role with name ${HOLDER} cannot be found.`,
}

/** How a world differs from the ordinary one: a role of the customer's and his own bucket, read, written and deleted in. */
export interface AwsWorldOptions {
  readonly method?: 'role' | 'oidc' | 'keys'
  /** What the connection is for: everything, where nothing is said. */
  readonly purposes?: readonly Purpose[]
  readonly settings?: ConnectionSettings
  readonly setup?: SetupOptions
  /** Whose the bucket is, where it is not the customer's: its policy then is part of the setup. */
  readonly bucketAccount?: string
  /** For the method `keys`: the key of a session of the role, narrowed by this policy, instead of a user's. */
  readonly session?: PolicyDocument
  /** For the method `keys`: the address by which other stores of S3's kind are reached, which may be plain HTTP. */
  readonly endpoint?: string
}

/** A connection to S3 that works, whatever its method. */
export interface AwsWorld extends DenialWorld {
  readonly installation: Installation
  readonly aws: LabAws
  /** Replaces the document at a place of a case by what becomes of it. */
  change(place: string, change: (document: PolicyDocument) => PolicyDocument): void
  /** The document at a place of a case, as the customer would read it at this moment. */
  document(place: string): PolicyDocument
  /** From where our requests come, until they come from elsewhere. */
  comeFrom(network: Network): void
  /** Has the connection use another key from now on: a session's by the policy that narrows it, too. */
  use(key: LabCredentials, narrowedBy?: PolicyDocument): Promise<void>
  /** How far AWS's clock is ahead of ours from now on. */
  skewBy(ms: number): void
}

type Network = NonNullable<Parameters<LabAws['setNetwork']>[0]>

/** Starts a lab with a customer in it, and a connection that is set up by its own documents. */
export async function startAwsWorld(options: AwsWorldOptions = {}): Promise<AwsWorld> {
  const { method = 'role', bucketAccount = CUSTOMER_ACCOUNT } = options
  let skew = 0
  const installation = await startInstallation({ labClock: (ours) => ({ ...ours, now: () => ours.now() + skew }) })
  const { lab, clock, connections, diagnoses, caller } = installation
  const { aws } = lab
  const others = addOthers(aws)
  addBuckets(aws, bucketAccount)
  await setUp(installation, options)
  const user = method === 'keys' && options.session === undefined
  let held: { readonly key?: LabCredentials; readonly narrowedBy?: PolicyDocument | undefined } = {}
  const use = async (key: LabCredentials, narrowedBy?: PolicyDocument): Promise<void> => {
    const { version } = await connections.get(caller, NAME)
    await connections.update(caller, NAME, { auth: fieldsOf(key) }, version)
    held = { key, narrowedBy }
  }
  if (user) await use(aws.createAccessKey(CUSTOMER_ACCOUNT, HOLDER))
  else if (options.session !== undefined) await use(sessionOf(aws, options.session), options.session)

  const holder: Holder = user ? 'user' : 'role'
  let network: Network = { address: OUR_ADDRESS, ...(options.endpoint?.startsWith('http:') === true ? { tlsVersion: 'none' } : {}) }
  aws.setNetwork(network)
  const documents = (): JsonObject => ({
    ...documentsOf(aws, holder),
    ...(network.endpoint === undefined ? {} : { vpcEndpointPolicy: network.endpoint.policy }),
    ...(held.narrowedBy === undefined ? {} : { sessionPolicy: held.narrowedBy }),
  })
  const externalId = /"sts:ExternalId":\s*"([^"]+)"/.exec(JSON.stringify(documents()['trustPolicy'] ?? {}))?.[1]
  const document = (place: string): PolicyDocument => policyAt(documents(), place)
  const comeFrom = (from: Network): void => {
    network = from
    aws.setNetwork(network)
  }
  const put = (place: string, changed: Json): void | Promise<void> => {
    const { endpoint } = network
    if (place === 'documents.sessionPolicy') return use(sessionOf(aws, changed as PolicyDocument), changed as PolicyDocument) // as below
    if (place !== 'documents.vpcEndpointPolicy' || endpoint === undefined) return putDocument(aws, holder, place, changed)
    comeFrom({ ...network, endpoint: { ...endpoint, policy: changed as PolicyDocument } }) // all that is put back is a policy
  }
  return {
    installation,
    aws,
    documents,
    document,
    put,
    observations: () => (holder === 'role' && aws.getRole(ROLE_ARN) === undefined ? [NO_SUCH_ROLE] : []),
    change: (place, change) => void put(place, change(document(place))),
    use,
    comeFrom,
    skewBy(ms) {
      skew = ms
    },
    async diagnose(evidence): Promise<DiagnosisReport> {
      // A connection is probed a few times in a minute at most.
      clock.advance(61_000)
      return diagnoses.diagnose(caller, NAME, { write: true, ...(evidence === undefined ? {} : { evidence }) }, signal)
    },
    async allowed() {
      const asking = { lab, now: () => clock.now() + skew, region: REGION }
      const ours = held.key ?? holderSession(aws)
      const sessions = method === 'role' ? await servedSessions(asking, roleRequests(aws, externalId)) : []
      const served = ours === undefined ? [] : await servedRequests(asking, [{ name: 'we', credentials: ours }], [BUCKET, OTHER_BUCKET])
      aws.setNetwork({ address: THEIR_ADDRESS })
      const toOthers = await servedRequests(asking, others, [BUCKET, OTHER_BUCKET])
      aws.setNetwork(network)
      return [...sessions, ...served, ...toOthers]
    },
    close: () => installation.close(),
  }
}

/** Makes the connection, and applies its setup as the customer and the owner of the bucket do. */
async function setUp({ lab: { aws }, connections, setups, caller }: Installation, options: AwsWorldOptions): Promise<void> {
  const { method = 'role', settings, bucketAccount = CUSTOMER_ACCOUNT } = options
  const byEndpoint = options.endpoint === undefined ? {} : { endpoint: options.endpoint, region: REGION, addressing: 'path' as const }
  await connections.create(caller, {
    name: NAME,
    cloud: options.endpoint === undefined ? 'aws' : 's3',
    method,
    auth: method === 'keys' ? {} : { accountId: CUSTOMER_ACCOUNT },
    locations: [`s3://${BUCKET}/data/`],
    purposes: options.purposes ?? ['import', 'backup', 'purge'],
    settings: { ...settings, ...byEndpoint },
  })
  const setup = await setups.forConnection(caller, NAME, {
    ...(method === 'keys' && options.endpoint === undefined ? { accountId: CUSTOMER_ACCOUNT } : {}),
    ...(bucketAccount === CUSTOMER_ACCOUNT ? {} : { bucketAccountId: bucketAccount }),
    ...options.setup,
  })
  if (options.endpoint !== undefined)
    aws.putUser(CUSTOMER_ACCOUNT, { name: HOLDER, policies: { [HOLDER]: documentIn(setup, 'permission-policy') } })
  else if (options.session === undefined) aws.applyTemplate(CUSTOMER_ACCOUNT, artifactText(setup, 'cloudformation'))
  else aws.putRole(CUSTOMER_ACCOUNT, { name: HOLDER, trust: OF_MACHINES, policies: { [HOLDER]: documentIn(setup, 'permission-policy') } })
  if (bucketAccount !== CUSTOMER_ACCOUNT) aws.putBucketPolicy(BUCKET, documentIn(setup, 'bucket-policy'))
}

/** The fields of a connection by access key. */
export function fieldsOf({ accessKeyId, secretAccessKey, sessionToken }: LabCredentials): { readonly [field: string]: string } {
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) }
}

/** Those who must get no further by any repair: a colleague who may do everything his account can give, a stranger who may in his own, and anybody. */
function addOthers(aws: LabAws): readonly Asker[] {
  const all = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['s3:*', 'sts:*', 'kms:*'], Resource: '*' }] }
  const workerOf = (account: string, name: string): LabCredentials => {
    aws.createAccount(account)
    return aws.issueSession(aws.putRole(account, { name, trust: OF_MACHINES, policies: { all } }), { seconds: 43_200 })
  }
  return [
    { name: 'others of the account', credentials: workerOf(CUSTOMER_ACCOUNT, 'colleague') },
    { name: 'others', credentials: workerOf(STRANGER_ACCOUNT, 'stranger') },
    { name: 'others unsigned' },
  ]
}

function addBuckets(aws: LabAws, account: string): void {
  aws.createBucket(account, { name: BUCKET, region: REGION })
  aws.putObject(BUCKET, 'data/a.csv', { body: 'a,b\n1,2\n' })
  aws.putObject(BUCKET, 'other/secret.csv', { body: 'not for us\n' })
  aws.createBucket(account, { name: OTHER_BUCKET, region: REGION })
  aws.putObject(OTHER_BUCKET, 'data/a.csv', { body: 'not for us either\n' })
}

/** A session of the role as it is, without the policy that narrows our leases: what the customer's documents give. */
function holderSession(aws: LabAws): LabCredentials | undefined {
  return aws.getRole(ROLE_ARN) === undefined ? undefined : aws.issueSession(ROLE_ARN)
}

function roleRequests(aws: LabAws, externalId: string | undefined) {
  const ours = aws.issueSession(PRINCIPAL)
  const neighbour = `arn:aws:iam::${PLATFORM_ACCOUNT}:role/neighbour`
  if (aws.getRole(neighbour) === undefined)
    aws.putRole(PLATFORM_ACCOUNT, {
      name: 'neighbour',
      trust: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: PLATFORM_ACCOUNT }, Action: 'sts:AssumeRole' }] },
      policies: { assume: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }] } },
    })
  const theirs = aws.issueSession(neighbour)
  const withId = externalId === undefined ? {} : { externalId }
  return [
    { name: 'we assume the role', credentials: ours, roleArn: ROLE_ARN, ...withId },
    { name: 'others assume the role through us without its external id', credentials: ours, roleArn: ROLE_ARN },
    { name: 'others assume the role through us with their external id', credentials: ours, roleArn: ROLE_ARN, externalId: 'not-this-one' },
    { name: 'another role of ours assumes the role', credentials: theirs, roleArn: ROLE_ARN, ...withId },
  ]
}

/** A session of the role as somebody has made one elsewhere and pasted its key. */
export function sessionOf(aws: LabAws, narrowedBy?: PolicyDocument): LabCredentials {
  return aws.issueSession(ROLE_ARN, { sessionName: 'pasted', ...(narrowedBy === undefined ? {} : { policies: [narrowedBy] }) })
}

function documentIn(setup: Setup, id: string): PolicyDocument {
  const document: PolicyDocument = JSON.parse(artifactText(setup, id))
  return document
}
