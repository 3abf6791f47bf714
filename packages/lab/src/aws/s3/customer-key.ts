import { createHash } from 'node:crypto'
import { AwsError } from '../error.ts'
import type { StoredObject } from '../state/types.ts'
import { accessDenied, type BucketCall } from './context.ts'
import { encryptionHeaders } from './encryption.ts'

const PREFIX = 'x-amz-server-side-encryption-customer-'

/**
 * The MD5 of the key that a request brings for SSE-C; undefined where it brings none. S3 keeps no key, and so needs it with every request.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html
 */
export function broughtKeyMd5({ request: { headers } }: BucketCall): string | undefined {
  const [algorithm, key, md5] = ['algorithm', 'key', 'key-md5'].map((name) => headers.get(`${PREFIX}${name}`))
  if ((algorithm ?? key ?? md5) === undefined) return undefined
  if (algorithm === undefined || key === undefined || md5 === undefined)
    throw invalid(
      'Requests specifying Server Side Encryption with Customer provided keys must provide the client calculated MD5 of the secret key.',
    )
  if (algorithm !== 'AES256')
    throw new AwsError(
      400,
      'InvalidEncryptionAlgorithmError',
      'The encryption request you specified is not valid. Supported value: AES256.',
    )
  const bytes = Buffer.from(key, 'base64')
  if (bytes.length !== 32) throw invalid('The secret key was invalid for the specified algorithm.')
  if (createHash('md5').update(bytes).digest('base64') !== md5)
    throw invalid('The calculated MD5 hash of the key did not match the hash that was provided.')
  return md5
}

function invalid(message: string): AwsError {
  return new AwsError(400, 'InvalidArgument', message)
}

/** Throws unless the request brings the key that the object was written with, or none for one that has none. */
export function demandCustomerKey(call: BucketCall, { customerKeyMd5 }: StoredObject): void {
  const brought = broughtKeyMd5(call)
  if (brought === undefined && customerKeyMd5 === undefined) return
  if (brought === undefined)
    throw new AwsError(
      400,
      'InvalidRequest',
      'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.',
    )
  if (customerKeyMd5 === undefined)
    throw new AwsError(400, 'InvalidRequest', 'The encryption parameters are not applicable to this object.')
  if (brought !== customerKeyMd5) throw accessDenied()
}

/** The headers that tell how an object is encrypted: by a key that its writer brought, or as S3 does it. */
export function storedEncryptionHeaders({ customerKeyMd5: md5, encryption }: Pick<StoredObject, 'customerKeyMd5' | 'encryption'>): {
  readonly [name: string]: string
} {
  if (md5 === undefined) return encryptionHeaders(encryption)
  return { [`${PREFIX}algorithm`]: 'AES256', [`${PREFIX}key-md5`]: md5 }
}
