import type { RequestContext } from './types.ts'

/** One call of the S3 API, with what of it matters to authorisation. */
export interface S3Call {
  readonly operation: S3Operation
  /** Absent for ListBuckets only. */
  readonly bucket?: string
  readonly key?: string
  readonly versionId?: string
  /** `aws`, `aws-cn` … Default: `aws`. */
  readonly partition?: string
  /** The bucket's region; with `kms`, keys learn through which service they are used. */
  readonly region?: string
  /** The key of SSE-KMS: of the object read, or of the object written (from the header or the bucket's default). */
  readonly kms?: KmsUse
  /** Listing parameters as they were sent. */
  readonly prefix?: string
  readonly delimiter?: string
  readonly maxKeys?: number
  /** The x-amz-acl header. */
  readonly acl?: string
  /** The x-amz-tagging header, parsed. */
  readonly tags?: { readonly [key: string]: string }
  /** The x-amz-server-side-encryption header, where the request has it. */
  readonly encryptionHeader?: string
  /** The x-amz-server-side-encryption-aws-kms-key-id header, where the request has it. */
  readonly encryptionKeyHeader?: string
  readonly storageClass?: string
  /** Whether retention or a legal hold is asked for. */
  readonly retention?: boolean
  readonly legalHold?: boolean
  readonly bypassGovernance?: boolean
  /** Whether the completed upload carries a checksum: S3 then reads the parts, and with SSE-KMS decrypts them. */
  readonly checksum?: boolean
  /** CopyObject, UploadPartCopy. */
  readonly source?: { readonly bucket: string; readonly key: string; readonly versionId?: string; readonly kms?: KmsUse }
  /** DeleteObjects. */
  readonly objects?: readonly { readonly key: string; readonly versionId?: string }[]
}

export interface KmsUse {
  readonly keyArn: string
  /** With a bucket key the encryption context names the bucket, not the object. */
  readonly bucketKey?: boolean
}

/** One permission a call needs. `context` has the condition keys that follow from the call itself. */
export interface S3Need {
  readonly action: string
  readonly resource: string
  readonly service: 's3' | 'kms'
  readonly context: RequestContext
}

type Scope = 'service' | 'bucket' | 'object'

