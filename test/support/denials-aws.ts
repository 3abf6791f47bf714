import type { ConnectionSettings, DiagnosisReport, Json, JsonObject, PolicyDocument, Setup, SetupOptions } from '@sluice/core'
import type { LabAws, LabCredentials } from '@sluice/lab'
import type { DenialWorld } from './denials.ts'
import { type Asker, servedRequests, servedSessions } from './denials-aws-requests.ts'
import { BUCKET, CUSTOMER_ACCOUNT, type Installation, PLATFORM_ACCOUNT, PRINCIPAL, startInstallation } from './installation.ts'

/** The role, or the user, that the setup makes for the connection `acme`. */
export const HOLDER = 'sluice-acme'
export const ROLE_ARN = `arn:aws:iam::${CUSTOMER_ACCOUNT}:role/${HOLDER}`
export const USER_ARN = `arn:aws:iam::${CUSTOMER_ACCOUNT}:user/${HOLDER}`
export const REGION = 'us-west-2'
/** Whose bucket it is where it is neither ours nor the customer's. */
export const THIRD_ACCOUNT = '333344445555'
/** Nobody that any of the others has to do with. */
export const STRANGER_ACCOUNT = '210987654321'
/** A bucket that the connection is not for. */
export const OTHER_BUCKET = 'another-bucket-123'

const NAME = 'acme'
const signal = new AbortController().signal
const NO_POLICY: PolicyDocument = { Version: '2012-10-17', Statement: [] }

/** How a world differs from the ordinary one: a role of the customer's and his own bucket, read, written and deleted in. */
export interface AwsWorldOptions {
  readonly method?: 'role' | 'oidc' | 'keys'
  readonly settings?: ConnectionSettings
  readonly setup?: SetupOptions
  /** Whose the bucket is, where it is not the customer's: its policy then is part of the setup. */
  readonly bucketAccount?: string
}

/** A connection to S3 that works, whatever its method. */
export interface AwsWorld extends DenialWorld {
  readonly installation: Installation
  readonly aws: LabAws
  /** Replaces the document at a place of a case by what becomes of it. */
  change(place: string, change: (document: PolicyDocument) => PolicyDocument): void
  /** The document at a place of a case, as the customer would read it at this moment. */
  document(place: string): PolicyDocument
}

/** Starts a lab with a customer in it, and a connection that is set up by its own documents. */
export async function startAwsWorld(options: AwsWorldOptions = {}): Promise<AwsWorld> {
  const { method = 'role', settings, bucketAccount = CUSTOMER_ACCOUNT } = options
  const installation = await startInstallation()
  const { lab, clock, connections, setups, diagnoses, caller } = installation
  const { aws } = lab
  const others = addOthers(aws)
  addBuckets(aws, bucketAccount)
  await connections.create(caller, {
    name: NAME,
    cloud: 'aws',
    method,
    auth: method === 'keys' ? {} : { accountId: CUSTOMER_ACCOUNT },
    locations: [`s3://${BUCKET}/data/`],
    purposes: ['import', 'backup', 'purge'],
    ...(settings === undefined ? {} : { settings }),
  })
  const setup = await setups.forConnection(caller, NAME, {
    ...(method === 'keys' ? { accountId: CUSTOMER_ACCOUNT } : {}),
    ...(bucketAccount === CUSTOMER_ACCOUNT ? {} : { bucketAccountId: bucketAccount }),
    ...options.setup,
  })
  aws.applyTemplate(CUSTOMER_ACCOUNT, textOf(setup, 'cloudformation'))
  if (bucketAccount !== CUSTOMER_ACCOUNT) aws.putBucketPolicy(BUCKET, JSON.parse(textOf(setup, 'bucket-policy')))
  const key = method === 'keys' ? aws.createAccessKey(CUSTOMER_ACCOUNT, HOLDER) : undefined
  if (key !== undefined)
    await connections.update(caller, NAME, { auth: { accessKeyId: key.accessKeyId, secretAccessKey: key.secretAccessKey } }, 1)

  const documents = (): JsonObject => documentsOf(aws, method)
  const externalId = /"sts:ExternalId":\s*"([^"]+)"/.exec(JSON.stringify(documents()['trustPolicy'] ?? {}))?.[1]
  const document = (place: string): PolicyDocument => at({ documents: documents() }, place)
  const put = (place: string, changed: Json): void => putDocument(aws, method, place, changed)
  return {
    installation,
    aws,
    documents,
    document,
    put,
    change: (place, change) => put(place, change(document(place))),
    async diagnose(evidence): Promise<DiagnosisReport> {
      // A connection is probed a few times in a minute at most.
      clock.advance(61_000)
      return diagnoses.diagnose(caller, NAME, { write: true, ...(evidence === undefined ? {} : { evidence }) }, signal)
    },
    async allowed() {
      const asking = { lab, now: clock.now, region: REGION }
      const ours = key ?? holderSession(aws)
      const askers = [...(ours === undefined ? [] : [{ name: 'we', credentials: ours }]), ...others]
      const sessions = method === 'role' ? await servedSessions(asking, roleRequests(aws, externalId)) : []
      return [...sessions, ...(await servedRequests(asking, askers, [BUCKET, OTHER_BUCKET]))]
    },
    close: () => installation.close(),
  }
}

