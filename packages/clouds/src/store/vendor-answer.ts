import { isAccessError } from '@sluice/core'
import { type XmlElement, child, parseXml } from '../http/xml.ts'
import { withhold } from '../http/withheld.ts'

/** A refusal as it came from a cloud. */
export interface VendorAnswer {
  readonly operation: string
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  /** Empty for HEAD. */
  readonly text: string
  /** What the request was about, for the message: `bucket b`, `object k of bucket b`. */
  readonly subject: string
  /** What the request was signed with; whatever of it the answer repeats is left out. */
  readonly secrets?: readonly string[]
}

/** Where an answer in XML has its code: stores answer `<Error>`, some services `<ErrorResponse><Error>`. What is not XML (a proxy's page) has none. */
export function errorElement(text: string): { readonly root?: XmlElement; readonly element?: XmlElement } {
  if (!text.trimStart().startsWith('<')) return {}
  try {
    const root = parseXml(text)
    return { root, element: child(root, 'Code') === undefined ? (child(root, 'Error') ?? root) : root }
  } catch (error) {
    if (isAccessError(error)) return {}
    throw error
  }
}

/** A vendor's words as they may be shown: without the secrets the request was made with, in one line, at most so long. */
export function shownText(text: string, limit: number, secrets: readonly string[] = []): string {
  // Control characters would let a hostile store write into terminals and logs.
  // oxlint-disable-next-line no-control-regex
  return withhold(text, secrets)
    .replaceAll(/[\u0000-\u001F\u007F-\u009F]+/g, ' ')
    .slice(0, limit)
}

/** How long the vendor asks to wait, as context of an error. */
export function retryAfter(header: string | undefined): { readonly [key: string]: number } {
  return header !== undefined && /^\d{1,5}$/.test(header) ? { retryAfterSeconds: Number(header) } : {}
}
