import { isAccessError } from '../../error.ts'
import type { NamedPolicy, PolicyDocument } from '../../policy/types.ts'
import { compileRam } from '../../ram/compile.ts'
import { evaluateRam } from '../../ram/evaluate.ts'
import { expandOssCall, type OssNeed } from '../../ram/oss-call.ts'
import { parseRamPolicy } from '../../ram/parse.ts'
import type { RamPolicyKind } from '../../ram/parsed.ts'
import type { RamDecision, RamPolicySet, RamQuestion } from '../../ram/types.ts'
import type { CaseDocuments } from '../case.ts'
import type { Clue, ClueLayer } from '../clue.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import { ossOperation } from './operations.ts'
import { accountOf, callerOf, placeOf, regionOf } from './subject.ts'
import { keyUnder } from '../bucket-place.ts'

/** A permission that a request needed, and what the documents say of it. */
export interface Judged {
  readonly need: OssNeed
  readonly question: RamQuestion
  readonly decision: RamDecision
}

/** Stands for a policy that nobody showed: it allows everything, so that only what is shown can deny. */
const UNKNOWN: PolicyDocument = { Version: '1', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }

/** The names of the documents, as patches and evaluations call them. */
export const at = {
  ramPolicy: (index: number): string => `documents.ramPolicies[${index}]`,
  ramPolicies: 'documents.ramPolicies',
  trustPolicy: 'documents.trustPolicy',
  bucketPolicy: 'documents.bucketPolicy',
  sessionPolicy: 'documents.sessionPolicy',
} as const

/** The document of that name; undefined where it was not shown. */
export function documentNamed(
  name: string | undefined,
  { ramPolicies = [], bucketPolicy, sessionPolicy }: CaseDocuments,
): PolicyDocument | undefined {
  if (name === at.bucketPolicy) return bucketPolicy
  return name === at.sessionPolicy ? sessionPolicy : ramPolicies.find((_, index) => at.ramPolicy(index) === name)
}

/** A document as the evaluator takes it; undefined for one that RAM would not accept, which decides nothing. */
export function usable(document: PolicyDocument | undefined, kind: RamPolicyKind): PolicyDocument | undefined {
  if (document === undefined) return undefined
  // Version has one value, and people leave it out.
  const whole = document['Version'] === undefined ? { Version: '1', ...document } : document
  return parseRamPolicy(whole, kind).ok ? whole : undefined
}

/** What the documents say of a request for data: each permission it needs, judged. Undefined where the request or its caller is not known. */
export function judge(failure: Failure, facts: Facts, documents: CaseDocuments = facts.documents): readonly Judged[] | undefined {
  const { observation, clue } = failure
  const operation = ossOperation(observation, clue)
  const place = placeOf(observation, facts)
  const principal = callerOf(facts, clue)
  const owner = accountOf(facts, clue)
  if (operation === undefined || place === undefined || principal === undefined || owner === undefined) return undefined
  const isListing = operation.startsWith('List')
  const kmsKey = keyOf(failure, facts, owner)
  const call = {
    operation,
    bucket: place.bucket,
    owner,
    region: regionOf(facts, observation),
    ...(isListing ? { prefix: place.key } : { key: keyUnder(place.key) }),
    ...(kmsKey === undefined ? {} : { kmsKey }),
  }
  return expandOssCall(call).flatMap((need): readonly Judged[] => {
    const question: RamQuestion = {
      principal,
      action: need.action,
      resource: need.resource,
      resourceAccount: owner,
      context: { 'acs:SecureTransport': 'true', ...need.context },
      policies: policiesFor(need, documents),
      rule: need.service === 'oss' ? 'bucket' : 'none',
    }
    const decision = decide(question)
    return decision === undefined ? [] : [{ need, question, decision }]
  })
}

/** The key that a request needs: the one it names; of a write that names none, the one that the bucket encrypts with. */
function keyOf({ observation, capability }: Failure, facts: Facts, owner: string): string | undefined {
  const sent = observation.headers['x-oss-server-side-encryption-key-id']
  const byRule =
    capability === 'write' ? /"KMSMasterKeyID":"([^"]+)"/.exec(JSON.stringify(facts.documents.encryption ?? {}))?.[1] : undefined
  const key = sent ?? byRule
  if (key === undefined || key.startsWith('acs:kms:')) return key
  return sent === undefined ? `acs:kms:${regionOf(facts, observation)}:${owner}:key/${key}` : undefined
}

/** Evaluates with an explanation; a document that Alibaba Cloud would not accept decides nothing. */
export function decide(question: RamQuestion): RamDecision | undefined {
  try {
    return evaluateRam(question, { explain: true })
  } catch (error) {
    if (isAccessError(error)) return undefined
    throw error
  }
}

/** The policies that decide a need, prepared for many questions; for those that nobody showed, one that allows everything. */
export function policiesFor(need: Pick<OssNeed, 'service'>, { ramPolicies, bucketPolicy, sessionPolicy }: CaseDocuments): RamPolicySet {
  const identity = ramPolicies?.flatMap((one, index): readonly NamedPolicy[] => {
    const document = usable(one, 'identity')
    return document === undefined ? [] : [compileRam({ name: at.ramPolicy(index), document }, 'identity')]
  })
  // What RAM would not have taken is not what is in force, and what is in its place nobody showed.
  const isWhole = identity !== undefined && identity.length === ramPolicies?.length
  const session = usable(sessionPolicy, 'identity')
  const resource = need.service === 'oss' ? usable(bucketPolicy, 'bucket') : undefined
  return {
    identity: isWhole ? identity : [...(identity ?? []), compileRam({ name: 'unknown', document: UNKNOWN }, 'identity')],
    ...(session === undefined ? {} : { session: compileRam({ name: at.sessionPolicy, document: session }, 'identity') }),
    ...(resource === undefined ? {} : { resource: compileRam({ name: at.bucketPolicy, document: resource }, 'bucket') }),
  }
}

const CLUE_LAYERS: { readonly [layer: string]: readonly ClueLayer[] } = {
  identity: ['identity'],
  session: ['session'],
  resource: ['resource'],
}

/** Whether what the documents decide can be what the answer speaks of. An answer that names no layer contradicts nothing. */
export function agrees({ need, decision }: Judged, clue: Clue): boolean {
  if (decision.allowed || decision.layer === undefined) return false
  if (clue.action !== undefined && clue.action.toLowerCase() !== need.action.toLowerCase()) return false
  if (clue.layer !== undefined && CLUE_LAYERS[decision.layer]?.includes(clue.layer) !== true) return false
  return clue.effect === undefined || clue.effect === (decision.effect === 'explicit-deny' ? 'explicit' : 'implicit')
}
