import type { PatchStep } from '../../finding.ts'
import type { JsonObject } from '../../json.ts'
import { parsePolicy } from '../../policy/parse.ts'
import { publicStatements } from '../../policy/public.ts'
import type { Decision, PolicyDocument } from '../../policy/types.ts'
import type { Explanation } from '../cause.ts'
import type { CaseDocuments } from '../case.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import type { Slot } from '../memo.ts'
import { said } from '../said.ts'
import { wanted } from './asked.ts'
import { crossAccount } from './bucket-owner.ts'
import { changeOf } from './change.ts'
import { awsClue } from './clue.ts'
import { decide, judge, judgeBy, SOMEBODY, type Judged } from './judge.ts'
import { adding, statementsOf } from '../statement-patch.ts'
import { at, withPatched } from './policies.ts'
import { speaksOf } from '../evidence.ts'
import { requestsOf } from './requests.ts'
import { isForData, mannerOf, valuesOfFailure } from './refusal.ts'
import { arnOf, callerOf } from './subject.ts'

/** What a bucket policy that was shown lacks for a caller of another account. */
export type ResourceGap = 'aws.rp.absent' | 'aws.rp.condition_never' | 'aws.bpa'

interface Found {
  readonly gap: ResourceGap
  readonly explanation: Explanation
}

const GAP: Slot<Found | undefined> = { name: 'resource gap' }
const SERVES: Slot<boolean> = { name: 'serves without a grant' }

/** What the bucket policy lacks, where it was shown and the bucket is, or can be, of another account. */
export function resourceGap(failure: Failure, facts: Facts): Found | undefined {
  return facts.memo(GAP, failure, () => findGap(failure, facts))
}

/** How sure it is that the bucket is another account's: S3 gives its own callers a reason. */
export function isAbroad(failure: Failure, facts: Facts): boolean {
  if (crossAccount(facts) === 'yes') return true
  // What nobody asked for is refused like what was.
  if (failure.observation.index < 0)
    return facts.failures.some((one) => one.observation.index >= 0 && resourceGap(one, facts)?.explanation.fits === 'proved')
  if (speaksOf(failure.clue, 'resource', 'implicit') && failure.clue.action?.startsWith('s3:') === true) return true
  return crossAccount(facts) === 'unknown' && mannerOf(failure) === 'bare' && facts.documents.rolePolicies !== undefined
}

function findGap(failure: Failure, facts: Facts): Found | undefined {
  const { bucketPolicy } = facts.documents
  const manner = mannerOf(failure)
  const told = speaksOf(failure.clue, 'resource', 'implicit')
  if (bucketPolicy === undefined || !isForData(failure) || crossAccount(facts) === 'no') return undefined
  if (!told && manner !== 'bare' && manner !== 'silent') return undefined
  // What the documents deny in the caller's own account is somebody else's to explain.
  const judged = judge(failure, facts)?.filter(({ need }) => need.service === 's3')
  if (judged === undefined || judged.some(({ decision }) => !decision.allowed && decision.layer !== 'resource')) return undefined
  const denied = judged.find((one) => !decideAbroad(one, facts, facts.documents).allowed)
  if (denied === undefined) return undefined
  const decision = decideAbroad(denied, facts, facts.documents)
  // A Deny there is a cause of its own.
  if (decision.effect === 'explicit-deny') return undefined
  const gap = gapOf(decision)
  const steps = stepsFor(gap, denied, facts, failure)
  const allowed = steps !== undefined && decideAbroad(denied, facts, withPatched(facts.documents, at.bucketPolicy, steps)).allowed
  const { action, resource } = denied.need
  return {
    gap,
    explanation: {
      fits: isAbroad(failure, facts) && !servesWithoutGrant(facts) ? (allowed ? 'proved' : 'named') : 'possible',
      for: [evidenceOf(gap, action, resource)],
      values: { ...valuesOfFailure(failure, facts), action, resource },
      ...(allowed && steps !== undefined
        ? { linesFor: changeOf(at.bucketPolicy, facts), patch: { document: at.bucketPolicy, steps } }
        : {}),
    },
  }
}

