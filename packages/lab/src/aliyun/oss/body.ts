import { createHash } from 'node:crypto'
import { contentBytes, memoryContent, type Content } from '../../http/content.ts'
import { readXml, type XmlElement } from '../../http/xml.ts'
import { AliyunError } from '../error.ts'
import type { OssServiceCall } from './context.ts'

const GIGABYTE = 1024 ** 3
const MAX_PUT_BYTES = 5 * GIGABYTE
const MAX_DOCUMENT_BYTES = 4 * 1024 * 1024

/** A body that arrived whole, and is what its Content-MD5 says. */
export interface OssBody {
  readonly content: Content
  readonly md5: Buffer
}

/** Receives a body once, whole, into memory. */
export async function receiveOss({ request, pace }: OssServiceCall, maxBytes = MAX_PUT_BYTES): Promise<OssBody> {
  const { headers } = request
  const declared = headers.get('content-length')
  if (declared === undefined && !headers.has('transfer-encoding'))
    throw new AliyunError(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.', { ec: '0007-00000201' })
  if (Number(declared ?? 0) > maxBytes) throw tooLarge()
  const expected = headers.get('content-md5')
  if (expected !== undefined && Buffer.from(expected, 'base64').length !== 16) throw invalidDigest(expected, '')
  request.proceed()
  const hash = createHash('md5')
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of request.incoming as AsyncIterable<Uint8Array>) {
    size += piece.byteLength
    if (size > maxBytes) throw tooLarge()
    hash.update(piece)
    pieces.push(piece)
    await pace(piece.byteLength)
  }
  const md5 = hash.digest()
  if (expected !== undefined && expected !== md5.toString('base64')) throw invalidDigest(expected, md5.toString('base64'))
  return { content: memoryContent(Buffer.concat(pieces)), md5 }
}

function tooLarge(): AliyunError {
  return new AliyunError(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size.')
}

function invalidDigest(given: string, computed: string): AliyunError {
  return new AliyunError(400, 'InvalidDigest', 'The Content-MD5 you specified is invalid.', {
    ec: '0016-00000102',
    details: [
      ['Content-MD5', given],
      ['ServerMD5', computed],
    ],
  })
}

/** Refuses an XML body that is none, or another one than asked for. */
export function malformedOssXml(): AliyunError {
  return new AliyunError(400, 'MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema.')
}

export async function receiveOssText(call: OssServiceCall): Promise<string> {
  const { content } = await receiveOss(call, MAX_DOCUMENT_BYTES)
  return Buffer.from(await contentBytes(content)).toString()
}

/** Receives an XML document whose root has this name. */
export async function receiveOssXml(call: OssServiceCall, rootName: string): Promise<XmlElement> {
  const root = readXml(await receiveOssText(call))
  if (root?.name !== rootName) throw malformedOssXml()
  return root
}