/** The permission of each operation. `versioned` replaces it when the call names a version. */
const OPERATIONS = {
  ListBuckets: { scope: 'service', action: 's3:ListAllMyBuckets' },
  CreateBucket: { scope: 'bucket', action: 's3:CreateBucket' },
  DeleteBucket: { scope: 'bucket', action: 's3:DeleteBucket' },
  HeadBucket: { scope: 'bucket', action: 's3:ListBucket' },
  ListObjects: { scope: 'bucket', action: 's3:ListBucket' },
  ListObjectsV2: { scope: 'bucket', action: 's3:ListBucket' },
  ListObjectVersions: { scope: 'bucket', action: 's3:ListBucketVersions' },
  ListMultipartUploads: { scope: 'bucket', action: 's3:ListBucketMultipartUploads' },
  GetBucketLocation: { scope: 'bucket', action: 's3:GetBucketLocation' },
  GetBucketVersioning: { scope: 'bucket', action: 's3:GetBucketVersioning' },
  PutBucketVersioning: { scope: 'bucket', action: 's3:PutBucketVersioning' },
  GetBucketPolicy: { scope: 'bucket', action: 's3:GetBucketPolicy' },
  PutBucketPolicy: { scope: 'bucket', action: 's3:PutBucketPolicy' },
  DeleteBucketPolicy: { scope: 'bucket', action: 's3:DeleteBucketPolicy' },
  GetBucketPolicyStatus: { scope: 'bucket', action: 's3:GetBucketPolicyStatus' },
  GetPublicAccessBlock: { scope: 'bucket', action: 's3:GetBucketPublicAccessBlock' },
  PutPublicAccessBlock: { scope: 'bucket', action: 's3:PutBucketPublicAccessBlock' },
  GetBucketOwnershipControls: { scope: 'bucket', action: 's3:GetBucketOwnershipControls' },
  PutBucketOwnershipControls: { scope: 'bucket', action: 's3:PutBucketOwnershipControls' },
  GetBucketEncryption: { scope: 'bucket', action: 's3:GetEncryptionConfiguration' },
  PutBucketEncryption: { scope: 'bucket', action: 's3:PutEncryptionConfiguration' },
  GetBucketRequestPayment: { scope: 'bucket', action: 's3:GetBucketRequestPayment' },
  GetBucketAcl: { scope: 'bucket', action: 's3:GetBucketAcl' },
  GetBucketTagging: { scope: 'bucket', action: 's3:GetBucketTagging' },
  HeadObject: { scope: 'object', action: 's3:GetObject', versioned: 's3:GetObjectVersion' },
  GetObject: { scope: 'object', action: 's3:GetObject', versioned: 's3:GetObjectVersion', kms: 'decrypt' },
  GetObjectAcl: { scope: 'object', action: 's3:GetObjectAcl', versioned: 's3:GetObjectVersionAcl' },
  PutObjectAcl: { scope: 'object', action: 's3:PutObjectAcl', versioned: 's3:PutObjectVersionAcl' },
  GetObjectTagging: { scope: 'object', action: 's3:GetObjectTagging', versioned: 's3:GetObjectVersionTagging' },
  PutObjectTagging: { scope: 'object', action: 's3:PutObjectTagging', versioned: 's3:PutObjectVersionTagging' },
  DeleteObjectTagging: { scope: 'object', action: 's3:DeleteObjectTagging', versioned: 's3:DeleteObjectVersionTagging' },
  PutObject: { scope: 'object', action: 's3:PutObject', kms: 'encrypt' },
  CopyObject: { scope: 'object', action: 's3:PutObject', kms: 'encrypt' },
  CreateMultipartUpload: { scope: 'object', action: 's3:PutObject', kms: 'encrypt' },
  // A part is encrypted under the upload's data key, which S3 has to decrypt first.
  UploadPart: { scope: 'object', action: 's3:PutObject', kms: 'decrypt' },
  UploadPartCopy: { scope: 'object', action: 's3:PutObject', kms: 'decrypt' },
  CompleteMultipartUpload: { scope: 'object', action: 's3:PutObject', kms: 'checksum' },
  AbortMultipartUpload: { scope: 'object', action: 's3:AbortMultipartUpload' },
  ListParts: { scope: 'object', action: 's3:ListMultipartUploadParts' },
  DeleteObject: { scope: 'object', action: 's3:DeleteObject', versioned: 's3:DeleteObjectVersion' },
  DeleteObjects: { scope: 'object', action: 's3:DeleteObject', versioned: 's3:DeleteObjectVersion' },
} as const satisfies { readonly [operation: string]: Requirement }

/** The operations whose permissions are known. */
export type S3Operation = keyof typeof OPERATIONS

/** Their names. */
// Object.keys forgets what the keys are; these are exactly OPERATIONS's.
export const S3_OPERATIONS = Object.keys(OPERATIONS) as readonly S3Operation[]

/** What an operation is about, and so what a call of it must name. */
export function scopeOfS3Operation(operation: S3Operation): 'service' | 'bucket' | 'object' {
  return OPERATIONS[operation].scope
}

/** The actions of S3 that every call of an operation needs, whatever it carries. */
export function actionsOfS3Operation(operation: S3Operation): readonly string[] {
  const { action } = OPERATIONS[operation]
  return operation === 'CopyObject' || operation === 'UploadPartCopy' ? ['s3:GetObject', action] : [action]
}

interface Requirement {
  readonly scope: Scope
  readonly action: string
  readonly versioned?: string
  readonly kms?: 'decrypt' | 'encrypt' | 'checksum'
}

/**
 * The permissions one S3 call needs, all of them: IAM knows actions, not API calls.
 * The order is the one in which S3 would name a missing one: its own actions first, the key's last.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */
export function expandS3Call(call: S3Call): readonly S3Need[] {
  const { operation } = call
  if (operation === 'DeleteObjects')
    return (call.objects ?? []).flatMap(({ key, versionId }) =>
      ownNeeds({ ...call, operation: 'DeleteObject', key, ...(versionId === undefined ? {} : { versionId }) }),
    )
  return [...sourceNeeds(call), ...ownNeeds(call), ...keyNeeds(call)]
}

