import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import { judge } from './judge.ts'

/** The KMS key of the object at issue, as far as anything says. */
export function keyOf({ observation, clue }: Failure, facts: Facts): string | undefined {
  const header = observation.headers['x-amz-server-side-encryption-aws-kms-key-id']
  if (header !== undefined) return header
  if (clue.resource?.includes(':kms:') === true) return clue.resource
  // HEAD of the same object shows its key to who may not decrypt it.
  const head = [...facts.successes, ...facts.failures.map((one) => one.observation)].find(
    (one) => one.target === observation.target && one.headers['x-amz-server-side-encryption-aws-kms-key-id'] !== undefined,
  )
  if (head !== undefined) return head.headers['x-amz-server-side-encryption-aws-kms-key-id']
  const byDefault = /"KMSMasterKeyID":\s*"(arn:[^"]+)"/.exec(JSON.stringify(facts.documents.encryption ?? {}))?.[1]
  const [only, ...others] = Object.keys(facts.documents.keyPolicies ?? {})
  return byDefault ?? (others.length === 0 ? only : undefined)
}

/** Whether it is the key that refuses: the answer says so, or the documents do. */
export function isKeyRefusal(failure: Failure, facts: Facts): boolean {
  const { clue } = failure
  if (clue.action !== undefined) return clue.action.startsWith('kms:')
  if (/\bkms:|ciphertext refers to a customer master key/i.test(clue.text ?? '')) return true
  if (clue.layer !== undefined) return false
  return judge(failure, facts)?.some(({ need, decision }) => need.service === 'kms' && !decision.allowed) === true
}

/** Whether the key is the account's aws/s3: as a description of it, its policy or an alias says. */
export function managedByAws(failure: Failure, facts: Facts): boolean {
  const key = keyOf(failure, facts)
  const policy = key === undefined ? undefined : facts.documents.keyPolicies?.[key]
  const encryption = JSON.stringify(facts.documents.encryption ?? {})
  const described = [...facts.successes].some(
    ({ operation, message }) => /describekey/i.test(operation ?? '') && /"KeyManager":\s*"AWS"/.test(message ?? ''),
  )
  return (
    described ||
    key?.endsWith(':alias/aws/s3') === true ||
    (policy !== undefined && /auto-s3-|Allow access through S3 for all principals in the account/i.test(JSON.stringify(policy))) ||
    (key === undefined && /"aws:kms"/.test(encryption) && !encryption.includes('KMSMasterKeyID'))
  )
}
