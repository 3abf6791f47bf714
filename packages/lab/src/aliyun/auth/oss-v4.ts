import { createHash, createHmac } from 'node:crypto'
import { percentDecode, percentEncode, type LabRequest } from '../../http/request.ts'

/** What a V4 signature covers: date/region/product/aliyun_v4_request. */
export interface OssScope {
  readonly date: string
  readonly region: string
  readonly product: string
}

export function ossScopeText({ date, region, product }: OssScope): string {
  return `${date}/${region}/${product}/aliyun_v4_request`
}

/**
 * The canonical requests of OSS's signature V4, either of which a client may have signed: Alibaba's own clients do not agree
 * on whether a parameter that is sent with an equals sign and nothing behind it keeps the sign.
 * https://help.aliyun.com/en/oss/developer-reference/recommend-to-use-signature-version-4
 */
export function ossCanonicalRequests(request: LabRequest, bucket: string | undefined, additional: readonly string[]): readonly string[] {
  const path = percentDecode(request.rawPath) ?? request.rawPath
  const uri = (bucket === undefined ? path : `/${bucket}${path}`).split('/').map(percentEncode).join('/')
  const headers = [...request.headers]
    .filter(([name]) => isAlwaysSigned(name) || additional.includes(name))
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `${name}:${value.trim()}\n`)
    .join('')
  const payload = request.headers.get('x-oss-content-sha256') ?? 'UNSIGNED-PAYLOAD'
  return canonicalQueries(request).map((query) => [request.method, uri, query, headers, additional.join(';'), payload].join('\n'))
}

/** Headers that a signature covers whether it says so or not. */
function isAlwaysSigned(name: string): boolean {
  return name === 'content-type' || name === 'content-md5' || name.startsWith('x-oss-')
}

function canonicalQueries({ query, incoming }: LabRequest): readonly string[] {
  const pairs = query
    .filter(([name]) => name !== 'x-oss-signature')
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort(([name, value], [otherName, otherValue]) => order(name, otherName) || order(value, otherValue))
  const sent = new Set((incoming.url ?? '').split('?').slice(1).join('?').split('&'))
  const plain = pairs.map(([name, value]) => (value === '' ? name : `${name}=${value}`)).join('&')
  const asSent = pairs.map(([name, value]) => (value === '' && !sent.has(`${name}=`) ? name : `${name}=${value}`)).join('&')
  return plain === asSent ? [plain] : [plain, asSent]
}

export function ossStringToSign(timestamp: string, scope: OssScope, canonical: string): string {
  return ['OSS4-HMAC-SHA256', timestamp, ossScopeText(scope), createHash('sha256').update(canonical).digest('hex')].join('\n')
}

export function ossV4Signature(secret: string, scope: OssScope, stringToSign: string): string {
  const day = createHmac('sha256', `aliyun_v4${secret}`).update(scope.date).digest()
  const region = createHmac('sha256', day).update(scope.region).digest()
  const product = createHmac('sha256', region).update(scope.product).digest()
  const key = createHmac('sha256', product).update('aliyun_v4_request').digest()
  return createHmac('sha256', key).update(stringToSign).digest('hex')
}

function order(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
