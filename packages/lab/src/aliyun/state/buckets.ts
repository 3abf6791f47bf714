import { objectTable } from '../../storage/object-table.ts'
import type { AliyunState, OssBucket, StorageClass } from './types.ts'

/** Makes a bucket as OSS makes one today: private, public access blocked, without an encryption rule. */
export function createOssBucket(
  state: AliyunState,
  input: { readonly name: string; readonly accountId: string; readonly region: string; readonly storageClass?: StorageClass },
): OssBucket {
  const bucket: OssBucket = {
    storageClass: 'Standard',
    ...input,
    createdAt: state.clock.now(),
    acl: 'private',
    blockPublicAccess: true,
    policy: undefined,
    encryption: undefined,
    versioning: 'off',
    referers: undefined,
    retentionDays: undefined,
    objects: objectTable(),
  }
  state.buckets.set(bucket.name, bucket)
  return bucket
}
