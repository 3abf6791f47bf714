import { createHmac } from 'node:crypto'
import { percentDecode, type LabRequest } from '../../http/request.ts'

/** Query parameters that a V1 signature covers, beside all that begin with x-oss-. */
const SUBRESOURCES = new Set([
  'acl',
  'append',
  'bucketInfo',
  'callback',
  'callback-var',
  'comp',
  'continuation-token',
  'cors',
  'delete',
  'encryption',
  'lifecycle',
  'location',
  'logging',
  'objectMeta',
  'partNumber',
  'policy',
  'policyStatus',
  'position',
  'publicAccessBlock',
  'referer',
  'replication',
  'requestPayment',
  'response-cache-control',
  'response-content-disposition',
  'response-content-encoding',
  'response-content-language',
  'response-content-type',
  'response-expires',
  'restore',
  'security-token',
  'sequential',
  'stat',
  'symlink',
  'tagging',
  'uploadId',
  'uploads',
  'versionId',
  'versioning',
  'versions',
  'website',
  'worm',
])

/**
 * What a V1 signature covers. `date` is the Date of a request and the Expires of a URL.
 * https://help.aliyun.com/en/oss/developer-reference/include-signatures-in-the-authorization-header
 */
export function ossV1StringToSign(request: LabRequest, bucket: string | undefined, date: string): string {
  const headers = [...request.headers]
    .filter(([name]) => name.startsWith('x-oss-'))
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `${name}:${value.trim()}\n`)
    .join('')
  const path = percentDecode(request.rawPath) ?? request.rawPath
  const parameters = request.query
    .filter(([name]) => SUBRESOURCES.has(name) || name.startsWith('x-oss-'))
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
    .join('&')
  const resource = `${bucket === undefined ? path : `/${bucket}${path}`}${parameters === '' ? '' : `?${parameters}`}`
  const md5 = request.headers.get('content-md5') ?? ''
  const type = request.headers.get('content-type') ?? ''
  return [request.method, md5, type, date, `${headers}${resource}`].join('\n')
}

export function ossV1Signature(secret: string, stringToSign: string): string {
  return createHmac('sha1', secret).update(stringToSign).digest('base64')
}
