import { type Access, type Connection, type HttpRequest, type HttpResponse, type Lease, type ReasonName, accessError } from '@sluice/core'
import type { CloudDeps } from '../deps.ts'
import { discard } from '../http/body.ts'
import { retryAfter } from '../store/vendor-answer.ts'

/** One request to a share. */
export interface WebdavCall {
  readonly method: HttpRequest['method']
  readonly access: Access
  /** Below the share, without a slash in front; a folder ends with one. */
  readonly key: string
  readonly headers?: { readonly [name: string]: string }
  readonly body?: Uint8Array
}

/** Sends requests to one share as the lease at hand allows. Resolves for success alone; the body is then the caller's to read. */
export type WebdavCaller = (call: WebdavCall, signal: AbortSignal) => Promise<HttpResponse>

export function webdavCaller(
  deps: Pick<CloudDeps, 'transport'>,
  connection: Connection,
  share: string,
  current: (signal: AbortSignal, access: Access) => Promise<Lease>,
): WebdavCaller {
  const endpoint = new URL(connection.settings.endpoint ?? '')
  const root = `${endpoint.pathname.replace(/\/+$/, '')}/${encodeURIComponent(share)}/`
  return async ({ method, access, key, headers = {}, body }, signal) => {
    const target = root + encodedPath(key)
    const lease = await current(signal, access)
    const request: HttpRequest = {
      method,
      url: new URL(target, endpoint),
      // As it stands: a URL would be normalized.
      target,
      headers: { ...headers, ...authorization(connection, lease) },
      ...(body === undefined ? {} : { body }),
      operation: `webdav.${method}`,
      tenant: connection.id,
    }
    const response = await deps.transport(request, signal)
    if (response.status >= 200 && response.status < 300) return response
    await discard(response)
    throw refusal(response, method, access, key === '' ? `share ${share}` : `object ${key} of share ${share}`)
  }
}

/** Refuses keys that are no paths: what a server makes of an empty segment or of dots is its own affair. */
export function requirePath(key: string): string {
  if (!key.split('/').some((segment) => segment === '' || segment === '.' || segment === '..')) return key
  throw accessError('object.key', { message: 'The key is no path: a segment of it is empty, . or ..' })
}

function encodedPath(key: string): string {
  return key.split('/').map(encodeURIComponent).join('/')
}

function authorization({ auth }: Connection, { secret }: Lease): { readonly [name: string]: string } {
  if (secret.kind !== 'stored') return {}
  const pair = Buffer.from(`${auth.fields['user'] ?? ''}:${secret.secret['password'] ?? ''}`)
  return { authorization: `Basic ${pair.toString('base64')}` }
}

/** What a status means. A server may say 404 for what it hides from us, so that nothing is concluded from that here. */
function refusal({ status, headers }: HttpResponse, method: string, access: Access, subject: string): Error {
  return accessError(reasonOf(status, access), {
    message: `The server refused ${method} on the ${subject} with status ${status}.`,
    provider: { operation: `webdav.${method}`, status },
    context: retryAfter(headers['retry-after']),
  })
}

function reasonOf(status: number, access: Access): ReasonName {
  if (status === 401) return 'identity.rejected'
  if (status === 403) return `${access}.denied`
  if (status === 404) return 'object.missing'
  if (status === 412) return 'object.changed'
  if (status === 416) return 'object.range'
  return status === 423 || status === 429 || status >= 500 ? 'cloud.unavailable' : 'cloud.rejected'
}
