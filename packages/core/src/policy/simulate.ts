import { parseArn } from './arn.ts'
import { evaluate } from './evaluate.ts'
import { actionsMatching, carries } from './lint/action-table.ts'
import { parsePolicy } from './parse.ts'
import { prepare, principalNames } from './request.ts'
import { expandS3Call, type S3Call, type S3Need } from './s3-call.ts'
import type { AccessQuestion, Decision, NamedPolicy, PolicySet, Principal, RequestContext } from './types.ts'

/** One call of S3, who makes it, and every policy that has a say. */
export interface S3Simulation {
  readonly call: S3Call
  readonly principal: Principal
  /** Account that owns the bucket; the principal's own when absent. */
  readonly bucketOwner?: string
  /** Account that owns the bucket a copy reads from; the bucket's owner when absent. */
  readonly sourceOwner?: string
  /** Keys known of the request beside those that follow from the call. */
  readonly context?: RequestContext
  /** Those of the principal, its organization and its network. */
  readonly policies: Omit<PolicySet, 'resource' | 'resourceRule'>
  readonly bucketPolicy?: NamedPolicy
  readonly sourceBucketPolicy?: NamedPolicy
  /** By ARN of the key. */
  readonly keyPolicies?: { readonly [keyArn: string]: NamedPolicy }
}

/** One permission that the call needs, and whether it is there. */
export interface SimulatedNeed {
  readonly need: S3Need
  readonly question: AccessQuestion
  /** With its explanation. */
  readonly decision: Decision
}

export interface S3SimulationResult {
  /** Whether every permission that the call needs is there. */
  readonly allowed: boolean
  readonly needs: readonly SimulatedNeed[]
  /** Condition keys that the policies ask about, that such a request may carry, and that were not given: taken as absent. */
  readonly absentKeys: readonly string[]
}

/**
 * Says whether a principal could make a call of S3, permission by permission. A policy that was not given counts as not attached.
 * Throws `policy.malformed` for a policy that AWS would not accept.
 */
export function simulateS3Call(simulation: S3Simulation): S3SimulationResult {
  const needs = expandS3Call(simulation.call).map((need) => {
    const question = questionFor(need, simulation)
    return { need, question, decision: evaluate(question, { explain: true }) }
  })
  return {
    allowed: needs.every(({ decision }) => decision.allowed),
    needs,
    absentKeys: [...new Map(needs.flatMap(absentKeysOf).map((key) => [key.toLowerCase(), key])).values()],
  }
}

function questionFor(need: S3Need, simulation: S3Simulation): AccessQuestion {
  const { principal, policies, keyPolicies = {} } = simulation
  const context = { ...need.context, ...simulation.context }
  const common = { principal, action: need.action, resource: need.resource, context }
  if (need.service === 'kms') {
    const keyPolicy = keyPolicies[need.resource]
    // S3 itself asks the key's service: no endpoint and no public access block of the bucket stands between them.
    const { vpcEndpoint: _endpoint, restrictPublicBuckets: _block, ...rest } = policies
    return {
      ...common,
      resourceAccount: parseArn(need.resource)?.account ?? '',
      policies: { ...rest, resourceRule: 'kms-key', ...(keyPolicy ? { resource: keyPolicy } : {}) },
    }
  }
  const { bucketPolicy, owner } = bucketOf(need, simulation)
  return { ...common, resourceAccount: owner, policies: { ...policies, ...(bucketPolicy ? { resource: bucketPolicy } : {}) } }
}

/** The bucket a permission is about: of a copy, the one it reads or the one it writes. */
function bucketOf(
  { resource }: S3Need,
  simulation: S3Simulation,
): { readonly bucketPolicy: NamedPolicy | undefined; readonly owner: string } {
  const { call, principal, bucketPolicy, sourceBucketPolicy } = simulation
  const own = simulation.bucketOwner ?? principalNames(principal).account ?? ''
  const name = parseArn(resource)?.resource.split('/')[0]
  if (name === call.bucket || name !== call.source?.bucket) return { bucketPolicy, owner: own }
  return { bucketPolicy: sourceBucketPolicy, owner: simulation.sourceOwner ?? own }
}

/** What the call itself decides: absent here means that such a request does not have it. */
const FROM_CALL =
  /^s3:(prefix|delimiter|max-keys|versionid|x-amz-acl|x-amz-server-side-encryption.*|x-amz-storage-class|x-amz-copy-source|requestobjecttag.*)$/i

function absentKeysOf({ question, decision }: SimulatedNeed): readonly string[] {
  const request = prepare(question)
  const [action] = actionsMatching(question.action) ?? []
  return conditionKeysOf(question, decision).filter(
    (key) => request.values(key.toLowerCase()) === undefined && !FROM_CALL.test(key) && (!action || carries(action, key)),
  )
}

/** The keys of the statements that are about this action and resource, whether their conditions hold or not. */
function conditionKeysOf({ policies }: AccessQuestion, { explanation = [] }: Decision): readonly string[] {
  const { identity = [], boundary, session = [], resource, scps = [], rcps = [], vpcEndpoint } = policies
  const all = [...identity, boundary, ...session, resource, ...scps.flat(), ...rcps.flat(), vpcEndpoint].filter(
    (policy) => policy !== undefined,
  )
  return explanation
    .filter(({ mismatches }) => mismatches.every(({ part }) => part === 'condition'))
    .flatMap(({ policy, index }) =>
      all
        .filter(({ name }) => name === policy)
        .flatMap(({ document }) => {
          const parsed = parsePolicy(document)
          return parsed.ok ? (parsed.policy.statements[index]?.conditions ?? []).map(({ key }) => key) : []
        }),
    )
}
