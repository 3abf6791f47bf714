import type { Access } from '../../access.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import { conditionKeys, statementAt } from '../statement-patch.ts'
import { documentNamed, judge, type Judged } from './judge.ts'
import { aliyunCapability } from './operations.ts'
import { locationOf } from './subject.ts'
import { isConditional, trustDecision } from './trust.ts'

const OPERATIONS = { list: 'ListObjectsV2', read: 'GetObject', write: 'PutObject', delete: 'DeleteObject' } as const

/** What the documents alone refuse, of what the connection is for and nobody has observed. */
export function predictAliyun(facts: Facts): readonly Failure[] {
  return [...assume(facts), ...data(facts)]
}

function isSeen(capability: Access | 'assume', facts: Facts): boolean {
  return (
    facts.failures.some((failure) => failure.capability === capability) ||
    facts.successes.some((one) => aliyunCapability(one, { fields: {} }, facts.connection) === capability)
  )
}

function assume(facts: Facts): readonly Failure[] {
  const role = facts.connection.roleArn
  const decision = trustDecision(facts, facts.connection.externalId)
  if (isSeen('assume', facts) || role === undefined || decision?.allowed !== false || isConditional(decision, facts)) return []
  // Whoever lists or reads in the role's name has got in.
  if (facts.successes.some((one) => aliyunCapability(one, { fields: {} }, facts.connection) !== undefined)) return []
  return [predicted('AssumeRole', role, 'assume', 'NoPermission')]
}

function data(facts: Facts): readonly Failure[] {
  const location = locationOf(facts)
  const { ramPolicies, bucketPolicy, sessionPolicy } = facts.documents
  if (location === undefined || [ramPolicies, bucketPolicy, sessionPolicy].every((one) => one === undefined)) return []
  // Where one request was refused, the others would come from the same place at the same time.
  const isTold = facts.failures.some(({ capability }) => capability !== undefined && capability !== 'assume')
  return (facts.connection.access ?? []).flatMap((access): readonly Failure[] => {
    if (isSeen(access, facts)) return []
    const failure = predicted(OPERATIONS[access], `oss://${location.bucket}/${location.key}`, access)
    const denied = judge(failure, facts)?.some((one) => !one.decision.allowed && (isTold || !hangsOnUnsaid(one, facts)))
    return denied === true ? [failure] : []
  })
}

/** From where and when a request comes, of which a case tells nothing before it was made. */
const UNSAID = /^acs:(Source(Ip|Vpc|VpcId|Vpce)|CurrentTime|MFAPresent|UserAgent)$/i

/** Whether it is for what nobody said to tell how the request would end. */
function hangsOnUnsaid({ decision, question }: Judged, { documents }: Facts): boolean {
  const { decidedBy, effect, explanation = [] } = decision
  if (effect !== 'explicit-deny')
    return explanation.some(
      ({ effect: asks, matches, mismatches }) =>
        asks === 'Allow' && !matches && mismatches.every(({ part, key }) => part === 'condition' && UNSAID.test(key ?? '')),
    )
  const document = documentNamed(decidedBy?.policy, documents)
  const statement = document === undefined || decidedBy === undefined ? undefined : statementAt(document, decidedBy.index)
  // Buckets know users by numbers, which the names of users do not tell.
  const { principal } = question
  if (statement?.['NotPrincipal'] !== undefined && principal.kind === 'user' && principal.userId === '') return true
  return conditionKeys(statement).some((key) => UNSAID.test(key))
}

/** A request that nobody made: the documents say how it would end. */
function predicted(operation: string, target: string, capability: Access | 'assume', code?: string): Failure {
  return {
    observation: { index: -1, operation, target, ok: false, headers: {} },
    clue: { fields: {}, ...(code === undefined ? {} : { code }) },
    capability,
  }
}
