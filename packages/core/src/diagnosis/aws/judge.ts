import { isAccessError } from '../../error.ts'
import { evaluate } from '../../policy/evaluate.ts'
import { parsePolicy } from '../../policy/parse.ts'
import { expandS3Call, S3_OPERATIONS, type S3Call, type S3Need, type S3Operation } from '../../policy/s3-call.ts'
import type { AccessQuestion, Decision, NamedPolicy, PolicyDocument, PolicyLayer, PolicySet } from '../../policy/types.ts'
import type { CaseDocuments } from '../case.ts'
import type { Clue, ClueLayer } from '../clue.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import { operationName } from './operations.ts'
import { accountOf, callerOf, partitionOf, placeOf } from './subject.ts'

/** A permission that a request needed, and what the documents say of it. */
export interface Judged {
  readonly need: S3Need
  readonly question: AccessQuestion
  readonly decision: Decision
}

/** Stands for a policy that nobody showed: it allows everything, so that only what is shown can deny. */
const UNKNOWN: PolicyDocument = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
const FULL_RCP: PolicyDocument = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }] }

/** The names of the documents, as patches and evaluations call them. */
export const at = {
  rolePolicy: (index: number): string => `documents.rolePolicies[${index}]`,
  scp: (index: number): string => `documents.scps[${index}]`,
  rcp: (index: number): string => `documents.rcps[${index}]`,
  keyPolicy: (arn: string): string => `documents.keyPolicies[${JSON.stringify(arn)}]`,
  trustPolicy: 'documents.trustPolicy',
  bucketPolicy: 'documents.bucketPolicy',
  boundary: 'documents.boundary',
  sessionPolicy: 'documents.sessionPolicy',
  vpcEndpointPolicy: 'documents.vpcEndpointPolicy',
} as const

/** What the documents say of a request for data: each permission it needs, judged. Undefined where the request or its caller is not known. */
export function judge(failure: Failure, facts: Facts, documents: CaseDocuments = facts.documents): readonly Judged[] | undefined {
  const call = callOf(failure, facts)
  const principal = callerOf(facts, failure.clue)
  if (call === undefined || principal === undefined) return undefined
  const account = accountOf(principal) ?? ''
  return expandS3Call(call).flatMap((need): readonly Judged[] => {
    const question: AccessQuestion = {
      principal,
      action: need.action,
      resource: need.resource,
      resourceAccount: need.service === 'kms' ? (need.resource.split(':')[4] ?? account) : account,
      context: { 'aws:SecureTransport': 'true', ...need.context },
      policies: policiesFor(need, documents),
    }
    const decision = decide(question)
    return decision === undefined ? [] : [{ need, question, decision }]
  })
}

/** Evaluates with an explanation; a document that AWS would not accept decides nothing. */
export function decide(question: AccessQuestion): Decision | undefined {
  try {
    return evaluate(question, { explain: true })
  } catch (error) {
    if (isAccessError(error)) return undefined
    throw error
  }
}

function policiesFor(need: S3Need, documents: CaseDocuments): PolicySet {
  const { rolePolicies, boundary, sessionPolicy, bucketPolicy, keyPolicies = {}, scps, rcps, vpcEndpointPolicy } = documents
  const own = need.service === 'kms' ? keyPolicies[need.resource] : bucketPolicy
  return {
    identity: rolePolicies === undefined ? [{ name: 'unknown', document: UNKNOWN }] : rolePolicies.map(name(at.rolePolicy)),
    ...(boundary === undefined ? {} : { boundary: { name: at.boundary, document: boundary } }),
    ...(sessionPolicy === undefined ? {} : { session: [{ name: at.sessionPolicy, document: sessionPolicy }] }),
    ...resourcePart(need, own),
    ...(scps === undefined ? {} : { scps: [withFull(scps.map(name(at.scp)), UNKNOWN)] }),
    ...(rcps === undefined ? {} : { rcps: [withFull(rcps.map(name(at.rcp)), FULL_RCP)] }),
    ...(vpcEndpointPolicy === undefined || need.service === 'kms'
      ? {}
      : { vpcEndpoint: { name: at.vpcEndpointPolicy, document: vpcEndpointPolicy } }),
  }
}

