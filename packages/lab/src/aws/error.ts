import type { XmlNode } from '../http/xml.ts'

/** An answer of AWS that is an error: its status, code and words, and the further elements that some codes carry. */
export class AwsError extends Error {
  readonly status: number
  readonly code: string
  /** Elements beside Code and Message, as S3 writes them. */
  readonly details: readonly XmlNode[]
  readonly headers: { readonly [name: string]: string }

  constructor(
    status: number,
    code: string,
    message: string,
    more: { readonly details?: readonly XmlNode[]; readonly headers?: { readonly [name: string]: string } } = {},
  ) {
    super(message)
    this.name = 'AwsError'
    this.status = status
    this.code = code
    this.details = more.details ?? []
    this.headers = more.headers ?? {}
  }
}

/** What the lab says to an operation it does not have. */
export function notImplemented(operation: string): AwsError {
  return new AwsError(501, 'NotImplemented', `The lab does not implement ${operation}.`)
}
