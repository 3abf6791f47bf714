import { AliyunError } from '../error.ts'
import type { OssBucket, OssEncryption } from '../state/types.ts'
import type { OssBucketCall } from './context.ts'

/** How an object that is being written is to be encrypted: as its headers say, else as the bucket's rule. */
export function requestedEncryption({ request, bucket }: OssBucketCall): OssEncryption | undefined {
  const algorithm = request.headers.get('x-oss-server-side-encryption')
  const keyId = request.headers.get('x-oss-server-side-encryption-key-id')
  if (algorithm === undefined) return bucket.encryption
  return readEncryption(bucket, algorithm, keyId)
}

export function readEncryption(bucket: OssBucket, algorithm: string, keyId: string | undefined): OssEncryption {
  if (algorithm !== 'AES256' && algorithm !== 'KMS')
    throw new AliyunError(
      400,
      'InvalidEncryptionAlgorithmError',
      'The Encryption request you specified is not valid. Supported value: AES256/KMS.',
    )
  if (keyId === undefined || keyId === '') return { algorithm }
  if (algorithm !== 'KMS') throw new AliyunError(400, 'InvalidArgument', 'x-oss-server-side-encryption-key-id needs KMS.')
  return { algorithm, kmsKey: kmsKeyName(bucket, keyId) }
}

function kmsKeyName({ region, accountId }: OssBucket, keyId: string): string {
  return keyId.startsWith('acs:') ? keyId : `acs:kms:${region}:${accountId}:key/${keyId}`
}

/** The bare id of a key, as OSS answers it. */
export function kmsKeyId(kmsKey: string): string {
  return kmsKey.slice(kmsKey.lastIndexOf('/') + 1)
}

/** The headers that tell how an object is encrypted. */
export function encryptionHeaders(encryption: OssEncryption | undefined): { readonly [name: string]: string } {
  if (!encryption) return {}
  return {
    'x-oss-server-side-encryption': encryption.algorithm,
    ...(encryption.kmsKey === undefined ? {} : { 'x-oss-server-side-encryption-key-id': kmsKeyId(encryption.kmsKey) }),
  }
}

/** What a key of one's own adds to the permissions of a call. */
export function kmsWant(encryption: OssEncryption | undefined): { readonly kmsKey?: string } {
  return encryption?.kmsKey === undefined ? {} : { kmsKey: encryption.kmsKey }
}
