import { createRequire } from 'node:module'
import type { AliyunCredentials, Lab } from '../src/index.ts'
import { ALIYUN_BUCKET } from './aliyun-world.ts'
import { send, type RawAnswer } from './raw.ts'

/** The part of the vendor's client that signs, which has no types. */
interface VendorSigner {
  authorizationV4(
    accessKeyId: string,
    accessKeySecret: string,
    region: string,
    method: string,
    request: { readonly headers: { readonly [name: string]: string }; readonly queries: { readonly [name: string]: string | null } },
    bucket: string | undefined,
    key: string | undefined,
  ): string
}

// A module of CommonJS inside the client: it is what signs the client's own requests.
const signer = createRequire(import.meta.url)('ali-oss/lib/common/signUtils.js') as VendorSigner

/** Sends a request to OSS that the client would not make by itself, with the vendor's own signature V4. */
export async function ossRequest(
  lab: Lab,
  { accessKeyId, accessKeySecret, securityToken }: AliyunCredentials,
  what: { readonly method: string; readonly path: string; readonly bucket?: string },
  more: {
    readonly query?: { readonly [name: string]: string }
    readonly headers?: { readonly [name: string]: string }
    readonly body?: string
    readonly region?: string
    readonly internal?: boolean
    /** When it is signed, in milliseconds since the epoch: now, as this machine has it. */
    readonly now?: number
  } = {},
): Promise<RawAnswer> {
  const { method, path, bucket = ALIYUN_BUCKET } = what
  const { query = {}, region = 'cn-hangzhou', internal = false, now = Date.now() } = more
  const headers = {
    ...more.headers,
    'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
    'x-oss-date': new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, ''),
    ...(securityToken === undefined ? {} : { 'x-oss-security-token': securityToken }),
  }
  // Of a parameter without a value, the signer signs the name alone.
  const queries = Object.fromEntries(Object.entries(query).map(([name, value]) => [name, value === '' ? null : value]))
  const key = decodeURIComponent(path.slice(1))
  const named = bucket === '' ? [undefined, undefined] : [bucket, key === '' ? undefined : key]
  // To the signer a path without a bucket is a bucket's.
  const [signedBucket, signedKey] = bucket === '' ? [key.split('/')[0], key.split('/').slice(1).join('/')] : named
  const authorization = signer.authorizationV4(accessKeyId, accessKeySecret, region, method, { headers, queries }, signedBucket, signedKey)
  const host = `${bucket === '' ? '' : `${bucket}.`}oss-${region}${internal ? '-internal' : ''}.aliyuncs.com`
  return send(lab, {
    method,
    host,
    path,
    query,
    headers: { ...headers, authorization },
    ...(more.body === undefined ? {} : { body: more.body }),
  })
}
