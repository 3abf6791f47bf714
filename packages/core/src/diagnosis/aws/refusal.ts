import { said } from '../said.ts'
import { actionsOfS3Operation, scopeOfS3Operation, type S3Operation } from '../../policy/s3-call.ts'
import type { Said } from '../cause.ts'
import type { Clue } from '../clue.ts'
import type { Observation } from '../case.ts'
import type { Failure } from '../failure.ts'
import { wantedObjects } from './asked.ts'
import { isSentAlike } from '../sent-alike.ts'
import type { Facts } from '../facts.ts'
import { awsCapability, isOtherRole, operationName, s3OperationOf } from './operations.ts'
import { accountOf, arnOf, callerOf, locationOf, partitionOf, targetOf } from './subject.ts'
import type { Target } from './target.ts'

/**
 * How much a refusal says. `told`: the layer. `cut`: it begins to, and the text ends or leaves the layer out. `bare`: S3's own two words,
 * which it says to callers of other accounts. `silent`: nothing but that it is refused, as HEAD does and tools that keep the words to themselves.
 * `other`: it is no refusal by a policy.
 */
export type Manner = 'told' | 'cut' | 'bare' | 'silent' | 'other'

const DENIED = /^(AccessDenied|AccessDeniedException)$/

/** How much a refusal says. */
export function mannerOf({ observation, clue }: Failure): Manner {
  if (clue.code !== undefined && !DENIED.test(clue.code)) return 'other'
  if (clue.layer !== undefined) return 'told'
  const text = clue.text?.trim() ?? ''
  if (clue.action !== undefined || clue.principal !== undefined || text.startsWith('User: ')) return 'cut'
  const words = /^["']?access denied\.?["']?$/i.test(text) || /^access denied\.?\s*(\n|$)/i.test(text)
  if (words && !operationName(observation, clue).startsWith('head')) return 'bare'
  if (clue.code !== undefined || words) return 'silent'
  if (clue.status === 403) return 'silent'
  return /^(forbidden|permission denied|403)\b|\baccess ?denied\b/i.test(text) ? 'silent' : 'other'
}

/** Whether a refusal names no layer, so that any may stand behind it. */
export function isUntold(failure: Failure): boolean {
  return ['cut', 'bare', 'silent'].includes(mannerOf(failure))
}

/** The answer's code says it. */
export function codeSays({ code }: Clue): Said {
  return said(`The answer’s code is ${code ?? ''}.`, `响应的错误码是 ${code ?? ''}。`)
}

/** Operations of other services than S3. */
const OTHERS =
  /^(assumerole|getcalleridentity|getsessiontoken|gettoken|getrole|getrolepolicy|getpolicy|listrolepolicies|listattachedrolepolicies)/

/** Whether a request is for data or configuration of a bucket, with the credential of the connection; not for a session. */
export function isForData({ observation, clue }: Pick<Failure, 'observation' | 'clue'>): boolean {
  return (
    !OTHERS.test(operationName(observation, clue)) && clue.action?.startsWith('sts:') !== true && clue.action?.startsWith('iam:') !== true
  )
}

/** Whether it is about keys of KMS. */
export function isForKey({ clue }: Failure): boolean {
  return clue.action?.startsWith('kms:') === true
}

/** Whether the connection's role was asked for. */
export function isAssume({ observation, clue }: Failure, { connection }: Facts): boolean {
  return operationName(observation, clue).startsWith('assumerole') && !isOtherRole(observation, connection.roleArn)
}

/** Whether STS's answer to AssumeRole is that it is denied. Some platforms keep its code to themselves. */
export function isDeniedAssume({ code, status, action, text = '' }: Clue): boolean {
  if (code !== undefined) return DENIED.test(code)
  return status === 403 || action === 'sts:AssumeRole' || /assum\w* role[\s\S]*(fail|denied|refused)/i.test(text)
}

/** A later success of what this request tried: the same operation on the same thing, sent alike. */
export function laterSuccess({ observation, clue, capability }: Failure, facts: Facts): number | undefined {
  if (observation.index < 0) return undefined
  const own = operationName(observation, clue)
  // Where nobody said what was called, it is what the permission is for.
  const isSame = (one: Observation): boolean =>
    operationName(one) === own ||
    (observation.operation === undefined &&
      clue.operation === undefined &&
      capability !== undefined &&
      awsCapability(one, { fields: {} }, facts.connection) === capability)
  return facts.successes.find(
    (one) => one.index > observation.index && isSame(one) && one.target === observation.target && isSentAlike(one, observation),
  )?.index
}

/** Whether any of these operations succeeded. */
export function succeeded(facts: Facts, ...operations: readonly string[]): boolean {
  return facts.successes.some((one) => operations.includes(operationName(one)))
}

/** Whether anything in the bucket was served to us. */
export function isServed(facts: Facts): boolean {
  return facts.successes.some((one) =>
    /^(list|get|head|put|delete|copy|upload|create|complete).*(object|part|upload)/.test(operationName(one)),
  )
}

/** Values that texts of remedies name. */
export function valuesOfFailure(failure: Failure, facts: Facts): { readonly [name: string]: string } {
  const { clue } = failure
  const caller = callerOf(facts, clue)
  const arn = arnOf(caller)
  const target = targetOf(failure, facts)
  const account = accountOf(caller)
  const operation = s3OperationOf(failure)
  const action = clue.action ?? (operation === undefined ? undefined : actionsOfS3Operation(operation).at(-1))
  const resource = clue.resource ?? (operation === undefined ? undefined : resourceOf(operation, target, facts))
  return {
    ...(arn === undefined ? {} : { principal: arn, name: arn.slice(arn.lastIndexOf('/') + 1) }),
    ...(target?.bucket === undefined ? {} : { bucket: target.bucket, prefix: folderOf(target, facts) }),
    ...(account === undefined ? {} : { account }),
    ...(action === undefined ? {} : { action }),
    ...(resource === undefined ? {} : { resource, resources: wantedObjects(resource, facts) }),
    ...(clue.policy === undefined ? {} : { policy: clue.policy }),
    ...(clue.region === undefined ? {} : { region: clue.region }),
  }
}

/** What is listed for the connection: its own folder, where the request was for something in it. */
function folderOf({ bucket, key, prefix = key }: Target, facts: Facts): string {
  const own = locationOf(facts)
  return own !== undefined && own.bucket === bucket && prefix.startsWith(own.key) ? own.key : prefix
}

function resourceOf(operation: S3Operation, target: Target | undefined, facts: Facts): string | undefined {
  if (target?.bucket === undefined || target.bucket === '') return undefined
  const bucket = `arn:${partitionOf(facts)}:s3:::${target.bucket}`
  return scopeOfS3Operation(operation) === 'object' ? `${bucket}/${target.key}` : bucket
}
