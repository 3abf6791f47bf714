import { percentDecode, type LabRequest } from '../../http/request.ts'

/** What an S3 request is about. */
export interface S3Target {
  readonly operation: string
  readonly bucket?: string
  readonly key?: string
  /** The access point whose own host it came to, as `name-account`. */
  readonly accessPoint?: string
  /** The region in the host name; undefined where the name has none: S3 then finds the bucket by itself. */
  readonly endpointRegion?: string
  /** The bucket stands in the path of a host that is not the bucket's own. */
  readonly pathStyle: boolean
}

// s3.amazonaws.com, s3.REGION.…, s3-REGION.…, s3.dualstack.REGION.…, each with or without BUCKET. in front.
const HOST = /^(?:(.+)\.)?s3(?:[.-](?:dualstack\.)?([a-z]{2}(?:-[a-z]+)+-\d+))?\.amazonaws\.com(?:\.cn)?$/

// NAME-ACCOUNT.s3-accesspoint.REGION.amazonaws.com
const POINT_HOST = /^([a-z0-9-]+-\d{12})\.s3-accesspoint\.(?:dualstack\.)?([a-z]{2}(?:-[a-z]+)+-\d+)\.amazonaws\.com(?:\.cn)?$/

/** Whether a host name is one of S3's. */
export function isS3Host(host: string): boolean {
  return HOST.test(host) || POINT_HOST.test(host)
}

export function routeS3(request: LabRequest): S3Target {
  const point = POINT_HOST.exec(request.host)
  if (point !== null) {
    const [, name = '', endpointRegion = ''] = point
    const key = percentDecode(request.rawPath.slice(1)) ?? ''
    return { ...withOperation(request, { bucket: name, key, pathStyle: false, endpointRegion }), accessPoint: name }
  }
  const host = HOST.exec(request.host)
  const path = percentDecode(request.rawPath.slice(1)) ?? ''
  const endpoint = host?.[2] === undefined ? {} : { endpointRegion: host[2] }
  if (host?.[1] !== undefined) return withOperation(request, { bucket: host[1], key: path, pathStyle: false, ...endpoint })
  const slash = path.indexOf('/')
  const bucket = slash < 0 ? path : path.slice(0, slash)
  // The global endpoint finds a bucket by its own host name only; for paths it is us-east-1.
  const global = host && host[2] === undefined && bucket !== '' ? { endpointRegion: 'us-east-1' } : {}
  return withOperation(request, { bucket, key: slash < 0 ? '' : path.slice(slash + 1), pathStyle: true, ...global, ...endpoint })
}

function withOperation(
  request: LabRequest,
  where: { readonly bucket: string; readonly key: string; readonly pathStyle: boolean; readonly endpointRegion?: string },
): S3Target {
  const { bucket, key, ...rest } = where
  if (bucket === '') return { operation: request.method === 'GET' ? 'ListBuckets' : `${request.method} /`, ...rest }
  if (key === '') return { operation: bucketOperation(request), bucket, ...rest }
  return { operation: objectOperation(request), bucket, key, ...rest }
}

// Subresources of a bucket, with the noun their operations carry. Those the lab does not have are named all the same,
// so that the answer can say which operation is missing.
const BUCKET_NOUNS: { readonly [parameter: string]: string } = {
  accelerate: 'BucketAccelerateConfiguration',
  acl: 'BucketAcl',
  analytics: 'BucketAnalyticsConfiguration',
  cors: 'BucketCors',
  encryption: 'BucketEncryption',
  'intelligent-tiering': 'BucketIntelligentTieringConfiguration',
  inventory: 'BucketInventoryConfiguration',
  lifecycle: 'BucketLifecycleConfiguration',
  location: 'BucketLocation',
  logging: 'BucketLogging',
  metrics: 'BucketMetricsConfiguration',
  notification: 'BucketNotificationConfiguration',
  'object-lock': 'ObjectLockConfiguration',
  ownershipControls: 'BucketOwnershipControls',
  policy: 'BucketPolicy',
  policyStatus: 'BucketPolicyStatus',
  publicAccessBlock: 'PublicAccessBlock',
  replication: 'BucketReplication',
  requestPayment: 'BucketRequestPayment',
  session: 'Session',
  tagging: 'BucketTagging',
  versioning: 'BucketVersioning',
  website: 'BucketWebsite',
}

const VERBS: { readonly [method: string]: string } = { GET: 'Get', HEAD: 'Head', PUT: 'Put', POST: 'Post', DELETE: 'Delete' }

function bucketOperation(request: LabRequest): string {
  const parameters = new Set(request.query.map(([name]) => name))
  const verb = VERBS[request.method] ?? request.method
  for (const [parameter, noun] of Object.entries(BUCKET_NOUNS)) if (parameters.has(parameter)) return `${verb}${noun}`
  if (request.method === 'POST') return parameters.has('delete') ? 'DeleteObjects' : 'PostObject'
  if (request.method === 'GET') {
    if (parameters.has('uploads')) return 'ListMultipartUploads'
    if (parameters.has('versions')) return 'ListObjectVersions'
    return request.query.some(([name, value]) => name === 'list-type' && value === '2') ? 'ListObjectsV2' : 'ListObjects'
  }
  return request.method === 'PUT' ? 'CreateBucket' : `${verb}Bucket`
}

const OBJECT_NOUNS: { readonly [parameter: string]: string } = {
  acl: 'ObjectAcl',
  attributes: 'ObjectAttributes',
  'legal-hold': 'ObjectLegalHold',
  retention: 'ObjectRetention',
  tagging: 'ObjectTagging',
  torrent: 'ObjectTorrent',
}

function objectOperation(request: LabRequest): string {
  const parameters = new Set(request.query.map(([name]) => name))
  const verb = VERBS[request.method] ?? request.method
  for (const [parameter, noun] of Object.entries(OBJECT_NOUNS)) if (parameters.has(parameter)) return `${verb}${noun}`
  const copies = request.headers.has('x-amz-copy-source')
  if (parameters.has('uploadId')) {
    if (request.method === 'PUT') return copies ? 'UploadPartCopy' : 'UploadPart'
    if (request.method === 'POST') return 'CompleteMultipartUpload'
    return request.method === 'DELETE' ? 'AbortMultipartUpload' : 'ListParts'
  }
  if (request.method === 'POST') {
    if (parameters.has('uploads')) return 'CreateMultipartUpload'
    if (parameters.has('restore')) return 'RestoreObject'
    return parameters.has('select') ? 'SelectObjectContent' : 'PostObject'
  }
  return request.method === 'PUT' && copies ? 'CopyObject' : `${verb}Object`
}