/** Whether the bucket served what its policy, as it was shown, gives nobody of another account: it may well be the caller's own. */
function servesWithoutGrant(facts: Facts): boolean {
  return facts.memo(SERVES, facts, () =>
    facts.successes.some((observation) => {
      const served: Failure = { observation, clue: awsClue(observation), capability: 'read' }
      const judged = isForData(served) ? judgeBy(served, facts, facts.documents) : undefined
      return (
        judged?.some((one) => one.need.service === 's3' && decideAbroad(one, facts, facts.documents).effect === 'implicit-deny') === true
      )
    }),
  )
}

function evidenceOf(gap: ResourceGap, action: string, resource: string) {
  if (gap === 'aws.bpa')
    return said(
      `${at.bucketPolicy} allows ${action} by a public statement alone, and RestrictPublicBuckets is on.`,
      `${at.bucketPolicy} 仅通过公有语句允许 ${action},而 RestrictPublicBuckets 已开启。`,
    )
  if (gap === 'aws.rp.condition_never')
    return said(
      `A statement of ${at.bucketPolicy} would allow ${action}, but its condition does not hold.`,
      `${at.bucketPolicy} 有语句会允许 ${action},但其条件不成立。`,
    )
  return said(
    `${at.bucketPolicy} allows ${action} on ${resource} to nobody that we are, and the bucket is another account’s.`,
    `${at.bucketPolicy} 没有允许我们对 ${resource} 执行 ${action},而该存储桶属于其他账户。`,
  )
}

function gapOf({ layer, explanation = [] }: Decision): ResourceGap {
  if (layer === 'public-access-block') return 'aws.bpa'
  const never = explanation.some(
    (one) =>
      one.layer === 'resource' &&
      one.effect === 'Allow' &&
      one.mismatches.length > 0 &&
      one.mismatches.every(({ part }) => part === 'condition'),
  )
  return never ? 'aws.rp.condition_never' : 'aws.rp.absent'
}

/** The same question as if the bucket were another account's, and we where no VPC is. */
function decideAbroad({ question }: Judged, facts: Facts, documents: CaseDocuments): Decision {
  return decide({ ...question, resourceAccount: SOMEBODY, outsideVpc: true }, facts, documents, 'lenient')
}

/** A statement for us; of a policy that is public, the public statements go, or nobody of another account is let in by any. */
function stepsFor(gap: ResourceGap, denied: Judged, facts: Facts, failure: Failure): readonly PatchStep[] | undefined {
  const { bucketPolicy } = facts.documents
  if (bucketPolicy === undefined) return undefined
  if (gap !== 'aws.bpa') {
    const statement = grantFor(denied, facts, failure)
    return statement && adding(bucketPolicy, statement)
  }
  const statements = grantsInstead(facts, failure)
  if (statements.length === 0) return undefined
  const open = openStatements(bucketPolicy)
  if (!Array.isArray(bucketPolicy['Statement'])) {
    const kept = statementsOf(bucketPolicy).filter((_, index) => !open.includes(index))
    return [{ op: 'replace', path: '/Statement', value: [...kept, ...statements] }]
  }
  return [
    ...open.toReversed().map((index): PatchStep => ({ op: 'remove', path: `/Statement/${index}` })),
    ...adding(bucketPolicy, ...statements),
  ]
}

/** Statements for all that came by the public ones: of what was refused, and of what else the connection does. */
function grantsInstead(facts: Facts, failure: Failure): readonly JsonObject[] {
  const all = [...facts.failures, ...requestsOf(facts)].flatMap((one) => judge(one, facts) ?? [])
  const blocked = all.filter(
    (one) => one.need.service === 's3' && decideAbroad(one, facts, facts.documents).layer === 'public-access-block',
  )
  const grants = blocked.map((one) => grantFor(one, facts, failure)).filter((grant) => grant !== undefined)
  return [...new Map(grants.map((grant) => [JSON.stringify(grant), grant])).values()]
}

/** The statements that let everybody in. */
function openStatements(document: PolicyDocument): readonly number[] {
  const parsed = parsePolicy(document, 'resource')
  return parsed.ok ? publicStatements(parsed.policy).map(({ index }) => index) : []
}

function grantFor({ need }: Judged, facts: Facts, { clue }: Failure): JsonObject | undefined {
  const arn = arnOf(callerOf(facts, clue))
  const { action, resource, prefix } = wanted(need, facts)
  if (arn === undefined) return undefined
  return {
    Effect: 'Allow',
    Principal: { AWS: arn },
    Action: action,
    Resource: resource,
    ...(prefix === undefined ? {} : { Condition: { StringLike: { 's3:prefix': `${prefix}*` } } }),
  }
}
