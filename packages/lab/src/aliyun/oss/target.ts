import { percentDecode, queryValue, type LabRequest } from '../../http/request.ts'

/** What an OSS request is about. */
export interface OssTarget {
  readonly operation: string
  readonly bucket?: string
  readonly key?: string
  /** The region in the host name: `cn-hangzhou`. */
  readonly region: string
  /** Whether it came to the endpoint that answers within Alibaba Cloud alone. */
  readonly isInternal: boolean
}

// BUCKET.oss-REGION.aliyuncs.com and, from within Alibaba Cloud, BUCKET.oss-REGION-internal.aliyuncs.com.
const HOST = /^(?:([^.]+)\.)?oss-([a-z0-9-]+?)(-internal)?\.aliyuncs\.com$/

/** Whether a host name is one of OSS's. */
export function isOssHost(host: string): boolean {
  return HOST.test(host)
}

export function targetOf(request: LabRequest): OssTarget {
  const [, bucket, region = '', internal] = HOST.exec(request.host) ?? []
  const host = { region, isInternal: internal !== undefined }
  const key = percentDecode(request.rawPath.slice(1)) ?? ''
  if (bucket === undefined) return { operation: serviceOperation(request, key), ...host }
  if (key === '') return { operation: bucketOperation(request), bucket, ...host }
  return { operation: objectOperation(request), bucket, key, ...host }
}

function serviceOperation({ method }: LabRequest, path: string): string {
  if (path !== '') return 'SecondLevelDomain'
  return method === 'GET' ? 'ListBuckets' : `${method} /`
}

// Subresources of a bucket, with the noun their operations carry. Those the lab does not have are named all the same,
// so that the answer can say which operation is missing.
const BUCKET_NOUNS: { readonly [parameter: string]: string } = {
  acl: 'BucketAcl',
  bucketInfo: 'BucketInfo',
  cors: 'BucketCors',
  encryption: 'BucketEncryption',
  lifecycle: 'BucketLifecycle',
  location: 'BucketLocation',
  logging: 'BucketLogging',
  policy: 'BucketPolicy',
  policyStatus: 'BucketPolicyStatus',
  publicAccessBlock: 'BucketPublicAccessBlock',
  referer: 'BucketReferer',
  replication: 'BucketReplication',
  requestPayment: 'BucketRequestPayment',
  resourceGroup: 'BucketResourceGroup',
  stat: 'BucketStat',
  tagging: 'BucketTags',
  transferAcceleration: 'BucketTransferAcceleration',
  versioning: 'BucketVersioning',
  website: 'BucketWebsite',
  worm: 'BucketWorm',
}

const VERBS: { readonly [method: string]: string } = { GET: 'Get', HEAD: 'Head', PUT: 'Put', POST: 'Post', DELETE: 'Delete' }

function bucketOperation(request: LabRequest): string {
  const parameters = new Set(request.query.map(([name]) => name))
  const verb = VERBS[request.method] ?? request.method
  for (const [parameter, noun] of Object.entries(BUCKET_NOUNS)) if (parameters.has(parameter)) return `${verb}${noun}`
  if (request.method === 'POST' && parameters.has('delete')) return 'DeleteMultipleObjects'
  if (request.method === 'GET') {
    if (parameters.has('uploads')) return 'ListMultipartUploads'
    if (parameters.has('versions')) return 'ListObjectVersions'
    return queryValue(request, 'list-type') === '2' ? 'ListObjectsV2' : 'ListObjects'
  }
  return `${verb}Bucket`
}

const OBJECT_NOUNS: { readonly [parameter: string]: string } = {
  acl: 'ObjectAcl',
  objectMeta: 'ObjectMeta',
  symlink: 'Symlink',
  tagging: 'ObjectTagging',
}

function objectOperation(request: LabRequest): string {
  const parameters = new Set(request.query.map(([name]) => name))
  const verb = VERBS[request.method] ?? request.method
  for (const [parameter, noun] of Object.entries(OBJECT_NOUNS))
    if (parameters.has(parameter)) return request.method === 'HEAD' && noun === 'ObjectMeta' ? 'GetObjectMeta' : `${verb}${noun}`
  const copies = request.headers.has('x-oss-copy-source')
  if (parameters.has('uploadId')) {
    if (request.method === 'PUT') return copies ? 'UploadPartCopy' : 'UploadPart'
    if (request.method === 'POST') return 'CompleteMultipartUpload'
    return request.method === 'DELETE' ? 'AbortMultipartUpload' : 'ListParts'
  }
  if (request.method === 'POST') {
    if (parameters.has('uploads')) return 'InitiateMultipartUpload'
    if (parameters.has('restore')) return 'RestoreObject'
    return parameters.has('append') ? 'AppendObject' : 'PostObject'
  }
  return request.method === 'PUT' && copies ? 'CopyObject' : `${verb}Object`
}
