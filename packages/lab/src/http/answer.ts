import { writeXml, type XmlNode } from './xml.ts'

/** What an operation answers. A stream is opened only when it is sent. */
export interface Answer {
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  readonly body?: Uint8Array | { readonly length: number; readonly open: () => AsyncIterable<Uint8Array> }
  /** AWS's error code, for the request log. */
  readonly code?: string
}

/** An answer without a body. */
export function emptyAnswer(status: number, headers: { readonly [name: string]: string } = {}): Answer {
  return { status, headers }
}

export function xmlAnswer(root: XmlNode, headers: { readonly [name: string]: string } = {}, status = 200): Answer {
  return { status, headers: { 'content-type': 'application/xml', ...headers }, body: Buffer.from(writeXml(root)) }
}

export function jsonAnswer(value: unknown, headers: { readonly [name: string]: string } = {}, status = 200): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: Buffer.from(JSON.stringify(value)) }
}
