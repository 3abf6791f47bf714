import type { Answer } from '../../http/answer.ts'
import { createBucket, deleteBucket, getBucketLocation, headBucket, listBuckets, type ServiceCall } from './buckets.ts'
import type { BucketCall } from './context.ts'
import { listObjects, listObjectsV2, listObjectVersions } from './list.ts'
import { getObject, headObject } from './read.ts'
import { deleteObject, putObject } from './write.ts'

type Handler<Kind> = (call: Kind) => Promise<Answer>

/** Operations that need no existing bucket. */
export const SERVICE_OPERATIONS: { readonly [operation: string]: Handler<ServiceCall> } = {
  ListBuckets: listBuckets,
  CreateBucket: createBucket,
}

/** Operations on a bucket and its objects. What is not here is answered NotImplemented, by name. */
export const BUCKET_OPERATIONS: { readonly [operation: string]: Handler<BucketCall> } = {
  HeadBucket: headBucket,
  DeleteBucket: deleteBucket,
  GetBucketLocation: getBucketLocation,
  ListObjects: listObjects,
  ListObjectsV2: listObjectsV2,
  ListObjectVersions: listObjectVersions,
  HeadObject: headObject,
  GetObject: getObject,
  PutObject: putObject,
  DeleteObject: deleteObject,
}
