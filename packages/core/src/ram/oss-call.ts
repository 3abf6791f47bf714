import type { RequestContext } from '../policy/types.ts'

/** One call of the OSS API, with what of it matters to authorisation. */
export interface OssCall {
  readonly operation: OssOperation
  /** Absent for ListBuckets only. */
  readonly bucket?: string
  readonly key?: string
  readonly versionId?: string
  /** UID of the account that owns the bucket, or whose buckets are listed. */
  readonly owner: string
  /** `cn-hangzhou` */
  readonly region: string
  /** The key of SSE-KMS that the request or the bucket names, or with which the object is encrypted: `acs:kms:…:key/…`. */
  readonly kmsKey?: string
  /** Listing parameters as they were sent. */
  readonly prefix?: string
  readonly delimiter?: string
  readonly maxKeys?: number
  /** Whether the request has the x-oss-tagging header. */
  readonly tagging?: boolean
  /** DeleteMultipleObjects. */
  readonly objects?: readonly { readonly key: string; readonly versionId?: string }[]
}

/** One permission that a call needs. `context` has the condition keys that follow from the call itself. */
export interface OssNeed {
  readonly action: string
  readonly resource: string
  readonly service: 'oss' | 'kms'
  readonly context: RequestContext
}

/** `versioned` replaces the action when the call names a version. `kms`: what SSE-KMS with a key of one's own needs beside it. */
export interface OssPermission {
  readonly scope: 'service' | 'bucket' | 'object'
  readonly action: string
  readonly versioned?: string
  readonly kms?: readonly string[]
}

const WRITE = { scope: 'object', action: 'oss:PutObject', kms: ['kms:GenerateDataKey', 'kms:Decrypt'] } as const
const READ = { scope: 'object', action: 'oss:GetObject', versioned: 'oss:GetObjectVersion' } as const

/** The permission of each operation. https://help.aliyun.com/en/oss/user-guide/authorization-syntax-and-elements */
const OPERATIONS = {
  ListBuckets: { scope: 'service', action: 'oss:ListBuckets' },
  PutBucket: { scope: 'bucket', action: 'oss:PutBucket' },
  DeleteBucket: { scope: 'bucket', action: 'oss:DeleteBucket' },
  ListObjects: { scope: 'bucket', action: 'oss:ListObjects' },
  ListObjectsV2: { scope: 'bucket', action: 'oss:ListObjects' },
  ListObjectVersions: { scope: 'bucket', action: 'oss:ListObjectVersions' },
  ListMultipartUploads: { scope: 'bucket', action: 'oss:ListMultipartUploads' },
  GetBucketInfo: { scope: 'bucket', action: 'oss:GetBucketInfo' },
  GetBucketLocation: { scope: 'bucket', action: 'oss:GetBucketLocation' },
  GetBucketAcl: { scope: 'bucket', action: 'oss:GetBucketAcl' },
  PutBucketAcl: { scope: 'bucket', action: 'oss:PutBucketAcl' },
  GetBucketVersioning: { scope: 'bucket', action: 'oss:GetBucketVersioning' },
  PutBucketVersioning: { scope: 'bucket', action: 'oss:PutBucketVersioning' },
  GetBucketEncryption: { scope: 'bucket', action: 'oss:GetBucketEncryption' },
  PutBucketEncryption: { scope: 'bucket', action: 'oss:PutBucketEncryption' },
  DeleteBucketEncryption: { scope: 'bucket', action: 'oss:DeleteBucketEncryption' },
  GetBucketPolicy: { scope: 'bucket', action: 'oss:GetBucketPolicy' },
  PutBucketPolicy: { scope: 'bucket', action: 'oss:PutBucketPolicy' },
  DeleteBucketPolicy: { scope: 'bucket', action: 'oss:DeleteBucketPolicy' },
  GetBucketPolicyStatus: { scope: 'bucket', action: 'oss:GetBucketPolicyStatus' },
  GetBucketPublicAccessBlock: { scope: 'bucket', action: 'oss:GetBucketPublicAccessBlock' },
  PutBucketPublicAccessBlock: { scope: 'bucket', action: 'oss:PutBucketPublicAccessBlock' },
  DeleteBucketPublicAccessBlock: { scope: 'bucket', action: 'oss:DeleteBucketPublicAccessBlock' },
  PutObject: WRITE,
  InitiateMultipartUpload: WRITE,
  UploadPart: WRITE,
  CompleteMultipartUpload: WRITE,
  AbortMultipartUpload: { scope: 'object', action: 'oss:AbortMultipartUpload' },
  ListParts: { scope: 'object', action: 'oss:ListParts' },
  GetObject: { ...READ, kms: ['kms:Decrypt'] },
  HeadObject: READ,
  GetObjectMeta: READ,
  GetObjectAcl: { scope: 'object', action: 'oss:GetObjectAcl', versioned: 'oss:GetObjectVersionAcl' },
  PutObjectAcl: { scope: 'object', action: 'oss:PutObjectAcl', versioned: 'oss:PutObjectVersionAcl' },
  RestoreObject: { scope: 'object', action: 'oss:RestoreObject', versioned: 'oss:RestoreObjectVersion' },
  DeleteObject: { scope: 'object', action: 'oss:DeleteObject', versioned: 'oss:DeleteObjectVersion' },
  DeleteMultipleObjects: { scope: 'object', action: 'oss:DeleteObject', versioned: 'oss:DeleteObjectVersion' },
} as const satisfies { readonly [operation: string]: OssPermission }

