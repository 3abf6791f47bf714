import { S3_OPERATIONS, actionsOfS3Operation } from '../s3-call.ts'

/** Calls and commands whose name is no action's, beyond those that `expandS3Call` knows. */
const OTHERS: { readonly [name: string]: readonly string[] } = {
  's3:SelectObjectContent': ['s3:GetObject'],
  's3:GetObjects': ['s3:GetObject'],
  's3:DownloadObject': ['s3:GetObject'],
  's3:ReadObject': ['s3:GetObject'],
  's3:UploadObject': ['s3:PutObject'],
  's3:WriteObject': ['s3:PutObject'],
  's3:PostObject': ['s3:PutObject'],
  's3:PutObjects': ['s3:PutObject'],
  's3:MoveObject': ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
  's3:RenameObject': ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
  's3:ListObject': ['s3:ListBucket'],
  's3:ListFiles': ['s3:ListBucket'],
  's3:ListAllBuckets': ['s3:ListAllMyBuckets'],
  's3:ListBucketContents': ['s3:ListBucket'],
  's3:ListMultipartUploads': ['s3:ListBucketMultipartUploads'],
  's3:ListObjectVersions': ['s3:ListBucketVersions'],
  's3:PutMultipartUpload': ['s3:PutObject'],
  's3:InitiateMultipartUpload': ['s3:PutObject'],
  's3:GetBucketRegion': ['s3:GetBucketLocation'],
  's3:GetBucketCors': ['s3:GetBucketCORS'],
  's3:DeleteBucketCors': ['s3:PutBucketCORS'],
  's3:DeleteBucketTagging': ['s3:PutBucketTagging'],
  's3:DeleteBucketEncryption': ['s3:PutEncryptionConfiguration'],
  's3:DeletePublicAccessBlock': ['s3:PutBucketPublicAccessBlock'],
  's3:DeleteBucketOwnershipControls': ['s3:PutBucketOwnershipControls'],
  's3:GetBucketLifecycle': ['s3:GetLifecycleConfiguration'],
  's3:GetBucketLifecycleConfiguration': ['s3:GetLifecycleConfiguration'],
  's3:PutBucketLifecycle': ['s3:PutLifecycleConfiguration'],
  's3:PutBucketLifecycleConfiguration': ['s3:PutLifecycleConfiguration'],
  's3:DeleteBucketLifecycle': ['s3:PutLifecycleConfiguration'],
  's3:GetBucketReplication': ['s3:GetReplicationConfiguration'],
  's3:PutBucketReplication': ['s3:PutReplicationConfiguration'],
  's3:DeleteBucketReplication': ['s3:PutReplicationConfiguration'],
  's3:GetBucketAccelerateConfiguration': ['s3:GetAccelerateConfiguration'],
  's3:PutBucketAccelerateConfiguration': ['s3:PutAccelerateConfiguration'],
  's3:GetBucketInventoryConfiguration': ['s3:GetInventoryConfiguration'],
  's3:GetBucketMetricsConfiguration': ['s3:GetMetricsConfiguration'],
  's3:GetBucketAnalyticsConfiguration': ['s3:GetAnalyticsConfiguration'],
  's3:GetBucketNotificationConfiguration': ['s3:GetBucketNotification'],
  's3:PutBucketNotificationConfiguration': ['s3:PutBucketNotification'],
  's3:GetObjectLockConfiguration': ['s3:GetBucketObjectLockConfiguration'],
  's3:PutObjectLockConfiguration': ['s3:PutBucketObjectLockConfiguration'],
  's3:CreateSession': ['s3express:CreateSession'],
  's3:AssumeRole': ['sts:AssumeRole'],
  's3:Decrypt': ['kms:Decrypt'],
  's3:GenerateDataKey': ['kms:GenerateDataKey'],
  'kms:ReEncrypt': ['kms:ReEncryptFrom', 'kms:ReEncryptTo'],
  'kms:GenerateKey': ['kms:GenerateDataKey'],
  'kms:GenerateDataKeys': ['kms:GenerateDataKey'],
  'iam:AssumeRole': ['sts:AssumeRole'],
  'iam:GetCallerIdentity': ['sts:GetCallerIdentity'],
  'sts:PassRole': ['iam:PassRole'],
}

/** The actions that a name stands for which looks like an action and is none: calls of the API and commands go by other names than IAM's. */
export function actionsOfApiName(written: string): readonly string[] | undefined {
  const wanted = written.toLowerCase()
  const operation = S3_OPERATIONS.find((name) => `s3:${name}`.toLowerCase() === wanted)
  if (operation) return actionsOfS3Operation(operation)
  return Object.entries(OTHERS).find(([name]) => name.toLowerCase() === wanted)?.[1]
}
