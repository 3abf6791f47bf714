import type { Json } from '@sluice/core'

/**
 * An answer of Google's that is an error. `code` is what the service tells errors apart by:
 * the reason of the Storage API, the status of other APIs, the error of OAuth, the code of the XML API.
 */
export class GoogleError extends Error {
  readonly status: number
  readonly code: string
  /** `['header', 'Authorization']`: what in the request is at fault. */
  readonly location: readonly [type: string, name: string] | undefined
  /** Of an API that is not Storage's. */
  readonly details: readonly Json[]
  readonly headers: { readonly [name: string]: string }

  constructor(
    status: number,
    code: string,
    message: string,
    more: {
      readonly location?: readonly [type: string, name: string]
      readonly details?: readonly Json[]
      readonly headers?: { readonly [name: string]: string }
    } = {},
  ) {
    super(message)
    this.name = 'GoogleError'
    this.status = status
    this.code = code
    this.location = more.location
    this.details = more.details ?? []
    this.headers = more.headers ?? {}
  }
}

/** What the lab says to an operation it does not have. */
export function notImplemented(operation: string): GoogleError {
  return new GoogleError(501, 'UNIMPLEMENTED', `The lab does not implement ${operation}.`)
}
