import type { PatchStep } from '../../finding.ts'
import type { Explanation } from '../cause.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import { allowedAfter } from './denies.ts'
import { valuesOfFailure } from './evidence.ts'
import { agrees, at, judge } from './judge.ts'
import { adding } from '../statement-patch.ts'
import { callerOf } from './subject.ts'

/** What a key policy that was shown lacks, and the statement that gives it, where the evaluator agrees. */
export function keyPolicyGap(failure: Failure, facts: Facts): Explanation | undefined {
  const denied = judge(failure, facts)?.find(({ need, decision }) => need.service === 'kms' && !decision.allowed)
  if (denied === undefined || denied.decision.layer !== 'resource' || !agrees(denied, failure.clue)) return undefined
  const key = denied.need.resource
  const document = facts.documents.keyPolicies?.[key]
  const caller = callerOf(facts, failure.clue)
  const arn = caller?.kind === 'role-session' ? caller.roleArn : caller?.kind === 'user' ? caller.arn : undefined
  if (document === undefined || arn === undefined) return undefined
  const steps: readonly PatchStep[] = adding(document, {
    Sid: 'SluiceUsesTheKeyThroughS3',
    Effect: 'Allow',
    Principal: { AWS: arn },
    Action: denied.need.action === 'kms:GenerateDataKey' ? ['kms:GenerateDataKey', 'kms:Decrypt'] : 'kms:Decrypt',
    Resource: '*',
    Condition: { StringLike: { 'kms:ViaService': 's3.*' } },
  })
  // S3 is the service that asks: the request carries it, whether or not the case says in which region.
  const proved = allowedAfter(failure, facts, { name: at.keyPolicy(key), judged: denied }, withoutVia(steps))
  return {
    fits: proved ? 'proved' : 'possible',
    for: [
      `${at.keyPolicy(key)} allows ${denied.need.action} to nobody that we are.`,
      ...(proved ? ['With the patch the same request is allowed.'] : []),
    ],
    values: { ...valuesOfFailure(failure, facts), action: denied.need.action, resource: key },
    ...(proved ? { patch: { document: at.keyPolicy(key), steps } } : {}),
  }
}

/** The same statement for a request of which the region is not known: kms:ViaService is then not in the evaluator's question. */
function withoutVia(steps: readonly PatchStep[]): readonly PatchStep[] {
  return steps.map((step) => {
    const text = JSON.stringify(step.value).replaceAll(/,"Condition":\{"StringLike":\{"kms:ViaService":"s3\.\*"\}\}/g, '')
    return { ...step, value: JSON.parse(text) }
  })
}
