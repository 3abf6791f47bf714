import { evaluate } from '../../policy/evaluate.ts'
import type { Json } from '../../json.ts'
import { compile, type CompiledPolicy } from '../../policy/compile.ts'
import { parsePolicy } from '../../policy/parse.ts'
import type { PolicyKind } from '../../policy/parsed.ts'
import { publicStatements } from '../../policy/public.ts'
import { expandS3Call, type S3Call, type S3Need } from '../../policy/s3-call.ts'
import type { AccessQuestion, Decision, PolicyDocument, PolicyLayer, PolicySet, RequestContext } from '../../policy/types.ts'
import type { CaseDocuments } from '../case.ts'
import type { Clue, ClueLayer } from '../clue.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import type { Slot } from '../memo.ts'
import { crossAccount } from './bucket-owner.ts'
import { callOf } from './call.ts'
import { keysKnown } from './known-keys.ts'
import { settled, type Mood } from './open-conditions.ts'
import { at, documentsOf, prepared, type NamedDocument } from './policies.ts'
import { accountOf, anyCaller, isNamed, targetOf } from './subject.ts'

/** A permission that a request needed, and what the documents say of it. */
export interface Judged {
  readonly need: S3Need
  readonly question: Question
  /** With every condition on what nobody showed turning out for the request: what denies here, denies for certain. */
  readonly decision: Decision
  /** With all of them turning out against it. */
  readonly strict: Decision
}

/** A question without its policies. */
export type Question = Omit<AccessQuestion, 'policies'> & {
  readonly service: S3Need['service']
  /** Whether it is asked from outside of any VPC, so that its conditions do not hold. */
  readonly outsideVpc?: boolean
}

/** Stands for a policy that nobody showed: it allows everything, so that only what is shown can deny. */
const UNKNOWN: PolicyDocument = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
const UNKNOWN_RESOURCE: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
}

/** Stands for the account of a bucket that is not the caller's, where nobody said which. */
export const SOMEBODY = '999999999999'

const JUDGED: Slot<readonly Judged[] | undefined> = { name: 'judged' }

/** What the documents say of a request for data: each permission it needs, judged. Undefined where the request is not known. */
export function judge(failure: Failure, facts: Facts): readonly Judged[] | undefined {
  return facts.memo(JUDGED, failure, () => judgeBy(failure, facts, facts.documents))
}

/** The same by other documents than the case's. */
export function judgeBy(failure: Failure, facts: Facts, documents: CaseDocuments): readonly Judged[] | undefined {
  const call = callOf(failure, facts)
  if (call === undefined) return undefined
  return needsOf(call, failure).map((need) => {
    const question = questionOf(need, failure, facts)
    return { need, question, decision: decide(question, facts, documents, 'lenient'), strict: decide(question, facts, documents, 'strict') }
  })
}

/** What a call needs; and of a key that is not there also to list: without that S3 does not say so, but refuses. */
function needsOf(call: S3Call, { clue }: Failure): readonly S3Need[] {
  const needs = expandS3Call(call)
  const hides = clue.action === 's3:ListBucket' && (call.operation === 'GetObject' || call.operation === 'HeadObject')
  if (!hides || call.bucket === undefined) return needs
  const { partition, region, key = '' } = call
  const prefix = key.slice(0, key.lastIndexOf('/') + 1)
  return expandS3Call({
    operation: 'ListObjectsV2',
    bucket: call.bucket,
    prefix,
    ...(partition === undefined ? {} : { partition }),
    ...(region === undefined ? {} : { region }),
  })
}

function questionOf(need: S3Need, failure: Failure, facts: Facts): Question {
  const principal = anyCaller(facts, failure.clue)
  const account = accountOf(principal) ?? ''
  const target = targetOf(failure, facts)
  const [, , , keyRegion = '', keyAccount = ''] = need.resource.split(':')
  const ofKey = need.service === 'kms'
  // A key is of its bucket's region, and S3 is who asks it.
  const suffix = need.resource.startsWith('arn:aws-cn') ? 'amazonaws.com.cn' : 'amazonaws.com'
  const context: RequestContext = {
    'aws:SecureTransport': target?.plainHttp === true ? 'false' : 'true',
    ...(principal.kind === 'role-session' ? { 'aws:MultiFactorAuthPresent': 'false' } : {}),
    ...(ofKey ? (keyRegion === '' ? {} : { 'kms:ViaService': `s3.${keyRegion}.${suffix}` }) : { 'aws:ViaAWSService': 'false' }),
    's3:signatureversion': 'AWS4-HMAC-SHA256',
    's3:authType': 'REST-HEADER',
    ...(target?.region === undefined ? {} : { 'aws:RequestedRegion': target.region }),
    ...need.context,
  }
  return {
    principal,
    action: need.action,
    resource: need.resource,
    resourceAccount: ofKey ? keyAccount || account : crossAccount(facts) === 'yes' ? SOMEBODY : account,
    context,
    service: need.service,
  }
}

const COMPILED: Slot<Map<string, CompiledPolicy | undefined>> = { name: 'compiled policies' }

/** What the documents say to a question, with its explanation. What AWS would not have accepted as a policy decides nothing. */
export function decide(question: Question, facts: Facts, documents: CaseDocuments, mood: Mood): Decision {
  return evaluate({ ...question, policies: policiesFor(question, facts, documents, mood) }, { explain: true })
}