function resourcePart(need: S3Need, own: PolicyDocument | undefined): Pick<PolicySet, 'resource' | 'resourceRule'> {
  if (need.service === 'kms') {
    // A key has a policy, whether it was shown or not: one that was not leaves everything to the identity.
    const account = need.resource.split(':')[4] ?? ''
    const left = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: account }, Action: 'kms:*', Resource: '*' }] }
    return {
      resource: { name: own === undefined ? 'unknown' : at.keyPolicy(need.resource), document: own ?? left },
      resourceRule: 'kms-key',
    }
  }
  return own === undefined ? {} : { resource: { name: at.bucketPolicy, document: own } }
}

function name(of: (index: number) => string) {
  return (document: PolicyDocument, index: number): NamedPolicy => ({ name: of(index), document })
}

/** Guard rails that only deny were shown without the full-access policy that AWS attaches beside them. */
function withFull(policies: readonly NamedPolicy[], full: PolicyDocument): readonly NamedPolicy[] {
  const allows = policies.some(({ document }) => {
    const parsed = parsePolicy(document)
    return parsed.ok && parsed.policy.statements.some(({ effect }) => effect === 'Allow')
  })
  return allows ? policies : [...policies, { name: 'unknown', document: full }]
}

const BY_NAME = new Map<string, S3Operation>(S3_OPERATIONS.map((operation) => [operation.toLowerCase(), operation]))

/** The call of S3 that a request was, with what of it matters to policies. */
export function callOf({ observation, clue }: Failure, facts: Facts): S3Call | undefined {
  const operation = BY_NAME.get(operationName(observation, clue)) ?? operationOfAction(clue.action)
  const place = placeOf(observation, clue, facts)
  if (operation === undefined || place === undefined) return undefined
  const listing = operation.startsWith('List')
  const { headers } = observation
  const kms = keyOf(headers, facts, operation)
  const sent = headers['x-amz-server-side-encryption']
  return {
    operation,
    bucket: place.bucket,
    partition: partitionOf(facts),
    ...(listing ? { prefix: place.key } : { key: keyUnder(place.key) }),
    ...(kms === undefined ? {} : { kms: { keyArn: kms } }),
    ...(headers['x-amz-acl'] === undefined ? {} : { acl: headers['x-amz-acl'] }),
    ...(sent === undefined || !operation.startsWith('Put') ? {} : { encryptionHeader: sent }),
  }
}

/** A request for a folder stands for one for any object in it. */
function keyUnder(key: string): string {
  return key === '' || key.endsWith('/') ? `${key}sluice-object` : key
}

function operationOfAction(action: string | undefined): S3Operation | undefined {
  const names: { readonly [action: string]: S3Operation } = {
    's3:ListBucket': 'ListObjectsV2',
    's3:GetObject': 'GetObject',
    's3:PutObject': 'PutObject',
    's3:DeleteObject': 'DeleteObject',
  }
  return action === undefined ? undefined : names[action]
}

/** The key that the object is encrypted with: as its headers say, or for a write the bucket's default. */
function keyOf(headers: { readonly [name: string]: string }, { documents }: Facts, operation: S3Operation): string | undefined {
  const named = headers['x-amz-server-side-encryption-aws-kms-key-id']
  if (named !== undefined) return named
  if (!/^(Put|Copy|Create|Upload|Complete)/.test(operation)) return undefined
  return /"KMSMasterKeyID":\s*"(arn:[^"]+)"/.exec(JSON.stringify(documents.encryption ?? {}))?.[1]
}

const CLUE_LAYERS: { readonly [layer in PolicyLayer]: readonly ClueLayer[] } = {
  identity: ['identity'],
  boundary: ['boundary'],
  session: ['session'],
  resource: ['resource', 'key'],
  scp: ['scp'],
  rcp: ['rcp'],
  'vpc-endpoint': ['vpc-endpoint'],
  'public-access-block': [],
}

/** Whether what the documents decide can be what the cloud's text speaks of. A text that names no layer contradicts nothing. */
export function agrees({ need, decision }: Judged, clue: Clue): boolean {
  if (decision.allowed || decision.layer === undefined) return false
  if (clue.action !== undefined && clue.action.toLowerCase() !== need.action.toLowerCase()) return false
  if (clue.layer !== undefined && !CLUE_LAYERS[decision.layer].includes(clue.layer)) return false
  return clue.effect === undefined || clue.effect === (decision.effect === 'explicit-deny' ? 'explicit' : 'implicit')
}

/** The first permission that the documents deny, where that agrees with the text. */
export function firstDenied(failure: Failure, facts: Facts): Judged | undefined {
  const judged = judge(failure, facts)
  const denied = judged?.find(({ decision }) => !decision.allowed)
  return denied !== undefined && agrees(denied, failure.clue) ? denied : undefined
}
