import { createHash } from 'node:crypto'
import { memoryContent, type Content } from '../../http/content.ts'
import type { LabRequest } from '../../http/request.ts'
import { AwsError } from '../error.ts'
import { checksumHeader, startChecksum } from './checksums.ts'
import { decodeChunked, type ChunkChain } from './chunked.ts'

/** A body that arrived whole, with everything its request promised about it verified. */
export interface ReceivedBody {
  readonly content: Content
  readonly md5: Buffer
  /** The checksum the client sent and we found right. */
  readonly checksum?: readonly [header: string, value: string]
}

export interface BodyRules {
  readonly maxBytes: number
  /** Present when the request was signed. */
  readonly chain?: ChunkChain
  /** Waits for as long as a slow link would take over that many bytes. */
  readonly pace: (bytes: number) => Promise<void>
}

/**
 * Receives a body once, whole, into memory, and checks length, SHA-256, Content-MD5, checksums and chunk signatures.
 * Nothing is handed out unless all of it holds.
 */
export async function receiveBody(request: LabRequest, rules: BodyRules): Promise<ReceivedBody> {
  const { headers } = request
  const declared = headers.get('x-amz-content-sha256') ?? 'UNSIGNED-PAYLOAD'
  const streaming = declared.startsWith('STREAMING-')
  const length = declaredLength(headers, streaming, rules.maxBytes)
  const checks = startChecks(headers, /^[0-9a-f]{64}$/.test(declared) ? declared : undefined)
  checkMode(declared, rules)

  let trailers: ReadonlyMap<string, string> = new Map()
  request.proceed()
  const plain: AsyncIterable<Uint8Array> = request.incoming
  const source = streaming
    ? decodeChunked(plain, {
        ...(declared.startsWith('STREAMING-AWS4') && rules.chain ? { chain: rules.chain } : {}),
        trailers: declared.endsWith('-TRAILER'),
        onTrailers: (found) => (trailers = found),
      })
    : plain

  const buffer = Buffer.allocUnsafeSlow(length)
  let filled = 0
  for await (const chunk of source) {
    if (filled + chunk.byteLength > length) throw incompleteBody()
    buffer.set(chunk, filled)
    filled += chunk.byteLength
    checks.update(chunk)
    await rules.pace(chunk.byteLength)
  }
  if (filled !== length) throw incompleteBody()
  return { content: memoryContent(buffer), ...checks.finish(trailers) }
}

function incompleteBody(): AwsError {
  return new AwsError(400, 'IncompleteBody', 'The request body terminated unexpectedly')
}

function declaredLength(headers: ReadonlyMap<string, string>, streaming: boolean, maxBytes: number): number {
  if (!streaming && headers.has('transfer-encoding'))
    throw new AwsError(501, 'NotImplemented', 'A header you provided implies functionality that is not implemented', {
      details: [['Header', 'Transfer-Encoding']],
    })
  const text =
    headers.get(streaming ? 'x-amz-decoded-content-length' : 'content-length') ??
    (headers.has('x-amz-content-sha256') && !streaming ? '0' : '')
  if (!/^\d{1,15}$/.test(text)) throw new AwsError(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.')
  const length = Number(text)
  if (length > maxBytes) throw new AwsError(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size')
  return length
}

const MODES = /^(UNSIGNED-PAYLOAD|[0-9a-f]{64}|STREAMING-AWS4-HMAC-SHA256-PAYLOAD(-TRAILER)?|STREAMING-UNSIGNED-PAYLOAD-TRAILER)$/

function checkMode(declared: string, rules: BodyRules): void {
  if (!MODES.test(declared))
    throw new AwsError(
      400,
      'InvalidArgument',
      'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, or a valid sha256 value.',
    )
  // A body whose chunks claim signatures cannot be checked when the request itself is unsigned.
  if (declared.startsWith('STREAMING-AWS4') && !rules.chain) throw new AwsError(400, 'InvalidRequest', 'The request is not signed.')
}

/** Hashes that run along with the body, and what each must come to. */
function startChecks(headers: ReadonlyMap<string, string>, sha256: string | undefined) {
  const md5 = createHash('md5')
  const payload = sha256 === undefined ? undefined : createHash('sha256')
  const md5Header = headers.get('content-md5')
  if (md5Header !== undefined && Buffer.from(md5Header, 'base64').length !== 16)
    throw new AwsError(400, 'InvalidDigest', 'The Content-MD5 you specified was invalid.')
  const inHeader = checksumHeader(headers.keys())
  const announced = inHeader ?? checksumHeader((headers.get('x-amz-trailer') ?? '').split(',').map((name) => name.trim().toLowerCase()))
  const checksum = announced === undefined ? undefined : startChecksum(announced)
  return {
    update(chunk: Uint8Array): void {
      md5.update(chunk)
      payload?.update(chunk)
      checksum?.update(chunk)
    },
    finish(trailers: ReadonlyMap<string, string>): Omit<ReceivedBody, 'content'> {
      const computed = payload?.digest('hex')
      if (computed !== undefined && sha256 !== undefined && computed !== sha256)
        throw new AwsError(
          400,
          'XAmzContentSHA256Mismatch',
          "The provided 'x-amz-content-sha256' header does not match what was computed.",
          {
            details: [
              ['ClientComputedContentSHA256', sha256],
              ['S3ComputedContentSHA256', computed],
            ],
          },
        )
      const digest = md5.digest()
      if (md5Header !== undefined && !Buffer.from(md5Header, 'base64').equals(digest))
        throw new AwsError(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.', {
          details: [
            ['ExpectedDigest', md5Header],
            ['CalculatedDigest', digest.toString('base64')],
          ],
        })
      if (!checksum) return { md5: digest }
      const value = checksum.digest()
      if ((headers.get(checksum.header) ?? trailers.get(checksum.header)) !== value)
        throw new AwsError(400, 'BadDigest', `The ${checksum.label} you specified did not match the calculated checksum.`)
      return { md5: digest, checksum: [checksum.header, value] }
    },
  }
}