function policiesFor(question: Question, facts: Facts, documents: CaseDocuments, mood: Mood): PolicySet {
  const known = keysKnown({
    principal: question.principal,
    context: question.context,
    isNamed: isNamed(question.principal),
    knowsOwner: question.service === 'kms' || crossAccount(facts) === 'no',
    throughS3: question.service === 'kms',
    outsideVpc: question.outsideVpc === true,
  })
  // Which keys are known depends on the principal and on what the context names, and so does what a document comes to.
  const manner = `${mood} ${question.service} ${question.outsideVpc === true} ${question.principal.kind} ${Object.keys(question.context).join(' ')}`
  const compiled = ([name, document]: NamedDocument, kind: PolicyKind): CompiledPolicy | undefined => {
    const all = facts.memo(COMPILED, document, () => new Map<string, CompiledPolicy | undefined>())
    const key = `${manner} ${name}`
    if (!all.has(key)) all.set(key, prepared(name, settled(document, known, mood), kind))
    return all.get(key)
  }
  const layer = (of: PolicyLayer, kind: PolicyKind = 'identity'): readonly CompiledPolicy[] | undefined => {
    const all = documentsOf(of, documents).map((one) => compiled(one, kind))
    const usable = all.filter((one) => one !== undefined)
    return usable.length < all.length ? undefined : usable
  }
  const [boundary] = layer('boundary') ?? []
  const session = layer('session') ?? []
  const [endpoint] = question.service === 'kms' ? [] : (layer('vpc-endpoint', 'resource') ?? [])
  const scps = documents.scps === undefined ? undefined : layer('scp')
  const rcps = documents.rcps === undefined ? undefined : layer('rcp', 'resource')
  return {
    identity: (documents.rolePolicies === undefined ? undefined : layer('identity')) ?? [compiledUnknown(facts, UNKNOWN, 'identity')],
    ...(boundary === undefined ? {} : { boundary }),
    ...(session.length === 0 ? {} : { session }),
    ...resourcePart(question, facts, documents, compiled),
    ...(scps === undefined ? {} : { scps: [withFull(scps, compiledUnknown(facts, UNKNOWN, 'identity'))] }),
    ...(rcps === undefined ? {} : { rcps: [withFull(rcps, compiledUnknown(facts, UNKNOWN_RESOURCE, 'resource'))] }),
    ...(endpoint === undefined ? {} : { vpcEndpoint: endpoint }),
  }
}

function resourcePart(
  { service, resource, principal, resourceAccount }: Question,
  facts: Facts,
  documents: CaseDocuments,
  compiled: (document: NamedDocument, kind: PolicyKind) => CompiledPolicy | undefined,
): Pick<PolicySet, 'resource' | 'resourceRule'> {
  if (service === 's3') {
    const own = documents.bucketPolicy === undefined ? undefined : compiled([at.bucketPolicy, documents.bucketPolicy], 'resource')
    const { publicAccessBlock: block } = documents
    if (own !== undefined)
      return {
        resource: own,
        ...(isOn(block?.['RestrictPublicBuckets']) && isPublic(documents.bucketPolicy) ? { restrictPublicBuckets: true } : {}),
      }
    return crossAccount(facts) === 'yes' ? { resource: compiledUnknown(facts, UNKNOWN_RESOURCE, 'resource') } : {}
  }
  const shown = documents.keyPolicies?.[resource]
  const own = shown === undefined ? undefined : compiled([at.keyPolicy(resource), shown], 'resource')
  if (own !== undefined) return { resource: own, resourceRule: 'kms-key' }
  // A key has a policy, whether it was shown or not: one that was not leaves everything to the identity.
  const account = accountOf(principal) ?? resourceAccount
  const left = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: account }, Action: 'kms:*', Resource: '*' }] }
  return { resource: { name: 'unknown', document: left }, resourceRule: 'kms-key' }
}

/** Whether a policy as it stands is public; with the conditions that stay open taken out of it, it may look so. */
function isPublic(document: PolicyDocument | undefined): boolean {
  const parsed = document === undefined ? undefined : parsePolicy(document, 'resource')
  return parsed?.ok === true && publicStatements(parsed.policy).length > 0
}

function isOn(setting: Json | undefined): boolean {
  return setting === true || (typeof setting === 'string' && setting.toLowerCase() === 'true')
}

const STAND_IN: Slot<CompiledPolicy> = { name: 'policies that stand in' }

function compiledUnknown(facts: Facts, document: PolicyDocument, kind: PolicyKind): CompiledPolicy {
  return facts.memo(STAND_IN, document, () => compile({ name: 'unknown', document }, kind))
}

/** Guard rails that only deny were shown without the full-access policy that AWS attaches beside them. */
function withFull(policies: readonly CompiledPolicy[], full: CompiledPolicy): readonly CompiledPolicy[] {
  const allows = policies.some(({ parsed }) => parsed.statements.some(({ effect }) => effect === 'Allow'))
  return allows ? policies : [...policies, full]
}

const CLUE_LAYERS: { readonly [layer in PolicyLayer]: readonly ClueLayer[] } = {
  // KMS does not tell a caller of another account which of the two it is.
  identity: ['identity', 'key'],
  boundary: ['boundary'],
  session: ['session'],
  resource: ['resource', 'key'],
  scp: ['scp'],
  rcp: ['rcp'],
  'vpc-endpoint': ['vpc-endpoint'],
  'public-access-block': [],
}

/** Whether what a decision says can be what the cloud's text speaks of. A text that names no layer contradicts nothing. */
export function agrees({ need }: Pick<Judged, 'need'>, decision: Decision, clue: Clue): boolean {
  if (decision.allowed || decision.layer === undefined) return false
  if (clue.action !== undefined && clue.action.toLowerCase() !== need.action.toLowerCase()) return false
  if (clue.layer === 'key' && need.service !== 'kms') return false
  if (clue.layer !== undefined && !CLUE_LAYERS[decision.layer].includes(clue.layer)) return false
  return clue.effect === undefined || clue.effect === (decision.effect === 'explicit-deny' ? 'explicit' : 'implicit')
}
