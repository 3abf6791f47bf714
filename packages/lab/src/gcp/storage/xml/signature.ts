import { createHash, verify } from 'node:crypto'
import { percentEncode, type LabRequest } from '../../../http/request.ts'
import type { Caller } from '../../auth/caller.ts'
import { GoogleError, notImplemented } from '../../error.ts'
import type { GcpState, ServiceAccount } from '../../state/types.ts'

const ALGORITHM = 'GOOG4-RSA-SHA256'
const LONGEST_SECONDS = 604_800
/** How far a clock may be ahead of Google's. */
const SKEW_MS = 15 * 60_000

/** Whether a request carries its credential in its URL. */
export function isSignedUrl(request: LabRequest): boolean {
  return parameterOf(request, 'X-Goog-Algorithm') !== undefined
}

/** Clients write these names in capitals or not. */
function parameterOf(request: LabRequest, name: string): string | undefined {
  return request.query.find(([written]) => written.toLowerCase() === name.toLowerCase())?.[1]
}

interface Signature {
  readonly email: string
  readonly scope: string
  readonly date: string
  readonly signedHeaders: readonly string[]
  readonly signature: Buffer
}

/** Verifies a V4 signed URL; who signed it is then who asks. https://cloud.google.com/storage/docs/authentication/signatures */
export function verifySignedUrl(state: GcpState, request: LabRequest): Caller {
  const signature = readSignature(state, request)
  const account = state.serviceAccounts.get(signature.email)
  if (!account || account.disabled)
    throw new GoogleError(403, 'AccessDenied', `The account ${signature.email} is not there or is disabled.`)
  checkHeaders(request, signature)
  const canonical = canonicalRequest(request, signature)
  const text = [ALGORITHM, signature.date, signature.scope, createHash('sha256').update(canonical).digest('hex')].join('\n')
  if (!isSignedBy(account, text, signature.signature, state.clock.now()))
    throw new GoogleError(
      403,
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your Google secret key and signing method.',
    )
  return { identity: { kind: 'service-account', email: account.email }, scopes: '*', name: account.email }
}

function readSignature(state: GcpState, request: LabRequest): Signature {
  const parameter = (name: string): string => {
    const value = parameterOf(request, name)
    if (value === undefined) throw new GoogleError(400, 'AuthorizationQueryParametersError', `Missing required query parameter: ${name}`)
    return value
  }
  const algorithm = parameter('X-Goog-Algorithm')
  if (algorithm === 'GOOG4-HMAC-SHA256') throw notImplemented('HMAC keys')
  if (algorithm !== ALGORITHM) throw new GoogleError(400, 'InvalidArgument', `X-Goog-Algorithm is ${algorithm}.`)
  const credential = /^(.+)\/((\d{8})\/[a-z0-9-]+\/storage\/goog4_request)$/.exec(parameter('X-Goog-Credential'))
  const date = parameter('X-Goog-Date')
  const instant = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date)
  if (!credential || !instant || credential[3] !== date.slice(0, 8))
    throw new GoogleError(400, 'InvalidArgument', 'X-Goog-Credential and X-Goog-Date do not fit.')
  const [, year, month, day, hour, minute, second] = instant
  checkTime(state, Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`), parameter('X-Goog-Expires'))
  return {
    email: credential[1] ?? '',
    scope: credential[2] ?? '',
    date,
    signedHeaders: parameter('X-Goog-SignedHeaders').split(';'),
    signature: Buffer.from(parameter('X-Goog-Signature'), 'hex'),
  }
}

function checkTime(state: GcpState, signedAt: number, expires: string): void {
  if (!/^\d{1,7}$/.test(expires) || Number(expires) > LONGEST_SECONDS || Number(expires) === 0)
    throw new GoogleError(400, 'InvalidArgument', `X-Goog-Expires must be between 1 and ${LONGEST_SECONDS}.`)
  const now = state.clock.now()
  const end = signedAt + Number(expires) * 1000
  if (signedAt > now + SKEW_MS)
    throw new GoogleError(403, 'RequestTimeTooSkewed', 'The difference between the request time and the server time is too large.')
  if (now > end)
    throw new GoogleError(
      400,
      'ExpiredToken',
      `The provided token has expired. Request signature expired at: ${new Date(end).toISOString()}`,
    )
}

function checkHeaders(request: LabRequest, { signedHeaders }: Signature): void {
  if (!signedHeaders.includes('host')) throw new GoogleError(400, 'MissingSecurityHeader', 'The host header is not signed.')
  const absent = signedHeaders.find((name) => !request.headers.has(name))
  if (absent !== undefined)
    throw new GoogleError(400, 'MalformedSecurityHeader', `Header was included in signedheaders, but not in the request: ${absent}`)
  const unsigned = [...request.headers.keys()].find((name) => name.startsWith('x-goog-') && !signedHeaders.includes(name))
  if (unsigned !== undefined)
    throw new GoogleError(400, 'MalformedSecurityHeader', `Header was included in the request, but not in signedheaders: ${unsigned}`)
}

function canonicalRequest(request: LabRequest, { signedHeaders }: Signature): string {
  const query = request.query
    .filter(([name]) => name.toLowerCase() !== 'x-goog-signature')
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .toSorted()
  const headers = signedHeaders.map((name) => `${name}:${(request.headers.get(name) ?? '').trim().replace(/ +/g, ' ')}\n`)
  const payload = request.headers.get('x-goog-content-sha256') ?? 'UNSIGNED-PAYLOAD'
  return [request.method, request.rawPath, query.join('&'), headers.join(''), signedHeaders.join(';'), payload].join('\n')
}

function isSignedBy(account: ServiceAccount, text: string, signature: Buffer, now: number): boolean {
  const keys = [...account.keys.values()].filter((key) => !key.disabled && key.validBefore > now)
  return keys.some((key) => verify('RSA-SHA256', Buffer.from(text), key.publicKey, signature))
}
