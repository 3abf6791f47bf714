import type { Json } from '@sluice/core'
import type { Answer } from '../../http/answer.ts'
import { queryValue, type LabRequest } from '../../http/request.ts'
import { listPage, listVersions } from '../../storage/listing.ts'
import { GoogleError, notImplemented } from '../error.ts'
import type { StoredObject } from '../state/types.ts'
import { originOf, resourceAnswer } from './answers.ts'
import { demandStorage, type BucketCall } from './context.ts'
import { defined, objectResource } from './object-resource.ts'

const MOST = 1000

/** A page of the objects of a bucket. https://cloud.google.com/storage/docs/json_api/v1/objects/list */
export async function listObjects(call: BucketCall): Promise<Answer> {
  const { request } = call
  const prefix = queryValue(request, 'prefix') ?? ''
  // An access boundary can tell listings by their prefix; to allow policies a listing is about the bucket.
  demandStorage(call, 'storage.objects.list', undefined, prefix)
  for (const name of ['matchGlob', 'softDeleted', 'includeTrailingDelimiter'])
    if (![undefined, 'false'].includes(queryValue(request, name))) throw notImplemented(`the parameter ${name}`)
  const from = queryValue(request, 'startOffset')
  const below = queryValue(request, 'endOffset')
  const scope = {
    prefix,
    delimiter: queryValue(request, 'delimiter') ?? '',
    maxKeys: countOf(request),
    ...(from === undefined ? {} : { from }),
    ...(below === undefined ? {} : { below }),
  }
  const page = queryValue(request, 'versions') === 'true' ? versionsPage(call, scope) : currentPage(call, scope)
  return resourceAnswer(
    request,
    defined({
      kind: 'storage#objects',
      nextPageToken: page.next === undefined ? undefined : writeToken(page.next),
      prefixes: page.prefixes.length === 0 ? undefined : page.prefixes,
      items: page.items.length === 0 ? undefined : page.items,
    }),
  )
}

interface Page {
  readonly items: readonly Json[]
  readonly prefixes: readonly string[]
  readonly next: readonly string[] | undefined
}

type Scope = Parameters<typeof listPage>[1]

function currentPage({ bucket, request }: BucketCall, scope: Scope): Page {
  const [after = ''] = readToken(request)
  const { objects, prefixes, next } = listPage(bucket.objects, scope, after)
  const origin = originOf(request)
  return { items: objects.map((object) => objectResource(bucket, object, origin)), prefixes, next: next === undefined ? undefined : [next] }
}

function versionsPage({ bucket, request }: BucketCall, scope: Scope): Page {
  const [key = '', version = ''] = readToken(request)
  const { versions, prefixes, next } = listVersions(bucket.objects, scope, key, version)
  const origin = originOf(request)
  const items = versions
    .filter((object) => !object.deleteMarker)
    .map((object) => objectResource(bucket, object, origin, replacedAt(bucket.objects.versions(object.key), object)))
  return { items, prefixes, next: next === undefined ? undefined : [next.key, next.versionId] }
}

/** When a version stopped being the live one: as the next newer one came, be it a deletion. */
export function replacedAt(versions: readonly StoredObject[], object: StoredObject): number | undefined {
  return versions[versions.indexOf(object) - 1]?.createdAt
}

function countOf(request: LabRequest): number {
  const text = queryValue(request, 'maxResults')
  if (text === undefined) return MOST
  if (!/^\d{1,10}$/.test(text) || Number(text) === 0)
    throw new GoogleError(400, 'invalid', `Invalid unsigned integer value: '${text}'.`, { location: ['parameter', 'maxResults'] })
  return Math.min(Number(text), MOST)
}

function writeToken(after: readonly string[]): string {
  return Buffer.from(JSON.stringify(after)).toString('base64url')
}

function readToken(request: LabRequest): readonly string[] {
  const token = queryValue(request, 'pageToken')
  if (token === undefined || token === '') return []
  try {
    const after: Json = JSON.parse(Buffer.from(token, 'base64url').toString())
    if (Array.isArray(after) && after.every((part) => typeof part === 'string')) return after
  } catch {
    // Whatever else stands there is no token of ours.
  }
  throw new GoogleError(400, 'invalid', 'Invalid value for pageToken.', { location: ['parameter', 'pageToken'] })
}
