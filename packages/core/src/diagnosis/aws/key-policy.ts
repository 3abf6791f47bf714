import type { Explanation } from '../cause.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import { OPENED, said } from '../said.ts'
import { changeOf } from './change.ts'
import { allowedAfter } from './denies.ts'
import { areGrantsKnown } from './grants.ts'
import { agrees, judge } from './judge.ts'
import { adding } from '../statement-patch.ts'
import { at } from './policies.ts'
import { valuesOfFailure } from './refusal.ts'
import { arnOf, callerOf } from './subject.ts'

/** What a key policy that was shown lacks, and the statement that gives it, where the evaluator agrees. */
export function keyPolicyGap(failure: Failure, facts: Facts): Explanation | undefined {
  const denied = judge(failure, facts)?.find(
    ({ need, decision }) => need.service === 'kms' && decision.layer === 'resource' && decision.effect === 'implicit-deny',
  )
  if (denied === undefined || !(failure.clue.layer === 'key' || agrees(denied, denied.decision, failure.clue))) return undefined
  const { action, resource: key } = denied.need
  const document = facts.documents.keyPolicies?.[key]
  const arn = arnOf(callerOf(facts, failure.clue))
  // Of a request that nobody made, a grant may decide that nobody showed.
  if (document === undefined || (failure.observation.index < 0 && !areGrantsKnown(key, facts))) return undefined
  const via = denied.question.context['kms:ViaService']
  const steps =
    arn === undefined
      ? undefined
      : adding(document, {
          Effect: 'Allow',
          Principal: { AWS: arn },
          Action: action,
          Resource: '*',
          ...(typeof via === 'string' ? { Condition: { StringEquals: { 'kms:ViaService': via } } } : {}),
        })
  const name = at.keyPolicy(key)
  const proved = steps !== undefined && allowedAfter(failure, facts, { name, judged: denied }, steps)
  return {
    fits: proved ? 'proved' : 'named',
    for: [
      said(
        `${name} allows ${action} neither to the role nor to its account.`,
        `${name} 既没有允许该角色、也没有允许其账户执行 ${action}。`,
      ),
      ...(proved ? [OPENED] : []),
    ],
    values: { ...valuesOfFailure(failure, facts), action, resource: key },
    ...(proved && steps !== undefined ? { linesFor: changeOf(name, facts), patch: { document: name, steps } } : {}),
  }
}
