import { evaluate } from '../../policy/evaluate.ts'
import { actionsOfS3Operation, scopeOfS3Operation } from '../../policy/s3-call.ts'
import type { Decision, PolicyDocument } from '../../policy/types.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import { policyOfAnswer } from './absorb.ts'
import { keysKnown } from './known-keys.ts'
import { settled } from './open-conditions.ts'
import { operationName, s3OperationOf } from './operations.ts'
import { ANYTHING, documentsOf, prepared } from './policies.ts'
import { anyCaller, isNamed, targetOf } from './subject.ts'

/**
 * What the policy of an access point and the role's own policies say to a request that went through it, where a read of that policy
 * succeeded. Conditions on what nobody showed turn out for the request.
 */
export function askAccessPoint(failure: Failure, facts: Facts): Decision | undefined {
  const target = targetOf(failure, facts)
  const policy = target?.accessPoint === undefined ? undefined : policyOf(target.accessPoint, facts)
  const arn = policy === undefined ? undefined : arnOf(target?.accessPoint ?? '', policy)
  const operation = s3OperationOf(failure)
  if (target === undefined || policy === undefined || arn === undefined || operation === undefined) return undefined
  const principal = anyCaller(facts, failure.clue)
  const isKnown = keysKnown({ principal, context: {}, isNamed: isNamed(principal), knowsOwner: true })
  const resource = prepared('the policy of the access point', settled(policy, isKnown, 'lenient'), 'resource')
  if (resource === undefined) return undefined
  const shown = documentsOf('identity', facts.documents)
    .map(([name, document]) => prepared(name, settled(document, isKnown, 'lenient'), 'identity'))
    .filter((one) => one !== undefined)
  return evaluate({
    principal,
    action: failure.clue.action ?? actionsOfS3Operation(operation).at(-1) ?? '',
    resource: scopeOfS3Operation(operation) === 'object' ? `${arn}/object/${target.key}` : arn,
    resourceAccount: arn.split(':')[4] ?? '',
    context: {},
    policies: { identity: facts.documents.rolePolicies === undefined ? [{ name: 'unknown', document: ANYTHING }] : shown, resource },
  })
}

function policyOf(point: string, { successes }: Facts): PolicyDocument | undefined {
  const name = nameOf(point)
  return successes
    .filter((one) => operationName(one) === 'getaccesspointpolicy' && (one.target === undefined || one.target.includes(name)))
    .map((one) => policyOfAnswer(one, 'Policy'))
    .find((policy) => policy !== undefined)
}

/** The ARN of an access point: of one that was called by its name alone, as its policy has it. */
function arnOf(point: string, policy: PolicyDocument): string | undefined {
  if (point.startsWith('arn:')) return point
  return [...JSON.stringify(policy).matchAll(/arn:[\w-]+:s3:[\w-]+:\d{12}:accesspoint\/[\w-]+/g)]
    .map(([arn]) => arn)
    .find((arn) => nameOf(arn) === nameOf(point))
}

function nameOf(point: string): string {
  return point.slice(Math.max(point.lastIndexOf('/'), point.lastIndexOf(':')) + 1)
}
