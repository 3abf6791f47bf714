import type { Answer } from '../../http/answer.ts'
import { deleteBucketPolicy, getBucketPolicy, getBucketPolicyStatus, putBucketPolicy } from './bucket-policy.ts'
import {
  getBucketAcl,
  getBucketEncryption,
  getBucketOwnershipControls,
  getBucketRequestPayment,
  getBucketTagging,
  getBucketVersioning,
  getObjectAcl,
  getObjectTagging,
  getPublicAccessBlock,
  putBucketEncryption,
  putBucketOwnershipControls,
  putBucketRequestPayment,
  putBucketVersioning,
  putPublicAccessBlock,
} from './bucket-settings.ts'
import { createBucket, deleteBucket, getBucketLocation, headBucket, listBuckets, type ServiceCall } from './buckets.ts'
import type { BucketCall } from './context.ts'
import { copyObject, uploadPartCopy } from './copy.ts'
import { deleteObjects } from './delete-objects.ts'
import { listMultipartUploads, listParts } from './list-uploads.ts'
import { listObjects, listObjectsV2, listObjectVersions } from './list.ts'
import { abortMultipartUpload, completeMultipartUpload, createMultipartUpload, uploadPart } from './multipart.ts'
import {
  getObjectLegalHold,
  getObjectLockConfiguration,
  getObjectRetention,
  putObjectLegalHold,
  putObjectRetention,
} from './object-lock.ts'
import { getObject, headObject } from './read.ts'
import { deleteObject, putObject } from './write.ts'

type Handler<Kind> = (call: Kind) => Promise<Answer>

/** Operations that need no existing bucket. */
export const SERVICE_OPERATIONS: { readonly [operation: string]: Handler<ServiceCall> } = {
  CreateBucket: createBucket,
  ListBuckets: listBuckets,
}

/** Operations on a bucket and its objects. What is not here is answered NotImplemented, by name. */
export const BUCKET_OPERATIONS: { readonly [operation: string]: Handler<BucketCall> } = {
  AbortMultipartUpload: abortMultipartUpload,
  CompleteMultipartUpload: completeMultipartUpload,
  CopyObject: copyObject,
  CreateMultipartUpload: createMultipartUpload,
  DeleteBucket: deleteBucket,
  DeleteBucketPolicy: deleteBucketPolicy,
  DeleteObject: deleteObject,
  DeleteObjects: deleteObjects,
  GetBucketAcl: getBucketAcl,
  GetBucketEncryption: getBucketEncryption,
  GetBucketLocation: getBucketLocation,
  GetBucketOwnershipControls: getBucketOwnershipControls,
  GetBucketPolicy: getBucketPolicy,
  GetBucketPolicyStatus: getBucketPolicyStatus,
  GetBucketRequestPayment: getBucketRequestPayment,
  GetBucketTagging: getBucketTagging,
  GetBucketVersioning: getBucketVersioning,
  GetObject: getObject,
  GetObjectAcl: getObjectAcl,
  GetObjectLegalHold: getObjectLegalHold,
  GetObjectLockConfiguration: getObjectLockConfiguration,
  GetObjectRetention: getObjectRetention,
  GetObjectTagging: getObjectTagging,
  GetPublicAccessBlock: getPublicAccessBlock,
  HeadBucket: headBucket,
  HeadObject: headObject,
  ListMultipartUploads: listMultipartUploads,
  ListObjects: listObjects,
  ListObjectsV2: listObjectsV2,
  ListObjectVersions: listObjectVersions,
  ListParts: listParts,
  PutBucketEncryption: putBucketEncryption,
  PutBucketOwnershipControls: putBucketOwnershipControls,
  PutBucketPolicy: putBucketPolicy,
  PutBucketRequestPayment: putBucketRequestPayment,
  PutBucketVersioning: putBucketVersioning,
  PutObject: putObject,
  PutObjectLegalHold: putObjectLegalHold,
  PutObjectRetention: putObjectRetention,
  PutPublicAccessBlock: putPublicAccessBlock,
  UploadPart: uploadPart,
  UploadPartCopy: uploadPartCopy,
}
