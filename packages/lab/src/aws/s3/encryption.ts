import { partitionOf } from '../arn.ts'
import { judge } from '../authorize.ts'
import { AwsError } from '../error.ts'
import { isGranted, managedS3Key } from '../kms/keys.ts'
import type { AwsState, Bucket, Encryption } from '../state/types.ts'
import { accessDenied, keyAsk, needsOf, type BucketCall, type Wants } from './context.ts'

/** How an object that is being written is to be encrypted: as its headers say, else as the bucket's default. */
export function requestedEncryption({ request, bucket, state }: BucketCall): Encryption {
  const algorithm = request.headers.get('x-amz-server-side-encryption')
  const keyId = request.headers.get('x-amz-server-side-encryption-aws-kms-key-id')
  if (algorithm === undefined) {
    if (keyId !== undefined)
      throw new AwsError(
        400,
        'InvalidArgument',
        'Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms',
      )
    return bucket.encryption
  }
  if (algorithm !== 'AES256' && algorithm !== 'aws:kms' && algorithm !== 'aws:kms:dsse')
    throw new AwsError(
      400,
      'InvalidEncryptionAlgorithmError',
      'The encryption request you specified is not valid. Supported value: AES256.',
    )
  if (algorithm === 'AES256') {
    if (keyId !== undefined)
      throw new AwsError(400, 'InvalidArgument', 'Server Side Encryption with AES256 is incompatible with the encryption method specified')
    return { algorithm }
  }
  if (keyId !== undefined) return { algorithm, kmsKeyArn: keyArnOf(state, bucket, keyId) }
  return bucket.encryption.algorithm === 'AES256' ? { algorithm } : { ...bucket.encryption, algorithm }
}

/** A bare key id, an alias or an ARN may be given; the ARN is what is stored and answered. */
export function keyArnOf(state: AwsState, bucket: Bucket, given: string): string {
  if (given.startsWith('arn:')) return given
  const prefix = `arn:${partitionOf(bucket.region)}:kms:${bucket.region}:${bucket.accountId}:`
  if (!given.startsWith('alias/')) return `${prefix}key/${given}`
  return [...state.keys.values()].find((key) => key.alias === given && key.arn.startsWith(prefix))?.arn ?? `${prefix}${given}`
}

/** The headers that tell how an object is encrypted. */
export function encryptionHeaders(encryption: Encryption): { readonly [name: string]: string } {
  return {
    'x-amz-server-side-encryption': encryption.algorithm,
    ...(encryption.kmsKeyArn === undefined ? {} : { 'x-amz-server-side-encryption-aws-kms-key-id': encryption.kmsKeyArn }),
    ...(encryption.bucketKey ? { 'x-amz-server-side-encryption-bucket-key-enabled': 'true' } : {}),
  }
}

/** The encryption with its key named: the account's aws/s3 key where none was. */
export function settleKey(state: AwsState, bucket: Bucket, encryption: Encryption): Encryption {
  if (encryption.algorithm === 'AES256' || encryption.kmsKeyArn !== undefined) return encryption
  return { ...encryption, kmsKeyArn: managedS3Key(state, bucket.accountId, bucket.region).arn }
}

/** Throws unless the caller may use the object's key as the operation needs it; S3 asks KMS on the caller's behalf. */
export function demandKey(call: BucketCall, encryption: Encryption, wants: Wants): void {
  const { kmsKeyArn: arn, bucketKey = false } = encryption
  if (arn === undefined) return
  const { state, caller, bucket } = call
  const key = state.keys.get(arn)
  if (!key || key.region !== bucket.region) {
    // What a stranger may not see does not exist for him.
    if (arn.split(':')[4] === caller.accountId) throw new AwsError(400, 'KMS.NotFoundException', `Key '${arn}' does not exist`)
    throw foreignKey()
  }
  for (const need of needsOf(call, { ...wants, kms: { keyArn: arn, bucketKey } }, 'kms')) {
    const { decision, message } = judge(caller, keyAsk(call, key, need))
    if (decision.allowed || (decision.effect === 'implicit-deny' && isGranted(key, caller, need.action))) continue
    if (caller.accountId === undefined) throw accessDenied()
    throw caller.accountId === key.accountId ? new AwsError(403, 'AccessDenied', message(true)) : foreignKey()
  }
  if (key.state === 'Disabled') throw new AwsError(400, 'KMS.DisabledException', `${arn} is disabled.`)
  if (key.state !== 'Enabled') throw new AwsError(400, 'KMS.KMSInvalidStateException', `${arn} is ${STATES[key.state]}.`)
}

/** As KMS words them. https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html */
const STATES = { PendingDeletion: 'pending deletion', PendingImport: 'pending import', Unavailable: 'unavailable' } as const

function foreignKey(): AwsError {
  return new AwsError(
    403,
    'AccessDenied',
    'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
  )
}
