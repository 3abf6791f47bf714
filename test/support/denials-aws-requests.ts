import type { Lab, LabCredentials } from '@sluice/lab'
import { type RawRequest, send, signed } from '../../packages/lab/test/raw.ts'

/** Somebody who asks, by the name that the answers are told under. Nobody's credentials: an unsigned request. */
export interface Asker {
  readonly name: string
  readonly credentials?: LabCredentials
}

/** Where the requests go, and when they are signed. */
export interface Asking {
  readonly lab: Lab
  readonly now: () => number
  readonly region: string
}

interface NamedRequest extends RawRequest {
  readonly name: string
}

/** What S3 is asked of a bucket: inside of the connection's folder, beside it, and of the bucket itself. */
function requestsOf(bucket: string, region: string): readonly NamedRequest[] {
  const host = `${bucket}.s3.${region}.amazonaws.com`
  const keys = ['data/a.csv', 'other/secret.csv']
  const list = (prefix: string): NamedRequest => ({
    name: `list ${bucket}/${prefix}`,
    host,
    query: { 'list-type': '2', 'max-keys': '1', ...(prefix === '' ? {} : { prefix }) },
  })
  return [
    ...keys.map((key) => ({ name: `read ${bucket}/${key}`, host, path: `/${key}` })),
    ...keys.map((key) => ({ name: `write ${bucket}/${key}.tried`, method: 'PUT', host, path: `/${key}.tried` })),
    ...keys.map((key) => ({ name: `delete ${bucket}/${key}.tried`, method: 'DELETE', host, path: `/${key}.tried` })),
    ...['data/', 'other/', ''].map(list),
    { name: `read the policy of ${bucket}`, host, query: { policy: '' } },
    { name: `list the versions of ${bucket}`, host, query: { versions: '', 'max-keys': '1' } },
  ]
}

/** Which requests for data S3 serves: `we read test-bucket-123/data/a.csv`. What is not there, and is said so, counts as served. */
export async function servedRequests(asking: Asking, askers: readonly Asker[], buckets: readonly string[]): Promise<readonly string[]> {
  const served: string[] = []
  for (const { name, credentials } of askers)
    for (const request of buckets.flatMap((bucket) => requestsOf(bucket, asking.region))) {
      const { status, code } = await answerTo(asking, request, credentials, 's3')
      if (status < 300 || (status === 404 && code !== 'NoSuchBucket')) served.push(`${name} ${request.name}`)
    }
  return served
}

/** One request for a role of the customer's. */
export interface RoleRequest {
  readonly name: string
  readonly credentials: LabCredentials
  readonly roleArn: string
  readonly externalId?: string
}

/** Which requests for a session STS serves. */
export async function servedSessions(asking: Asking, requests: readonly RoleRequest[]): Promise<readonly string[]> {
  const served: string[] = []
  for (const { name, credentials, roleArn, externalId } of requests) {
    const form = {
      Action: 'AssumeRole',
      Version: '2011-06-15',
      RoleArn: roleArn,
      RoleSessionName: 'tried',
      ...(externalId === undefined ? {} : { ExternalId: externalId }),
    }
    const request: RawRequest = {
      method: 'POST',
      host: `sts.${asking.region}.amazonaws.com`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
    }
    const { status } = await answerTo(asking, request, credentials, 'sts')
    if (status < 300) served.push(name)
  }
  return served
}

async function answerTo({ lab, now, region }: Asking, request: RawRequest, credentials: LabCredentials | undefined, service: string) {
  if (credentials === undefined) return send(lab, request)
  return send(lab, await signed(lab, request, { credentials, region, service, date: new Date(now()) }))
}
