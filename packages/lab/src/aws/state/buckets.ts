import type { AwsState, Bucket, ObjectLockConfiguration } from './types.ts'
import { objectTable } from '../../storage/object-table.ts'

/** Makes a bucket as AWS makes one today: private, ACLs off, encrypted with S3's own keys. */
export function createBucket(
  state: AwsState,
  input: { readonly name: string; readonly accountId: string; readonly region: string },
): Bucket {
  const bucket: Bucket = {
    ...input,
    createdAt: state.clock.now(),
    policy: undefined,
    ownership: 'BucketOwnerEnforced',
    publicAccessBlock: { blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: true, restrictPublicBuckets: true },
    encryption: { algorithm: 'AES256' },
    requesterPays: false,
    versioning: 'off',
    tags: {},
    objects: objectTable(),
  }
  state.buckets.set(bucket.name, bucket)
  return bucket
}

/** Turns Object Lock on, which only a bucket with versions can have. */
export function lockBucket(bucket: Bucket, configuration: ObjectLockConfiguration): void {
  bucket.objectLock = configuration
  bucket.versioning = 'Enabled'
}
