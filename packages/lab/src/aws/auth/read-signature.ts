import { queryValue, type LabRequest } from '../../http/request.ts'
import { parseTimestamp, type Scope } from './canonical.ts'

/** A request's signature as it stands there, unjudged. */
export interface ReadSignature {
  readonly accessKeyId: string
  readonly scope: Scope
  readonly signedHeaders: readonly string[]
  readonly signature: string
  /** As text, because it is signed as text. */
  readonly timestamp: string
  readonly time: number
  readonly token: string | undefined
  /** Seconds a presigned URL is good for; undefined for a signature in the Authorization header. */
  readonly expiresSeconds: number | undefined
}

/** `unsigned`, the signature, or what is malformed about it. */
export type SignatureReading =
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'signed'; readonly signature: ReadSignature }
  | { readonly kind: 'malformed'; readonly presigned: boolean; readonly message: string }
  /** Signature Version 2, which no bucket made in recent years accepts. */
  | { readonly kind: 'unsupported' }

export function readSignature(request: LabRequest): SignatureReading {
  const header = request.headers.get('authorization')
  if (header !== undefined) return readHeader(request, header)
  if (queryValue(request, 'AWSAccessKeyId') !== undefined && queryValue(request, 'Signature') !== undefined) return { kind: 'unsupported' }
  return queryValue(request, 'X-Amz-Algorithm') === undefined && queryValue(request, 'X-Amz-Signature') === undefined
    ? { kind: 'unsigned' }
    : readQuery(request)
}

function malformedHeader(message: string): SignatureReading {
  return { kind: 'malformed', presigned: false, message }
}

function malformedQuery(message: string): SignatureReading {
  return { kind: 'malformed', presigned: true, message }
}

function readHeader(request: LabRequest, header: string): SignatureReading {
  const [algorithm = '', ...rest] = header.split(' ')
  if (algorithm !== 'AWS4-HMAC-SHA256') return { kind: 'unsupported' }
  const fields = new Map(
    rest
      .join('')
      .split(',')
      .map((field) => [field.slice(0, field.indexOf('=')), field.slice(field.indexOf('=') + 1)]),
  )
  const timestamp = request.headers.get('x-amz-date') ?? ''
  return assemble(
    { credential: fields.get('Credential'), signedHeaders: fields.get('SignedHeaders'), signature: fields.get('Signature'), timestamp },
    request.headers.get('x-amz-security-token'),
    undefined,
    malformedHeader,
  )
}

function readQuery(request: LabRequest): SignatureReading {
  const value = (name: string): string | undefined => queryValue(request, name)
  if (value('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256')
    return malformedQuery('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"')
  const expires = value('X-Amz-Expires') ?? ''
  if (!/^\d{1,7}$/.test(expires)) return malformedQuery('X-Amz-Expires should be a number')
  if (Number(expires) > 604_800)
    return malformedQuery(
      'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds',
    )
  return assemble(
    {
      credential: value('X-Amz-Credential'),
      signedHeaders: value('X-Amz-SignedHeaders'),
      signature: value('X-Amz-Signature'),
      timestamp: value('X-Amz-Date') ?? '',
    },
    value('X-Amz-Security-Token'),
    Number(expires),
    malformedQuery,
  )
}

function assemble(
  fields: {
    readonly credential: string | undefined
    readonly signedHeaders: string | undefined
    readonly signature: string | undefined
    readonly timestamp: string
  },
  token: string | undefined,
  expiresSeconds: number | undefined,
  malformed: (message: string) => SignatureReading,
): SignatureReading {
  const parts = fields.credential?.split('/') ?? []
  const [terminator, service = '', region = '', date = ''] = parts.slice(-4).toReversed()
  const accessKeyId = parts.slice(0, -4).join('/')
  if (accessKeyId === '' || terminator !== 'aws4_request' || !/^\d{8}$/.test(date))
    return malformed('the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".')
  const signedHeaders = fields.signedHeaders?.split(';') ?? []
  if (!signedHeaders.includes('host')) return malformed('SignedHeaders must include the host header.')
  if (fields.signature === undefined || !/^[0-9a-f]{64}$/.test(fields.signature))
    return malformed('the Signature is mal-formed; expecting 64 hexadecimal digits.')
  const time = parseTimestamp(fields.timestamp)
  if (time === undefined) return malformed('AWS authentication requires a valid Date or x-amz-date header')
  if (!fields.timestamp.startsWith(date)) return malformed('Invalid credential date. This date is not the same as X-Amz-Date.')
  return {
    kind: 'signed',
    signature: {
      accessKeyId,
      scope: { date, region, service },
      signedHeaders,
      signature: fields.signature,
      timestamp: fields.timestamp,
      time,
      token,
      expiresSeconds,
    },
  }
}
