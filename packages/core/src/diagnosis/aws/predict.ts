import type { Access } from '../../access.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import { judge } from './judge.ts'
import { operationName } from './operations.ts'
import { locationOf } from './subject.ts'
import { trustDecision } from './trust.ts'

const OPERATIONS: { readonly [access in Access]: string } = {
  list: 'ListObjectsV2',
  read: 'GetObject',
  write: 'PutObject',
  delete: 'DeleteObject',
}

/** What the documents alone refuse, of what the connection is for and nobody has observed. */
export function predictAws(facts: Facts): readonly Failure[] {
  return [...assume(facts), ...data(facts)]
}

function assume(facts: Facts): readonly Failure[] {
  const tried = (operation: string): boolean => /^assumerole/i.test(operation)
  const seen =
    facts.failures.some(({ observation, clue }) => tried(operationName(observation, clue))) ||
    facts.successes.some((one) => tried(operationName(one, { fields: {} })))
  const role = facts.connection.roleArn
  if (seen || role === undefined || trustDecision(facts, facts.connection.externalId)?.allowed !== false) return []
  return [predicted('AssumeRole', role, 'assume')]
}

function data(facts: Facts): readonly Failure[] {
  const location = locationOf(facts)
  const { rolePolicies, bucketPolicy, boundary, scps, rcps } = facts.documents
  const known = [rolePolicies, bucketPolicy, boundary, scps, rcps].some((one) => one !== undefined)
  if (location === undefined || !known) return []
  return (facts.connection.access ?? []).flatMap((access): readonly Failure[] => {
    const seen =
      facts.failures.some(({ capability }) => capability === access) ||
      facts.successes.some((one) => operationName(one, { fields: {} }) === OPERATIONS[access].toLowerCase())
    if (seen) return []
    const failure = predicted(OPERATIONS[access], `s3://${location.bucket}/${location.key}`, access)
    const denied = judge(failure, facts)?.some(({ decision }) => !decision.allowed)
    return denied === true ? [failure] : []
  })
}

/** A request that nobody made: the documents say how it would end. */
function predicted(operation: string, target: string, capability: Access | 'assume'): Failure {
  return {
    observation: { index: -1, operation, target, ok: false, headers: {} },
    clue: { fields: {}, ...(capability === 'assume' ? { code: 'AccessDenied' } : {}) },
    capability,
  }
}
