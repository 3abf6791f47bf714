import type { Answer } from '../../http/answer.ts'
import {
  deleteBucketEncryption,
  deleteBucketPolicy,
  deleteBucketPublicAccessBlock,
  getBucketAcl,
  getBucketEncryption,
  getBucketPolicy,
  getBucketPolicyStatus,
  getBucketPublicAccessBlock,
  getBucketVersioning,
  putBucketAcl,
  putBucketEncryption,
  putBucketPolicy,
  putBucketPublicAccessBlock,
  putBucketVersioning,
} from './bucket-settings.ts'
import { deleteBucket, getBucketInfo, getBucketLocation, listBuckets, putBucket } from './buckets.ts'
import type { OssBucketCall, OssServiceCall } from './context.ts'
import { deleteMultipleObjects } from './delete-objects.ts'
import { listMultipartUploads, listParts } from './list-uploads.ts'
import { listObjects, listObjectsV2, listObjectVersions } from './list.ts'
import { abortMultipartUpload, completeMultipartUpload, initiateMultipartUpload, uploadPart } from './multipart.ts'
import { getObjectAcl, putObjectAcl } from './object-acl.ts'
import { getObject, getObjectMeta, headObject } from './read.ts'
import { deleteObject, putObject } from './write.ts'

type Handler<Kind> = (call: Kind) => Promise<Answer>

/** Operations that need no existing bucket. */
export const OSS_SERVICE_OPERATIONS: { readonly [operation: string]: Handler<OssServiceCall> } = {
  ListBuckets: listBuckets,
  PutBucket: putBucket,
}

/** Operations on a bucket and its objects. What is not here is answered NotImplemented, by name. */
export const OSS_BUCKET_OPERATIONS: { readonly [operation: string]: Handler<OssBucketCall> } = {
  AbortMultipartUpload: abortMultipartUpload,
  CompleteMultipartUpload: completeMultipartUpload,
  DeleteBucket: deleteBucket,
  DeleteBucketEncryption: deleteBucketEncryption,
  DeleteBucketPolicy: deleteBucketPolicy,
  DeleteBucketPublicAccessBlock: deleteBucketPublicAccessBlock,
  DeleteMultipleObjects: deleteMultipleObjects,
  DeleteObject: deleteObject,
  GetBucketAcl: getBucketAcl,
  GetBucketEncryption: getBucketEncryption,
  GetBucketInfo: getBucketInfo,
  GetBucketLocation: getBucketLocation,
  GetBucketPolicy: getBucketPolicy,
  GetBucketPolicyStatus: getBucketPolicyStatus,
  GetBucketPublicAccessBlock: getBucketPublicAccessBlock,
  GetBucketVersioning: getBucketVersioning,
  GetObject: getObject,
  GetObjectAcl: getObjectAcl,
  GetObjectMeta: getObjectMeta,
  HeadObject: headObject,
  InitiateMultipartUpload: initiateMultipartUpload,
  ListMultipartUploads: listMultipartUploads,
  ListObjects: listObjects,
  ListObjectsV2: listObjectsV2,
  ListObjectVersions: listObjectVersions,
  ListParts: listParts,
  PutBucketAcl: putBucketAcl,
  PutBucketEncryption: putBucketEncryption,
  PutBucketPolicy: putBucketPolicy,
  PutBucketPublicAccessBlock: putBucketPublicAccessBlock,
  PutBucketVersioning: putBucketVersioning,
  PutObject: putObject,
  PutObjectAcl: putObjectAcl,
  UploadPart: uploadPart,
}
