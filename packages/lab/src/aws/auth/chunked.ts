import { createHash } from 'node:crypto'
import { AwsError } from '../error.ts'
import { EMPTY_SHA256, sameText, sign } from './canonical.ts'

/** What chunk signatures are chained to: the key and the request's own signature. */
export interface ChunkChain {
  readonly key: Buffer
  readonly timestamp: string
  readonly scope: string
  readonly seed: string
}

export interface ChunkedRules {
  /** Absent for bodies whose chunks are not signed. */
  readonly chain?: ChunkChain
  readonly trailers: boolean
  readonly onTrailers: (trailers: ReadonlyMap<string, string>) => void
}

const MAX_LINE = 8192

const incomplete = (): AwsError =>
  new AwsError(400, 'IncompleteBody', 'You did not provide the number of bytes specified by the Content-Length HTTP header')
const malformed = (): AwsError =>
  new AwsError(400, 'InvalidChunkSizeError', 'Only the last chunk is allowed to have a size less than 8192 bytes')
const mismatch = (): AwsError =>
  new AwsError(
    403,
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  )

/**
 * Takes the `aws-chunked` framing off a body and checks each chunk's signature and the trailer's.
 * A chunk's bytes come out before its signature is checked: nobody may keep them until the end is reached.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
export async function* decodeChunked(source: AsyncIterable<Uint8Array>, rules: ChunkedRules): AsyncGenerator<Uint8Array> {
  const reader = byteReader(source)
  let previous = rules.chain?.seed ?? ''
  for (;;) {
    const [sizeText = '', extension = ''] = (await reader.line()).split(';')
    if (!/^[0-9a-fA-F]{1,8}$/.test(sizeText)) throw malformed()
    const size = Number.parseInt(sizeText, 16)
    const hash = createHash('sha256')
    for await (const piece of reader.bytes(size)) {
      if (rules.chain) hash.update(piece)
      yield piece
    }
    if (rules.chain) previous = checkChunk(rules.chain, previous, size === 0 ? EMPTY_SHA256 : hash.digest('hex'), extension)
    if (size === 0) break
    if ((await reader.line()) !== '') throw malformed()
  }
  const trailers = await readTrailers(reader)
  if (rules.trailers && rules.chain) checkTrailer(rules.chain, previous, trailers)
  rules.onTrailers(trailers)
}

function checkChunk(chain: ChunkChain, previous: string, hash: string, extension: string): string {
  const given = /^chunk-signature=([0-9a-f]{64})$/.exec(extension)?.[1] ?? ''
  const expected = sign(chain.key, ['AWS4-HMAC-SHA256-PAYLOAD', chain.timestamp, chain.scope, previous, EMPTY_SHA256, hash].join('\n'))
  if (!sameText(given, expected)) throw mismatch()
  return expected
}

function checkTrailer(chain: ChunkChain, previous: string, trailers: ReadonlyMap<string, string>): void {
  const canonical = [...trailers]
    .filter(([name]) => name !== 'x-amz-trailer-signature')
    .map(([name, value]) => `${name}:${value}\n`)
    .sort()
    .join('')
  const hash = createHash('sha256').update(canonical).digest('hex')
  const expected = sign(chain.key, ['AWS4-HMAC-SHA256-TRAILER', chain.timestamp, chain.scope, previous, hash].join('\n'))
  if (!sameText(trailers.get('x-amz-trailer-signature') ?? '', expected)) throw mismatch()
}

async function readTrailers(reader: ByteReader): Promise<ReadonlyMap<string, string>> {
  const trailers = new Map<string, string>()
  for (;;) {
    // Some clients end the body right after the last chunk, some with a blank line.
    const line = await reader.line(true)
    if (line === '') return trailers
    const colon = line.indexOf(':')
    if (colon < 1 || trailers.size > 16)
      throw new AwsError(
        400,
        'MalformedTrailerError',
        'The request contained trailing data that was not well-formed or did not conform to our published schema.',
      )
    trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim())
  }
}

interface ByteReader {
  /** One line without its CRLF. At the end of the body: '' where that is allowed. */
  line(endAllowed?: boolean): Promise<string>
  bytes(count: number): AsyncGenerator<Uint8Array>
}

function byteReader(source: AsyncIterable<Uint8Array>): ByteReader {
  const iterator = source[Symbol.asyncIterator]()
  let rest: Buffer = Buffer.alloc(0)
  const more = async (): Promise<boolean> => {
    const next = await iterator.next()
    if (next.done) return false
    rest =
      rest.length === 0 ? Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength) : Buffer.concat([rest, next.value])
    return true
  }
  return {
    async line(endAllowed = false) {
      for (;;) {
        const end = rest.indexOf('\r\n')
        if (end >= 0) {
          const line = rest.toString('latin1', 0, end)
          rest = rest.subarray(end + 2)
          return line
        }
        if (rest.length > MAX_LINE) throw malformed()
        if (await more()) continue
        if (endAllowed && rest.length === 0) return ''
        throw incomplete()
      }
    },
    async *bytes(count) {
      let left = count
      while (left > 0) {
        if (rest.length === 0 && !(await more())) throw incomplete()
        const piece = rest.subarray(0, left)
        rest = rest.subarray(piece.length)
        left -= piece.length
        if (piece.length > 0) yield piece
      }
    },
  }
}
