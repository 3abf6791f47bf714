import { contentBytes } from '../../http/content.ts'
import { readXml, type XmlElement } from '../../http/xml.ts'
import { receiveBody } from '../auth/body.ts'
import { AwsError } from '../error.ts'
import type { SignedCall } from './context.ts'

export const S3_NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'

const MAX_DOCUMENT_BYTES = 4 * 1024 * 1024

/** Refuses an XML body that is none, or another one than asked for. */
export function malformedXml(): AwsError {
  return new AwsError(400, 'MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema')
}

/** Receives a document that is small by nature, with everything its request promised about it verified. */
export async function receiveText(call: SignedCall): Promise<string> {
  const chain = call.verified ? { chain: call.verified.chunkChain } : {}
  const body = await receiveBody(call.request, { maxBytes: MAX_DOCUMENT_BYTES, pace: call.pace, ...chain })
  return Buffer.from(await contentBytes(body.content)).toString()
}

/** Receives an XML document whose root has this name. */
export async function receiveXml(call: SignedCall, rootName: string): Promise<XmlElement> {
  const root = readXml(await receiveText(call))
  if (root?.name !== rootName) throw malformedXml()
  return root
}