export type OssOperation = keyof typeof OPERATIONS

/** The operations whose permissions are known. */
// Object.keys of a constant object gives exactly its keys.
export const OSS_OPERATIONS = Object.keys(OPERATIONS) as readonly OssOperation[]

/** The permission that an operation needs. */
export function permissionOf(operation: OssOperation): OssPermission {
  return OPERATIONS[operation]
}

/** The permissions that a call comes to, OSS's first. */
export function expandOssCall(call: OssCall): readonly OssNeed[] {
  const permission = permissionOf(call.operation)
  const objects = call.objects ?? [{ key: call.key ?? '', ...(call.versionId === undefined ? {} : { versionId: call.versionId }) }]
  const name = `acs:oss:oss-${call.region}:${call.owner}:`
  const context = listingContext(call)
  if (permission.scope !== 'object')
    return [
      {
        action: permission.action,
        resource: `${name}${permission.scope === 'service' ? '*' : (call.bucket ?? '')}`,
        service: 'oss',
        context,
      },
    ]
  return [
    ...objects.map(({ key, versionId }): OssNeed => {
      const action = versionId === undefined ? permission.action : (permission.versioned ?? permission.action)
      return { action, resource: `${name}${call.bucket ?? ''}/${key}`, service: 'oss', context }
    }),
    ...taggingNeeds(call, name),
    ...kmsNeeds(call, permission),
  ]
}

function listingContext({ prefix, delimiter, maxKeys }: OssCall): RequestContext {
  return {
    ...(prefix === undefined ? {} : { 'oss:Prefix': prefix }),
    ...(delimiter === undefined ? {} : { 'oss:Delimiter': delimiter }),
    ...(maxKeys === undefined ? {} : { 'oss:MaxKeys': String(maxKeys) }),
  }
}

function taggingNeeds({ tagging, bucket = '', key = '' }: OssCall, name: string): readonly OssNeed[] {
  return tagging ? [{ action: 'oss:PutObjectTagging', resource: `${name}${bucket}/${key}`, service: 'oss', context: {} }] : []
}

// Keys that OSS manages itself ask nobody for permission.
function kmsNeeds({ kmsKey }: OssCall, { kms = [] }: OssPermission): readonly OssNeed[] {
  return kmsKey === undefined ? [] : kms.map((action): OssNeed => ({ action, resource: kmsKey, service: 'kms', context: {} }))
}
