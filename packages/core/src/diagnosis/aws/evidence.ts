import type { Clue } from '../clue.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import { operationName } from './operations.ts'
import { accountOf, callerOf, placeOf } from './subject.ts'

/** A refusal that names no layer: as S3 refuses callers of another account, and as HEAD, which has no body, always does. */
export function isBare({ status, code, action, layer, text }: Clue): boolean {
  if (action !== undefined || layer !== undefined) return false
  if (code !== undefined) return /^(AccessDenied|AccessDeniedException|Forbidden|403)$/.test(code)
  // What a tool printed around a bare 403 is no reason either.
  if (status === 403) return text === undefined || !/is not authorized|AuthorizationHeader|region/i.test(text)
  return /^(access denied|forbidden|accessdenied)\.?$/i.test(text?.trim() ?? '')
}

/** Whether a request is for data, or for where the data is: not for a session, and not for other configuration. */
export function isForData({ observation, clue, capability }: Failure): boolean {
  const operation = operationName(observation, clue)
  return (capability !== undefined && capability !== 'assume') || operation === 'getbucketlocation' || operation === ''
}

export function isAssume({ observation, clue, capability }: Failure): boolean {
  return capability === 'assume' && operationName(observation, clue).startsWith('assumerole')
}

/** Whether the role was assumed: by an observation, or because a session of it already made requests. */
export function wasAssumed(facts: Facts): boolean {
  return facts.successes.some((one) => /assumerole/i.test(one.operation ?? ''))
}

/** A later success of what this request tried: the same operation on the same thing. */
export function laterSuccess({ observation, clue }: Failure, facts: Facts): boolean {
  const own = operationName(observation, clue)
  return facts.successes.some(
    (one) => one.index > observation.index && operationName(one, { fields: {} }) === own && one.target === observation.target,
  )
}

/** Successes of operations that try the same capability, or any of these. */
export function succeeded(facts: Facts, ...operations: readonly string[]): boolean {
  return facts.successes.some((one) => operations.includes(operationName(one, { fields: {} })))
}

/** Values that texts of remedies name. */
export function valuesOfFailure(failure: Failure, facts: Facts): { readonly [name: string]: string } {
  const { observation, clue } = failure
  const caller = callerOf(facts, clue)
  const arn = caller?.kind === 'role-session' ? caller.roleArn : caller?.kind === 'user' ? caller.arn : undefined
  const place = placeOf(observation, clue, facts)
  const account = accountOf(caller)
  return {
    ...(arn === undefined ? {} : { principal: arn, name: arn.slice(arn.lastIndexOf('/') + 1) }),
    ...(place === undefined ? {} : { bucket: place.bucket, prefix: place.key }),
    ...(account === undefined ? {} : { account }),
    ...(clue.action === undefined ? {} : { action: clue.action }),
    ...(clue.resource === undefined ? {} : { resource: clue.resource }),
    ...(clue.policy === undefined ? {} : { policy: clue.policy }),
    ...(clue.region === undefined ? {} : { region: clue.region }),
  }
}
