import { parseArn } from '../../policy/arn.ts'
import type { Observation } from '../case.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import { operationName } from './operations.ts'
import { accountOf, callerOf, isSameObject, locationOf } from './subject.ts'
import { readTarget } from './target.ts'

const KEY_HEADER = 'x-amz-server-side-encryption-aws-kms-key-id'

/** The KMS key of the object at issue, as far as anything says. */
export function keyOf(failure: Failure, facts: Facts): string | undefined {
  const { observation, clue } = failure
  if (clue.action?.startsWith('kms:') === true && clue.resource !== undefined && isKeyArn(clue.resource)) return clue.resource
  // Whom KMS tells nothing is of another account than the key: neither the default of his own bucket nor any key of his account is it.
  const hidden = clue.layer === 'key' && !isWrite(failure)
  const only = onlyKey(facts)
  const guessed = hidden && isForeignKey(only, failure, facts) === false ? undefined : only
  return keyOfObject(observation, facts) ?? (hidden ? undefined : defaultKey(facts)) ?? guessed
}

function isWrite({ observation, clue }: Failure): boolean {
  return /^(put|copy|create|upload|complete)/.test(operationName(observation, clue))
}

/** The key that the request needs of KMS; undefined where it needs none, or none that anybody keeps policies for. */
export function keyInUse(failure: Failure, facts: Facts): string | undefined {
  const { observation, clue } = failure
  if (clue.action?.startsWith('kms:') === true || clue.layer === 'key') return keyOf(failure, facts)
  // What the answer speaks of is not the key.
  if (clue.action !== undefined) return undefined
  const own = keyOfObject(observation, facts)
  // Objects are as old as their bucket; only of what is written now is the default sure. A read that nobody made is asked about all the same.
  const used = own ?? (isWrite(failure) || observation.index < 0 || isUnexplained(failure) ? defaultKey(facts) : undefined)
  return used === undefined || isManaged(used, facts) ? undefined : used
}

function isUnexplained({ clue }: Failure): boolean {
  return clue.layer === undefined && clue.action === undefined
}

/** The key of an object, from its own headers or those of a HEAD of the same: HEAD shows it to who may not decrypt. */
export function keyOfObject(observation: Observation, { successes, failures }: Facts): string | undefined {
  if (observation.headers[KEY_HEADER] !== undefined) return observation.headers[KEY_HEADER]
  return [...successes, ...failures.map((one) => one.observation)]
    .filter((one) => isSameObject(one, observation))
    .map(({ headers }) => headers[KEY_HEADER])
    .find((key) => key !== undefined)
}

/** The key that the bucket encrypts with by default. */
export function defaultKey({ documents }: Facts): string | undefined {
  const given = /"KMSMasterKey(?:ID|Id|Arn)":\s*"([^"]+)"/.exec(JSON.stringify(documents.encryption ?? {}))?.[1]
  if (given === undefined || isKeyArn(given)) return given
  // A bare id is told by the policy of a key that has it.
  return Object.keys(documents.keyPolicies ?? {}).find((arn) => arn.endsWith(`/${given}`)) ?? given
}

function onlyKey({ documents }: Facts): string | undefined {
  const [only, ...others] = Object.keys(documents.keyPolicies ?? {})
  return others.length === 0 ? only : undefined
}

function isKeyArn(text: string): boolean {
  return parseArn(text)?.service === 'kms'
}

/** Whether the account's own aws/s3 key is meant: as a description, its policy or an alias says. */
export function isManaged(key: string | undefined, facts: Facts): boolean {
  const { documents, successes } = facts
  const policy = key === undefined ? undefined : documents.keyPolicies?.[key]
  const encryption = JSON.stringify(documents.encryption ?? {})
  const described = successes.some(
    ({ operation = '', message = '', target }) =>
      operationName({ operation }) === 'describekey' &&
      /"KeyManager":\s*"AWS"/.test(message) &&
      (key === undefined || target === undefined || message.includes(key) || target.includes(key)),
  )
  return (
    described ||
    key?.endsWith('alias/aws/s3') === true ||
    (key !== undefined && policy === undefined && isDefaultManaged(key, facts)) ||
    (policy !== undefined && /"auto-s3-|Allow access through S3 for all principals in the account/i.test(JSON.stringify(policy))) ||
    (key === undefined && /"aws:kms"/.test(encryption) && !encryption.includes('KMSMasterKey'))
  )
}

/** Whether the bucket encrypts by the alias of its account's own key, and the object's key is of that account. */
function isDefaultManaged(key: string, facts: Facts): boolean {
  const alias = parseArn(defaultKey(facts) ?? '')
  return alias?.resource === 'alias/aws/s3' && alias.account === parseArn(key)?.account
}

/** Whether a key is of another account than the caller; undefined where one of the two is not known. */
export function isForeignKey(key: string | undefined, failure: Failure, facts: Facts): boolean | undefined {
  const account = accountOf(callerOf(facts, failure.clue))
  const owner = key === undefined ? undefined : parseArn(key)?.account
  return owner === undefined || owner === '' || account === undefined ? undefined : owner !== account
}

/** Whether objects of the bucket are seen to be encrypted otherwise: another of them was read, or the bucket's default is another key. */
export function differsFromOthers(key: string | undefined, failure: Failure, facts: Facts): boolean {
  const bucket = locationOf(facts)?.bucket
  const byDefault = defaultKey(facts)
  const elsewhere = facts.successes.some(
    (one) =>
      operationName(one) === 'getobject' &&
      one.target !== failure.observation.target &&
      readTarget(one.target, bucket)?.bucket === readTarget(failure.observation.target, bucket)?.bucket &&
      keyOfObject(one, facts) !== key,
  )
  return elsewhere || (byDefault !== undefined && key !== undefined && byDefault !== key)
}

/** Whether a key refuses and the answer does not say by which policy. */
export function isKeyUntold({ clue }: Failure): boolean {
  if (clue.layer === 'key') return false
  return clue.layer === undefined && (clue.action?.startsWith('kms:') === true || /\bkms:(Decrypt|GenerateDataKey)/.test(clue.text ?? ''))
}