function ownNeeds(call: S3Call): readonly S3Need[] {
  const entry: Requirement = OPERATIONS[call.operation]
  const action = call.versionId !== undefined && entry.versioned !== undefined ? entry.versioned : entry.action
  const resource = arnOf(call, entry.scope)
  const context = contextOf(call)
  const actions = [action, ...(writes(call.operation) ? headerActions(call) : [])]
  if (call.operation === 'DeleteObject' && call.bypassGovernance) actions.push('s3:BypassGovernanceRetention')
  return actions.map((name) => ({ action: name, resource, service: 's3', context }))
}

function writes(operation: S3Operation): boolean {
  return operation === 'PutObject' || operation === 'CopyObject' || operation === 'CreateMultipartUpload'
}

// Headers that ask for more than the object ask for a permission more.
function headerActions(call: S3Call): readonly string[] {
  return [
    ...(call.acl === undefined ? [] : ['s3:PutObjectAcl']),
    ...(call.tags === undefined ? [] : ['s3:PutObjectTagging']),
    ...(call.retention ? ['s3:PutObjectRetention'] : []),
    ...(call.legalHold ? ['s3:PutObjectLegalHold'] : []),
  ]
}

function sourceNeeds({ source, partition, region }: S3Call): readonly S3Need[] {
  if (!source) return []
  return expandS3Call({
    operation: 'GetObject',
    ...source,
    ...(partition === undefined ? {} : { partition }),
    ...(region === undefined ? {} : { region }),
  })
}

function keyNeeds(call: S3Call): readonly S3Need[] {
  const entry: Requirement = OPERATIONS[call.operation]
  const { kms, region } = call
  if (!kms || entry.kms === undefined || (entry.kms === 'checksum' && !call.checksum)) return []
  const suffix = call.partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com'
  return [
    {
      action: entry.kms === 'encrypt' ? 'kms:GenerateDataKey' : 'kms:Decrypt',
      resource: kms.keyArn,
      service: 'kms',
      context: {
        ...(region === undefined ? {} : { 'kms:ViaService': `s3.${region}.${suffix}` }),
        'kms:EncryptionContext:aws:s3:arn': arnOf(call, kms.bucketKey ? 'bucket' : 'object'),
        'kms:EncryptionContextKeys': ['aws:s3:arn'],
      },
    },
  ]
}

function arnOf({ partition = 'aws', bucket = '*', key = '' }: S3Call, scope: Scope): string {
  const base = `arn:${partition}:s3:::`
  return scope === 'service' ? `${base}*` : scope === 'bucket' ? `${base}${bucket}` : `${base}${bucket}/${key}`
}

function contextOf(call: S3Call): RequestContext {
  const { operation } = call
  return {
    ...(operation.startsWith('List') && operation !== 'ListBuckets' && operation !== 'ListParts' ? listingContext(call) : {}),
    ...(call.versionId === undefined ? {} : { 's3:VersionId': call.versionId }),
    ...(writes(operation) ? headerContext(call) : {}),
  }
}

// A listing without a prefix carries no s3:prefix at all: a policy that asks for s3:prefix = '' does not match it.
function listingContext({ prefix, delimiter, maxKeys }: S3Call): RequestContext {
  return {
    ...(prefix === undefined ? {} : { 's3:prefix': prefix }),
    ...(delimiter === undefined ? {} : { 's3:delimiter': delimiter }),
    ...(maxKeys === undefined ? {} : { 's3:max-keys': String(maxKeys) }),
  }
}

function headerContext(call: S3Call): RequestContext {
  const tags = Object.entries(call.tags ?? {})
  return {
    ...(call.acl === undefined ? {} : { 's3:x-amz-acl': call.acl }),
    ...(call.encryptionHeader === undefined ? {} : { 's3:x-amz-server-side-encryption': call.encryptionHeader }),
    ...(call.encryptionKeyHeader === undefined ? {} : { 's3:x-amz-server-side-encryption-aws-kms-key-id': call.encryptionKeyHeader }),
    ...(call.storageClass === undefined ? {} : { 's3:x-amz-storage-class': call.storageClass }),
    ...(call.source ? { 's3:x-amz-copy-source': `${call.source.bucket}/${call.source.key}` } : {}),
    ...(tags.length > 0 ? { 's3:RequestObjectTagKeys': tags.map(([key]) => key) } : {}),
    ...Object.fromEntries(tags.map(([key, value]) => [`s3:RequestObjectTag/${key}`, value])),
  }
}
