import { createHash, createHmac } from 'node:crypto'
import type { HttpRequest } from '@sluice/core'
import { encodeQuery } from '../store/encoding.ts'
import type { AliyunCredentials } from './credentials.ts'

/** A call of one of Alibaba Cloud's services that take all of a request as parameters: STS, RAM. */
export interface RpcRequest {
  /** `https://sts.cn-hangzhou.aliyuncs.com` */
  readonly origin: string
  readonly operation: string
  /** Of the service's API: `2015-04-01`. */
  readonly version: string
  readonly parameters: { readonly [name: string]: string }
}

/** What makes one request different from the next. */
export interface RpcSigning {
  readonly credentials: AliyunCredentials
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Never sent twice. */
  readonly nonce: string
}

/** `2026-11-22T08:00:00Z` */
export function rpcTime(now: number): string {
  return new Date(now).toISOString().replace(/\.\d+/, '')
}

/** Signs with Alibaba Cloud's signature version 3. https://help.aliyun.com/en/sdk/product-overview/v3-request-structure-and-signature */
export function signRpc({ origin, operation, version, parameters }: RpcRequest, signing: RpcSigning): Omit<HttpRequest, 'operation'> {
  const { credentials } = signing
  const search = encodeQuery(Object.fromEntries(Object.entries(parameters).toSorted(([one], [other]) => (one < other ? -1 : 1))))
  const headers = {
    accept: 'application/json',
    host: new URL(origin).host,
    'x-acs-action': operation,
    'x-acs-content-sha256': sha256(''),
    'x-acs-date': rpcTime(signing.now),
    'x-acs-signature-nonce': signing.nonce,
    'x-acs-version': version,
    ...(credentials.securityToken === undefined ? {} : { 'x-acs-security-token': credentials.securityToken }),
  }
  const signed = Object.entries(headers)
    .filter(([name]) => name === 'host' || name.startsWith('x-acs-'))
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
  const names = signed.map(([name]) => name).join(';')
  const lines = signed.map(([name, value]) => `${name}:${value.trim()}\n`).join('')
  const canonical = ['POST', '/', search, lines, names, headers['x-acs-content-sha256']].join('\n')
  const signature = createHmac('sha256', credentials.accessKeySecret)
    .update(`ACS3-HMAC-SHA256\n${sha256(canonical)}`)
    .digest('hex')
  const target = search === '' ? '/' : `/?${search}`
  return {
    method: 'POST',
    url: new URL(origin + target),
    target,
    headers: {
      ...headers,
      authorization: `ACS3-HMAC-SHA256 Credential=${credentials.accessKeyId},SignedHeaders=${names},Signature=${signature}`,
    },
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
