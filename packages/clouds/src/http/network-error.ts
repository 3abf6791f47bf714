import { type AccessError, type HttpRequest, type ReasonName, accessError, isAccessError } from '@sluice/core'

/** What the caller's own cancellation comes to. */
export function cancelled(request: HttpRequest, cause?: unknown): AccessError {
  return accessError('request.cancelled', {
    message: `The request was cancelled (${request.operation}).`,
    ...(cause === undefined ? {} : { cause }),
  })
}

/** Wraps an error of the network once. The message names the host and Node's code, never the path, the query or a header. */
export function networkError(error: unknown, request: HttpRequest): AccessError {
  if (isAccessError(error)) return error
  const code = codeOf(error)
  const { reason, text } = classify(code)
  return accessError(reason, {
    message: `${text(request.url.host)} (${request.operation}${code === '' ? '' : `, ${code}`}).`,
    cause: error,
  })
}

function classify(code: string): { readonly reason: ReasonName; readonly text: (host: string) => string } {
  if (code === 'ENOTFOUND' || code.startsWith('EAI_'))
    return { reason: 'network.dns', text: (host) => `The name ${host} could not be resolved` }
  if (code === 'ETIMEDOUT') return { reason: 'network.timeout', text: (host) => `${host} took too long to connect` }
  if (/^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_|ERR_SSL_|EPROTO$|HOSTNAME_MISMATCH$)/.test(code))
    return { reason: 'network.tls', text: (host) => `The TLS connection to ${host} failed` }
  if (code.startsWith('HPE_')) return { reason: 'network.protocol', text: (host) => `${host} did not answer in HTTP` }
  return { reason: 'network.reset', text: (host) => `The connection to ${host} was refused or cut` }
}

function codeOf(error: unknown): string {
  // Several addresses were tried and all failed: the first failure stands for them.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error
  const code: unknown = first instanceof Error && 'code' in first ? first.code : undefined
  return typeof code === 'string' ? code : ''
}
