/** One HTTP request. Header names are lower case. */
export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE' | 'PROPFIND' | 'MKCOL'
  readonly url: URL
  /**
   * Path and query exactly as signed, sent in place of the URL's. A `URL` resolves `..`, which S3 allows in keys,
   * so a signed request for such a key cannot be carried by `url` alone.
   */
  readonly target?: string
  readonly headers: { readonly [name: string]: string }
  readonly body?: Uint8Array
  /** Name for logs, metering and fault injection, for example `s3.GetObject`. Never derived from data. */
  readonly operation: string
  /** The project or connection the request is made for; pools and limits are kept apart by it. */
  readonly tenant?: string
}

/** One HTTP response. The body must be read to its end or destroyed; a body cut short throws. */
export interface HttpResponse {
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  readonly body: AsyncIterable<Uint8Array>
}

/**
 * Sends one request. Every request to a cloud goes through one.
 *
 * It follows no redirects and throws AccessError `unavailable` for time-outs, resets, DNS failures
 * and truncated bodies (`network.timeout`, `network.reset`, `network.dns`, `network.truncated`), and `forbidden` (`egress.refused`)
 * for an address the egress policy refuses. Any HTTP status is a response, not an error.
 */
export type Transport = (request: HttpRequest, signal: AbortSignal) => Promise<HttpResponse>

/** One request as it is told of: what it was for, where it went, with the prefix or version of its query alone, and what came back. Never holds a secret. */
export interface SeenRequest {
  readonly operation: string
  readonly target: string
  readonly status?: number
  /** Those that say something of a refusal; names in lower case. */
  readonly headers: { readonly [name: string]: string }
  /** The answer's words, where it has any. */
  readonly text?: string
  /** Why there was no answer. */
  readonly failure?: unknown
}

/** Sends requests for a host elsewhere, with the Host header and the signature of the real one. Only operator configuration can set it. */
export interface Route {
  /** A host name, or `*.suffix`. */
  readonly host: string
  /** `http://127.0.0.1:8080` */
  readonly to: string
}
