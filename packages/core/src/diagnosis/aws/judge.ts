import { evaluate } from '../../policy/evaluate.ts'
import { expandS3Call, type S3Call, type S3Need } from '../../policy/s3-call.ts'
import type { Decision, PolicyLayer, RequestContext } from '../../policy/types.ts'
import type { CaseDocuments } from '../case.ts'
import type { Clue, ClueLayer } from '../clue.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import type { Slot } from '../memo.ts'
import { crossAccount } from './bucket-owner.ts'
import { callOf } from './call.ts'
import type { Mood } from './open-conditions.ts'
import { policiesFor, type Question } from './policy-set.ts'
import { mannerOf } from './refusal.ts'
import { accountOf, anyCaller, targetOf } from './subject.ts'

/** A permission that a request needed, and what the documents say of it. */
export interface Judged {
  readonly need: S3Need
  readonly question: Question
  /** With every condition on what nobody showed turning out for the request: what denies here, denies for certain. */
  readonly decision: Decision
  /** With all of them turning out against it. */
  readonly strict: Decision
}

/** Stands for the account of a bucket that is not the caller's, where nobody said which. */
export const SOMEBODY = '999999999999'

const JUDGED: Slot<readonly Judged[] | undefined> = { name: 'judged' }

/** What the documents say of a request for data: each permission it needs, judged. Undefined where the request is not known, or no policy refused it. */
export function judge(failure: Failure, facts: Facts): readonly Judged[] | undefined {
  return facts.memo(JUDGED, failure, () => (mannerOf(failure) === 'other' ? undefined : judgeBy(failure, facts, facts.documents)))
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

/** What the documents say to a question, with its explanation. What AWS would not have accepted as a policy decides nothing. */
export function decide(question: Question, facts: Facts, documents: CaseDocuments, mood: Mood): Decision {
  return evaluate({ ...question, policies: policiesFor(question, facts, documents, mood) }, { explain: true })
}

/** Whether the documents allow it, with all that nobody showed turning out for the request, or against it. */
export function allows(question: Question, facts: Facts, documents: CaseDocuments, mood: Mood): boolean {
  return evaluate({ ...question, policies: policiesFor(question, facts, documents, mood) }).allowed
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
