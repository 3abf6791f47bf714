import type { JsonObject } from '@sluice/core'
import type { Lab } from '@sluice/lab'

/** Somebody who asks, by the name that the answers are told under. Without a token: an anonymous request. */
export interface Asker {
  readonly name: string
  readonly token?: string
}

/** A request to Google as somebody's program makes it. */
export interface TriedRequest {
  /** As the vendor names it: `storage.objects.get` */
  readonly operation: string
  /** What it is about: `gs://acme-lake/data/a.csv` */
  readonly target: string
  readonly method?: string
  /** Encoded, as on the request line. */
  readonly path: string
  readonly query?: { readonly [name: string]: string }
  readonly headers?: { readonly [name: string]: string }
  readonly body?: string
}

export const objectPath = (bucket: string, key: string): string => `/storage/v1/b/${bucket}/o/${encodeURIComponent(key)}`

/** Lists, with a page of one name. */
export function listing(bucket: string, prefix: string): TriedRequest {
  const query = { maxResults: '1', ...(prefix === '' ? {} : { prefix }) }
  return { operation: 'storage.objects.list', target: `gs://${bucket}/${prefix}`, path: `/storage/v1/b/${bucket}/o`, query }
}

export function reading(bucket: string, key: string): TriedRequest {
  return {
    operation: 'storage.objects.get',
    target: `gs://${bucket}/${key}`,
    path: objectPath(bucket, key),
    query: { alt: 'media' },
    headers: { range: 'bytes=0-0' },
  }
}

/** Writes over whatever is there, unless told otherwise. */
export function writing(bucket: string, key: string, query: { readonly [name: string]: string } = {}): TriedRequest {
  return {
    operation: 'storage.objects.insert',
    target: `gs://${bucket}/${key}`,
    method: 'POST',
    path: `/upload/storage/v1/b/${bucket}/o`,
    query: { uploadType: 'media', name: key, ...query },
    body: 'tried\n',
  }
}

function deleting(bucket: string, key: string): TriedRequest {
  return { operation: 'storage.objects.delete', target: `gs://${bucket}/${key}`, method: 'DELETE', path: objectPath(bucket, key) }
}

export function bucketSettings(bucket: string): TriedRequest {
  return { operation: 'storage.buckets.get', target: `gs://${bucket}`, path: `/storage/v1/b/${bucket}` }
}

function bucketPolicy(bucket: string): TriedRequest {
  return { operation: 'storage.buckets.getIamPolicy', target: `gs://${bucket}`, path: `/storage/v1/b/${bucket}/iam` }
}

/** What Cloud Storage is asked of a bucket: inside of the connection's folder, beside it, and of the bucket itself. */
function requestsOf(bucket: string): readonly TriedRequest[] {
  const keys = ['data/a.csv', 'other/secret.csv']
  return [
    ...keys.map((key) => reading(bucket, key)),
    // Of what is not there both can be tried without doing anything: a generation that cannot be keeps the write from being one.
    ...keys.map((key) => writing(bucket, `${key}.tried`, { ifGenerationMatch: '1' })),
    ...keys.map((key) => deleting(bucket, `${key}.tried`)),
    ...['data/', ''].map((prefix) => listing(bucket, prefix)),
    bucketSettings(bucket),
    bucketPolicy(bucket),
  ]
}

/** Sends a request with somebody's token. */
async function answerTo(
  lab: Lab,
  request: TriedRequest,
  token: string | undefined,
): Promise<{ readonly status: number; readonly text: string }> {
  const { method = 'GET', path, query = {}, headers, body } = request
  const url = new URL(`${path}?${new URLSearchParams(query).toString()}`, lab.url)
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const answer = await fetch(url, { method, headers: { ...headers, ...authorization }, ...(body === undefined ? {} : { body }) })
  return { status: answer.status, text: await answer.text() }
}

/** The same, told as a case tells a request. */
export async function observed(lab: Lab, request: TriedRequest, token: string | undefined): Promise<JsonObject> {
  const { operation, target } = request
  const { status, text } = await answerTo(lab, request, token)
  return { operation, target, status, message: text }
}

/** Which requests for data are served: `we storage.objects.get gs://acme-lake/data/a.csv`. What is not there, and is said so, counts as served. */
export async function servedRequests(lab: Lab, askers: readonly Asker[], buckets: readonly string[]): Promise<readonly string[]> {
  const asked = askers.flatMap(({ name, token }) =>
    buckets.flatMap(requestsOf).map(async (request) => {
      const { status, text } = await answerTo(lab, request, token)
      const isServed = status < 300 || status === 412 || (status === 404 && !text.includes('bucket does not exist'))
      return isServed ? [`${name} ${request.operation} ${request.target}`] : []
    }),
  )
  return (await Promise.all(asked)).flat()
}