/** Those who must get no further by any repair: a colleague who may do everything his account can give, a stranger who may in his own, and anybody. */
function addOthers(aws: LabAws): readonly Asker[] {
  const all = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['s3:*', 'sts:*', 'kms:*'], Resource: '*' }] }
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  }
  const sessionOf = (account: string, name: string): LabCredentials => {
    aws.createAccount(account)
    return aws.issueSession(aws.putRole(account, { name, trust, policies: { all } }), { seconds: 43_200 })
  }
  return [
    { name: 'others of the account', credentials: sessionOf(CUSTOMER_ACCOUNT, 'colleague') },
    { name: 'others', credentials: sessionOf(STRANGER_ACCOUNT, 'stranger') },
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
    { name: 'others of our account assume the role', credentials: theirs, roleArn: ROLE_ARN, ...withId },
  ]
}

interface Place {
  readonly name: string
  readonly member: string | number | undefined
}

function placeOf(place: string): Place {
  const [, name = '', member] = /^documents\.(\w+)(?:\[("(?:[^"\\]|\\.)*"|\d+)\])?$/.exec(place) ?? []
  if (name === '') throw new Error(`A case has no ${place}.`)
  return { name, member: member === undefined ? undefined : JSON.parse(member) }
}

function at({ documents }: { readonly documents: JsonObject }, place: string): PolicyDocument {
  const { name, member } = placeOf(place)
  const whole = documents[name]
  const found = member === undefined ? whole : (whole as JsonObject | undefined)?.[member] // a list is reached by its index alike
  if (typeof found !== 'object' || found === null) throw new Error(`There is no ${place}.`)
  return found as PolicyDocument // every document that has a place is an object
}

/** The policies of the role or user, by where they are kept: inline ones by name, managed ones by ARN. */
function holderPolicies(aws: LabAws, method: string): readonly (readonly [kept: string, document: PolicyDocument])[] {
  const holder = method === 'keys' ? aws.getUser(USER_ARN) : aws.getRole(ROLE_ARN)
  const attached = (holder?.attached ?? []).map((arn) => [arn, aws.getPolicy(arn)] as const)
  return [...Object.entries(holder?.policies ?? {}), ...attached.flatMap(([arn, one]) => (one === undefined ? [] : [[arn, one] as const]))]
}

function documentsOf(aws: LabAws, method: string): JsonObject {
  const role = method === 'keys' ? undefined : aws.getRole(ROLE_ARN)
  const holder = role ?? aws.getUser(USER_ARN)
  const boundary = holder?.boundary === undefined ? undefined : aws.getPolicy(holder.boundary)
  const bucket = aws.getBucket(BUCKET)
  const keys = aws.keyPolicies()
  return {
    ...(role === undefined ? {} : { trustPolicy: role.trust }),
    ...(holder === undefined ? {} : { rolePolicies: holderPolicies(aws, method).map(([, document]) => document) }),
    ...(boundary === undefined ? {} : { boundary }),
    ...(Object.keys(keys).length === 0 ? {} : { keyPolicies: keys }),
    ...(bucket === undefined ? {} : bucketDocuments(bucket)),
  }
}

function bucketDocuments({ policy, ownership, encryption, publicAccessBlock }: NonNullable<ReturnType<LabAws['getBucket']>>): JsonObject {
  const { algorithm, kmsKeyArn, bucketKey } = encryption
  return {
    bucketPolicy: policy ?? NO_POLICY,
    ownership,
    encryption: {
      ServerSideEncryptionConfiguration: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: {
              SSEAlgorithm: algorithm,
              ...(kmsKeyArn === undefined ? {} : { KMSMasterKeyID: kmsKeyArn }),
            },
            BucketKeyEnabled: bucketKey === true,
          },
        ],
      },
    },
    publicAccessBlock: {
      BlockPublicAcls: publicAccessBlock.blockPublicAcls,
      IgnorePublicAcls: publicAccessBlock.ignorePublicAcls,
      BlockPublicPolicy: publicAccessBlock.blockPublicPolicy,
      RestrictPublicBuckets: publicAccessBlock.restrictPublicBuckets,
    },
  }
}

function putDocument(aws: LabAws, method: string, place: string, document: Json): void {
  const { name, member } = placeOf(place)
  const policy = document as PolicyDocument // all that is put back is a policy
  switch (name) {
    case 'trustPolicy':
      return aws.setTrust(ROLE_ARN, policy)
    case 'bucketPolicy':
      return aws.putBucketPolicy(BUCKET, isEmpty(policy) ? undefined : policy)
    case 'keyPolicies':
      return aws.setKeyPolicy(String(member), policy)
    case 'boundary':
      return putManaged(aws, (method === 'keys' ? aws.getUser(USER_ARN) : aws.getRole(ROLE_ARN))?.boundary ?? '', policy)
    case 'rolePolicies': {
      const kept = holderPolicies(aws, method)[Number(member)]?.[0] ?? HOLDER
      if (kept.startsWith('arn:')) return putManaged(aws, kept, policy)
      return method === 'keys' ? aws.putUserPolicy(USER_ARN, kept, policy) : aws.putRolePolicy(ROLE_ARN, kept, policy)
    }
    default:
      throw new Error(`The lab keeps no ${place}.`)
  }
}

function putManaged(aws: LabAws, arn: string, document: PolicyDocument): void {
  const [, account = '', path = '/', name = ''] = /^arn:aws:iam::(\d+):policy(\/(?:.*\/)?)([^/]+)$/.exec(arn) ?? []
  aws.putPolicy(account, { name, path, document })
}

function isEmpty({ Statement }: PolicyDocument): boolean {
  return Array.isArray(Statement) && Statement.length === 0
}

function textOf(setup: Setup, id: string): string {
  const artifact = setup.artifacts.find((one) => one.id === id)
  if (artifact === undefined) throw new Error(`The setup has no ${id}.`)
  return artifact.text
}
