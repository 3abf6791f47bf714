import type { IamPolicy } from '@sluice/core'
import { objectTable } from '../../storage/object-table.ts'
import { policyName } from '../auth/authorize.ts'
import type { BucketSettings } from '../storage/bucket-resource.ts'
import { ensureProject } from './state.ts'
import type { Bucket, GcpState } from './types.ts'

/** Makes a bucket as Google makes one today: uniform access, soft delete for a week, and the project's own people let in. */
export function createBucket(
  state: GcpState,
  projectId: string,
  input: { readonly name: string; readonly location?: string } & Partial<BucketSettings>,
): Bucket {
  ensureProject(state, projectId)
  const { name, location, ...settings } = input
  const now = state.clock.now()
  const bucket: Bucket = {
    name,
    projectId,
    location: (location ?? 'US').toUpperCase(),
    createdAt: now,
    updatedAt: now,
    metageneration: 1,
    storageClass: 'STANDARD',
    labels: {},
    uniformAccess: true,
    publicAccessPrevention: 'inherited',
    versioning: false,
    requesterPays: false,
    defaultKmsKeyName: undefined,
    retentionSeconds: undefined,
    defaultEventBasedHold: false,
    softDeleteSeconds: 604_800,
    ipFilter: undefined,
    objects: objectTable(),
    ...settings,
  }
  state.buckets.set(name, bucket)
  state.policies.set(policyName.bucket(name), initialPolicy(projectId), 0)
  return bucket
}

/** https://cloud.google.com/storage/docs/access-control/iam-roles#basic-roles-modifiable */
function initialPolicy(projectId: string): IamPolicy {
  const owners = [`projectEditor:${projectId}`, `projectOwner:${projectId}`]
  const viewers = [`projectViewer:${projectId}`]
  return {
    bindings: [
      { role: 'roles/storage.legacyBucketOwner', members: owners },
      { role: 'roles/storage.legacyBucketReader', members: viewers },
      { role: 'roles/storage.legacyObjectOwner', members: owners },
      { role: 'roles/storage.legacyObjectReader', members: viewers },
    ],
  }
}

/** Notes a change of a bucket or of its policy. */
export function touchBucket(state: GcpState, bucket: Bucket): void {
  bucket.metageneration += 1
  bucket.updatedAt = state.clock.now()
}
