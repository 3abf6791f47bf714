import { type Lease, accessError } from '@sluice/core'
import { encodeQuery } from '../store/encoding.ts'
import { sasQuery } from './sas-token.ts'
import { sharedKeyHeader } from './shared-key.ts'
import { API_VERSION } from './versions.ts'

/** A request before it is authorized. */
export interface PlainRequest {
  readonly account: string
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  /** Percent-encoded. */
  readonly path: string
  readonly query: { readonly [name: string]: string }
  readonly headers: { readonly [name: string]: string }
  readonly bodyLength: number
}

/** What authorizes a request: a part of its target, or a header. */
export interface AuthorizedRequest {
  /** Path and query as they are sent. */
  readonly target: string
  readonly headers: { readonly [name: string]: string }
}

/** Authorizes a request with whatever a lease holds. `now` is written into requests signed with an account key. */
export function authorizeRequest(request: PlainRequest, { secret }: Pick<Lease, 'secret'>, now: number): AuthorizedRequest {
  const headers = { 'x-ms-version': API_VERSION, ...request.headers }
  const own = encodeQuery(request.query)
  const bare = own === '' ? request.path : `${request.path}?${own}`
  switch (secret.kind) {
    case 'anonymous':
      return { target: bare, headers }
    case 'bearer':
      return { target: bare, headers: { ...headers, authorization: `Bearer ${secret.token}` } }
    case 'sas':
      return { target: `${bare}${own === '' ? '?' : '&'}${secret.query}`, headers }
    case 'stored': {
      const { sasToken, accountKey } = secret.secret
      if (sasToken !== undefined) return { target: `${bare}${own === '' ? '?' : '&'}${sasQuery(sasToken)}`, headers }
      if (accountKey === undefined) break
      const dated = { ...headers, 'x-ms-date': new Date(now).toUTCString() }
      return {
        target: bare,
        headers: { ...dated, authorization: sharedKeyHeader({ ...request, headers: dated }, request.account, accountKey) },
      }
    }
  }
  throw accessError('internal.defect', { message: `A lease of kind ${secret.kind} came to Blob Storage.` })
}

/** The parts of a credential that nothing may repeat. */
export function secretsOf({ secret }: Pick<Lease, 'secret'>): readonly string[] {
  if (secret.kind === 'bearer') return [secret.token]
  const query = secret.kind === 'sas' ? secret.query : secret.kind === 'stored' ? secret.secret['sasToken'] : undefined
  const key = secret.kind === 'stored' ? secret.secret['accountKey'] : undefined
  const signature = query === undefined ? undefined : /(?:^|&)sig=([^&]+)/i.exec(query)?.[1]
  return [key, query, signature === undefined ? undefined : decodeURIComponent(signature)].filter((part) => part !== undefined)
}
