import { connectionSubject, type Connection } from '@sluice/core'
import type { AliyunCredentials, Lab } from '@sluice/lab'
import { AUDIENCE } from '../../packages/clouds/src/aliyun/oidc.ts'
import { rpcTime, signRpc } from '../../packages/clouds/src/aliyun/sign-rpc.ts'
import { ossRequest } from '../../packages/lab/test/aliyun-raw.ts'
import { type RawAnswer, send } from '../../packages/lab/test/raw.ts'

/** Somebody who asks, by the name that the answers are told under. Nobody's credentials: an unsigned request. */
export interface Asker {
  readonly name: string
  readonly credentials?: AliyunCredentials
}

/** Where the requests go, and when they are signed. */
export interface Asking {
  readonly lab: Lab
  readonly now: () => number
  readonly region: string
}

interface NamedRequest {
  readonly name: string
  readonly method: string
  readonly bucket: string
  readonly path: string
  readonly query?: { readonly [name: string]: string }
}

/** In the connection's folder, in one whose name begins alike, and elsewhere. */
const KEYS = ['data/a.csv', 'data-2/near.csv', 'other/secret.csv']

/** What OSS is asked of a bucket: inside of the connection's folder, beside it, and of the bucket itself. */
function requestsOf(bucket: string, keys: readonly string[]): readonly NamedRequest[] {
  const of = (name: string, method: string, path: string, query = {}): NamedRequest => ({ name, method, bucket, path, query })
  const list = (prefix: string): NamedRequest => {
    const within = prefix === '' ? {} : { prefix }
    return of(`list ${bucket}/${prefix}`, 'GET', '/', { 'list-type': '2', 'max-keys': '1', ...within })
  }
  return [
    ...keys.map((key) => of(`read ${bucket}/${key}`, 'GET', `/${key}`)),
    ...keys.map((key) => of(`write ${bucket}/${key}.tried`, 'PUT', `/${key}.tried`)),
    ...keys.map((key) => of(`delete ${bucket}/${key}.gone`, 'DELETE', `/${key}.gone`)),
    ...['data/', 'other/', ''].map(list),
    of(`read the policy of ${bucket}`, 'GET', '/', { policy: '' }),
    of(`read the ACL of ${bucket}/data/a.csv`, 'GET', '/data/a.csv', { acl: '' }),
  ]
}

/** Which requests for data OSS serves: `we read test-bucket-123/data/a.csv`. What is not there, and is said so, counts as served. */
export async function servedRequests(asking: Asking, askers: readonly Asker[], bucket: string, other: string): Promise<readonly string[]> {
  const requests = [...requestsOf(bucket, KEYS), ...requestsOf(other, KEYS.slice(0, 1))]
  const served = await Promise.all(
    askers.flatMap(({ name, credentials }) =>
      requests.map(async (request) => {
        const { status, code } = await answerTo(asking, request, credentials)
        return status < 300 || (status === 404 && code !== 'NoSuchBucket') ? [`${name} ${request.name}`] : []
      }),
    ),
  )
  const { aliyun } = asking.lab
  for (const name of [bucket, other])
    if (aliyun.getBucket(name) !== undefined) for (const key of KEYS) aliyun.deleteObject(name, `${key}.tried`)
  return served.flat()
}

function answerTo({ lab, now, region }: Asking, request: NamedRequest, credentials: AliyunCredentials | undefined): Promise<RawAnswer> {
  const { method, bucket, path, query = {} } = request
  const body = method === 'PUT' ? { body: 'tried' } : {}
  if (credentials === undefined) return send(lab, { method, host: `${bucket}.oss-${region}.aliyuncs.com`, path, query, ...body })
  return ossRequest(lab, credentials, { method, path, bucket }, { query, region, now: now(), ...body })
}

/** One request for a role of the customer's, signed, or with a token of ours for one connection. */
export interface RoleRequest {
  readonly name: string
  readonly roleArn: string
  readonly by: SignedRequest | TokenRequest
}

interface SignedRequest {
  readonly credentials: AliyunCredentials
  readonly externalId?: string
  readonly seconds?: number
}

interface TokenRequest {
  readonly providerArn: string
  readonly connection: Connection
  readonly tokenFor: (audience: string, subject: string) => Promise<string>
}

/** Which requests for a session STS serves. */
export async function servedSessions(asking: Asking, requests: readonly RoleRequest[]): Promise<readonly string[]> {
  const served: string[] = []
  for (const [index, request] of requests.entries()) {
    const { by, roleArn } = request
    const { status } = await ('credentials' in by ? assume(asking, roleArn, by, String(index)) : assumeByToken(asking, roleArn, by))
    if (status < 300) served.push(request.name)
  }
  return served
}

const STS = { version: '2015-04-01', host: (region: string) => `sts.${region}.aliyuncs.com` }

/** Asks STS for a session of a role. */
export function assume(
  { lab, now, region }: Asking,
  roleArn: string,
  { credentials, externalId, seconds }: SignedRequest,
  nonce: string,
): Promise<RawAnswer> {
  const parameters = {
    RoleArn: roleArn,
    RoleSessionName: 'tried',
    ...(externalId === undefined ? {} : { ExternalId: externalId }),
    ...(seconds === undefined ? {} : { DurationSeconds: String(seconds) }),
  }
  const request = { origin: `https://${STS.host(region)}`, operation: 'AssumeRole', version: STS.version, parameters }
  const { method, target, headers } = signRpc(request, { credentials, now: now(), nonce: `tried-${now()}-${nonce}` })
  return send(lab, { method, host: STS.host(region), path: target ?? '/', headers })
}

async function assumeByToken(
  { lab, now, region }: Asking,
  roleArn: string,
  { providerArn, connection, tokenFor }: TokenRequest,
): Promise<RawAnswer> {
  const token = await tokenFor(AUDIENCE, connectionSubject(connection))
  const form = { RoleArn: roleArn, RoleSessionName: 'tried', OIDCProviderArn: providerArn, OIDCToken: token }
  return send(lab, {
    method: 'POST',
    host: STS.host(region),
    query: { Action: 'AssumeRoleWithOIDC', Version: STS.version, Format: 'JSON', Timestamp: rpcTime(now()) },
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  })
}
