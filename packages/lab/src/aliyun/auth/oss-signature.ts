import { queryValue, type LabRequest } from '../../http/request.ts'
import { parseTimestamp } from '../../aws/auth/canonical.ts'
import type { OssScope } from './oss-v4.ts'

/** A request's signature as it stands there, unjudged. */
export interface OssSignature {
  readonly version: 'v1' | 'v4'
  readonly accessKeyId: string
  readonly signature: string
  readonly token: string | undefined
  /** As text, because it is signed as text. */
  readonly timestamp: string
  /** Of a signature in headers, when it was made; of a URL with V4, too. */
  readonly time: number | undefined
  /** When a presigned URL ends; undefined for a signature in headers. */
  readonly expiresAt: number | undefined
  /** V4 only. */
  readonly scope?: OssScope
  readonly additional?: readonly string[]
}

/** `unsigned`, the signature, or what is malformed about it. */
export type OssSignatureReading =
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'signed'; readonly signature: OssSignature }
  | { readonly kind: 'malformed'; readonly message: string }

export function readOssSignature(request: LabRequest): OssSignatureReading {
  const header = request.headers.get('authorization')
  if (header?.startsWith('OSS4-HMAC-SHA256 ')) return readV4Header(request, header.slice('OSS4-HMAC-SHA256 '.length))
  if (header?.startsWith('OSS ')) return readV1Header(request, header.slice('OSS '.length))
  if (header !== undefined) return malformed('Authorization header is invalid.')
  if (queryValue(request, 'x-oss-signature') !== undefined) return readV4Query(request)
  return queryValue(request, 'Signature') === undefined ? { kind: 'unsigned' } : readV1Query(request)
}

function malformed(message: string): OssSignatureReading {
  return { kind: 'malformed', message }
}

function readV4Header(request: LabRequest, text: string): OssSignatureReading {
  const fields = new Map(text.split(',').map((field) => [field.slice(0, field.indexOf('=')).trim(), field.slice(field.indexOf('=') + 1)]))
  if (request.headers.get('x-oss-content-sha256') !== 'UNSIGNED-PAYLOAD')
    return malformed('The header x-oss-content-sha256 must be UNSIGNED-PAYLOAD.')
  return assembleV4({
    credential: fields.get('Credential'),
    additional: fields.get('AdditionalHeaders'),
    signature: fields.get('Signature'),
    timestamp: request.headers.get('x-oss-date') ?? '',
    token: request.headers.get('x-oss-security-token'),
    expires: undefined,
  })
}

const LONGEST_URL_SECONDS = 604_800

function readV4Query(request: LabRequest): OssSignatureReading {
  const value = (name: string): string | undefined => queryValue(request, name)
  if (value('x-oss-signature-version') !== 'OSS4-HMAC-SHA256') return malformed('x-oss-signature-version must be OSS4-HMAC-SHA256.')
  const expires = Number(value('x-oss-expires') ?? '')
  if (!Number.isInteger(expires) || expires < 1 || expires > LONGEST_URL_SECONDS)
    return malformed('Invalid x-oss-expires: it must be between 1 and 604800.')
  return assembleV4({
    credential: value('x-oss-credential'),
    additional: value('x-oss-additional-headers'),
    signature: value('x-oss-signature'),
    timestamp: value('x-oss-date') ?? '',
    token: value('x-oss-security-token'),
    expires,
  })
}

function assembleV4(fields: {
  readonly credential: string | undefined
  readonly additional: string | undefined
  readonly signature: string | undefined
  readonly timestamp: string
  readonly token: string | undefined
  readonly expires: number | undefined
}): OssSignatureReading {
  const [accessKeyId = '', date = '', region = '', product = '', terminator, ...rest] = fields.credential?.split('/') ?? []
  if (accessKeyId === '' || terminator !== 'aliyun_v4_request' || rest.length > 0)
    return malformed('Invalid Credential in Authorization header.')
  const time = parseTimestamp(fields.timestamp)
  if (time === undefined || !fields.timestamp.startsWith(date)) return malformed('Invalid date in Authorization header.')
  if (!/^[0-9a-f]{64}$/.test(fields.signature ?? '')) return malformed('Invalid Signature in Authorization header.')
  return {
    kind: 'signed',
    signature: {
      version: 'v4',
      accessKeyId,
      signature: fields.signature ?? '',
      token: fields.token,
      timestamp: fields.timestamp,
      time,
      expiresAt: fields.expires === undefined ? undefined : time + fields.expires * 1000,
      scope: { date, region, product },
      additional: (fields.additional ?? '').split(';').filter((name) => name !== ''),
    },
  }
}

function readV1Header(request: LabRequest, text: string): OssSignatureReading {
  const colon = text.indexOf(':')
  if (colon < 1) return malformed('Authorization header is invalid.')
  const timestamp = request.headers.get('x-oss-date') ?? request.headers.get('date') ?? ''
  const time = Date.parse(timestamp)
  if (Number.isNaN(time)) return malformed('OSS authentication requires a valid Date.')
  return {
    kind: 'signed',
    signature: {
      version: 'v1',
      accessKeyId: text.slice(0, colon),
      signature: text.slice(colon + 1),
      token: request.headers.get('x-oss-security-token'),
      timestamp,
      time,
      expiresAt: undefined,
    },
  }
}

function readV1Query(request: LabRequest): OssSignatureReading {
  const expires = queryValue(request, 'Expires') ?? ''
  if (!/^\d{1,12}$/.test(expires)) return malformed('Invalid Expires.')
  return {
    kind: 'signed',
    signature: {
      version: 'v1',
      accessKeyId: queryValue(request, 'OSSAccessKeyId') ?? '',
      signature: queryValue(request, 'Signature') ?? '',
      token: queryValue(request, 'security-token'),
      timestamp: expires,
      time: undefined,
      expiresAt: Number(expires) * 1000,
    },
  }
}
