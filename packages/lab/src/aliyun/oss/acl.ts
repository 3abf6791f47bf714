import type { OssOperation } from '@sluice/core'
import { queryValue } from '../../http/request.ts'
import { AliyunError } from '../error.ts'
import { BUCKET_ACLS, type BucketAcl, type OssAcl, type OssBucket } from '../state/types.ts'
import type { OssBucketCall } from './context.ts'

const READS: ReadonlySet<OssOperation> = new Set<OssOperation>(['GetObject', 'HeadObject', 'GetObjectMeta'])
const WRITES: ReadonlySet<OssOperation> = new Set<OssOperation>([
  'PutObject',
  'DeleteObject',
  'InitiateMultipartUpload',
  'UploadPart',
  'CompleteMultipartUpload',
  'AbortMultipartUpload',
])

/** Whether the ACL of the object, or of its bucket where it has none of its own, lets anybody do this. */
export function aclAllows({ bucket, key, request }: OssBucketCall, operation: OssOperation): boolean {
  if (bucket.blockPublicAccess || key === '') return false
  const versionId = queryValue(request, 'versionId')
  const object = versionId === undefined ? bucket.objects.current(key) : bucket.objects.version(key, versionId)
  const acl = object === undefined || object.acl === 'default' ? bucket.acl : object.acl
  if (READS.has(operation)) return acl !== 'private'
  return WRITES.has(operation) && acl === 'public-read-write'
}

/** Reads an ACL header of a write; with public access blocked, public ones are refused. */
export function requestedObjectAcl(bucket: OssBucket, given: string | undefined): OssAcl {
  if (given === undefined || given === 'default') return 'default'
  const acl = requestedBucketAcl(given)
  if (acl !== 'private' && bucket.blockPublicAccess)
    throw new AliyunError(403, 'AccessDenied', 'Put public object acl is not allowed.', { ec: '0003-00000801' })
  return acl
}

export function requestedBucketAcl(given: string): BucketAcl {
  const acl = BUCKET_ACLS.find((known) => known === given)
  if (!acl) throw new AliyunError(400, 'InvalidArgument', 'The ACL is not valid.')
  return acl
}
