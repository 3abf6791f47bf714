import { createHash } from 'node:crypto'
import { memoryContent, type Content } from '../../http/content.ts'
import { readXml, type XmlElement } from '../../http/xml.ts'
import { AzureError, invalidHeader, invalidXml } from '../error.ts'
import type { BlobCall } from './call.ts'

export interface ReceivedBody {
  readonly content: Content
  /** Base64. */
  readonly md5: string
}

const MEGABYTE = 1024 ** 2
/** The largest blob that one request may put, and the largest block, since 2019-12-12. */
export const MAX_PUT_BYTES = 5000 * MEGABYTE
export const MAX_BLOCK_BYTES = 4000 * MEGABYTE
const MAX_XML_BYTES = 8 * MEGABYTE

/** Receives a body once, whole, into memory, and holds Content-MD5 against it. */
export async function receiveBody({ request, pace }: BlobCall, maxBytes: number): Promise<ReceivedBody> {
  const { headers } = request
  if (headers.has('transfer-encoding')) throw new AzureError(411, 'MissingContentLengthHeader', 'Content-Length HTTP header is missing')
  const declared = headers.get('content-length') ?? '0'
  if (!/^\d{1,15}$/.test(declared)) throw invalidHeader('Content-Length', declared)
  const length = Number(declared)
  if (length > maxBytes)
    throw new AzureError(413, 'RequestBodyTooLarge', 'The request body is too large and exceeds the maximum permissible limit.', {
      details: [['MaxLimit', String(maxBytes)]],
    })
  request.proceed()
  const md5 = createHash('md5')
  const buffer = Buffer.allocUnsafeSlow(length)
  let filled = 0
  const chunks: AsyncIterable<Uint8Array> = request.incoming
  for await (const chunk of chunks) {
    buffer.set(chunk, filled)
    filled += chunk.byteLength
    md5.update(chunk)
    await pace(chunk.byteLength)
  }
  const digest = md5.digest('base64')
  checkMd5(headers.get('content-md5'), digest)
  return { content: memoryContent(buffer), md5: digest }
}

function checkMd5(given: string | undefined, calculated: string): void {
  if (given === undefined) return
  if (Buffer.from(given, 'base64').length !== 16)
    throw new AzureError(
      400,
      'InvalidMd5',
      'The MD5 value specified in the request is invalid. MD5 value must be 128 bits and base64 encoded.',
    )
  if (given !== calculated)
    throw new AzureError(
      400,
      'Md5Mismatch',
      'The MD5 value specified in the request did not match with the MD5 value calculated by the server.',
      {
        details: [
          ['UserSpecifiedMd5', given],
          ['ServerCalculatedMd5', calculated],
        ],
      },
    )
}

/** Receives a document whose root has that name. */
export async function receiveXml(call: BlobCall, name: string): Promise<XmlElement> {
  const { content } = await receiveBody(call, MAX_XML_BYTES)
  const bytes = content.kind === 'memory' ? Buffer.concat(content.segments) : Buffer.alloc(0)
  const root = readXml(bytes.toString())
  if (root?.name !== name) throw invalidXml()
  return root
}
