import { xmlAnswer, type Answer } from '../../http/answer.ts'
import { percentEncode, queryValue, type LabRequest } from '../../http/request.ts'
import type { XmlNode } from '../../http/xml.ts'
import { AwsError } from '../error.ts'
import { listPage, listVersions, type ListScope } from '../../storage/listing.ts'
import type { AwsState, Bucket, StoredObject } from '../state/types.ts'
import { demandS3, type BucketCall } from './context.ts'
import { S3_NAMESPACE } from './xml.ts'

/** What every listing takes. */
interface ListQuery extends ListScope {
  /** Keys and prefixes are percent-encoded in the answer. */
  readonly encoded: boolean
}

export async function listObjectsV2(call: BucketCall): Promise<Answer> {
  const { request, bucket, state } = call
  const query = listQuery(request)
  demandListing(call, 'ListObjectsV2', query)
  const token = queryValue(request, 'continuation-token')
  const startAfter = queryValue(request, 'start-after') ?? ''
  const after = token === undefined ? startAfter : readToken(token)
  const page = listPage(bucket.objects, query, after)
  const owner = queryValue(request, 'fetch-owner') === 'true'
  const text = encoder(query)
  const result: XmlNode[] = [
    ['Name', bucket.name],
    ['Prefix', text(query.prefix)],
    ...optional('Delimiter', query.delimiter, text),
    ['MaxKeys', String(query.maxKeys)],
    ...(query.encoded ? [['EncodingType', 'url'] as const] : []),
    ['KeyCount', String(page.objects.length + page.prefixes.length)],
    ['IsTruncated', String(page.next !== undefined)],
    ...(token === undefined ? [] : [['ContinuationToken', token] as const]),
    ...(page.next === undefined ? [] : [['NextContinuationToken', writeToken(page.next)] as const]),
    ...optional('StartAfter', startAfter, text),
    ...page.objects.map((object): XmlNode => ['Contents', objectEntry(state, bucket, object, text, owner)]),
    ...page.prefixes.map((prefix): XmlNode => ['CommonPrefixes', [['Prefix', text(prefix)]]]),
  ]
  return xmlAnswer([`ListBucketResult ${S3_NAMESPACE}`, result])
}

export async function listObjects(call: BucketCall): Promise<Answer> {
  const { request, bucket, state } = call
  const query = listQuery(request)
  demandListing(call, 'ListObjects', query)
  const marker = queryValue(request, 'marker') ?? ''
  const page = listPage(bucket.objects, query, marker)
  const text = encoder(query)
  const result: XmlNode[] = [
    ['Name', bucket.name],
    ['Prefix', text(query.prefix)],
    ['Marker', text(marker)],
    ...optional('Delimiter', query.delimiter, text),
    ['MaxKeys', String(query.maxKeys)],
    ...(query.encoded ? [['EncodingType', 'url'] as const] : []),
    ['IsTruncated', String(page.next !== undefined)],
    // Version 1 names the next marker only where prefixes may be the last thing listed.
    ...(page.next !== undefined && query.delimiter !== '' ? [['NextMarker', text(page.next)] as const] : []),
    ...page.objects.map((object): XmlNode => ['Contents', objectEntry(state, bucket, object, text, true)]),
    ...page.prefixes.map((prefix): XmlNode => ['CommonPrefixes', [['Prefix', text(prefix)]]]),
  ]
  return xmlAnswer([`ListBucketResult ${S3_NAMESPACE}`, result])
}

export async function listObjectVersions(call: BucketCall): Promise<Answer> {
  const { request, bucket, state } = call
  const query = listQuery(request)
  demandListing(call, 'ListObjectVersions', query)
  const keyMarker = queryValue(request, 'key-marker') ?? ''
  const versionMarker = queryValue(request, 'version-id-marker') ?? ''
  const text = encoder(query)
  const page = listVersions(bucket.objects, query, keyMarker, versionMarker)
  const result: XmlNode[] = [
    ['Name', bucket.name],
    ['Prefix', text(query.prefix)],
    ['KeyMarker', text(keyMarker)],
    ['VersionIdMarker', versionMarker],
    ...optional('Delimiter', query.delimiter, text),
    ['MaxKeys', String(query.maxKeys)],
    ...(query.encoded ? [['EncodingType', 'url'] as const] : []),
    ['IsTruncated', String(page.next !== undefined)],
    ...(page.next === undefined
      ? []
      : [
          ['NextKeyMarker', text(page.next.key)] as const,
          ...(page.next.versionId === '' ? [] : [['NextVersionIdMarker', page.next.versionId] as const]),
        ]),
    ...page.versions.map((object): XmlNode => versionEntry(state, bucket, object, text)),
    ...page.prefixes.map((prefix): XmlNode => ['CommonPrefixes', [['Prefix', text(prefix)]]]),
  ]
  return xmlAnswer([`ListVersionsResult ${S3_NAMESPACE}`, result])
}

function demandListing(call: BucketCall, operation: 'ListObjects' | 'ListObjectsV2' | 'ListObjectVersions', query: ListQuery): void {
  const sent = (name: string): boolean => queryValue(call.request, name) !== undefined
  demandS3(call, {
    operation,
    ...(sent('prefix') ? { prefix: query.prefix } : {}),
    ...(sent('delimiter') ? { delimiter: query.delimiter } : {}),
    ...(sent('max-keys') ? { maxKeys: query.maxKeys } : {}),
  })
}

export function listQuery(request: LabRequest, countParameter = 'max-keys'): ListQuery {
  const count = queryValue(request, countParameter) ?? '1000'
  if (!/^\d{1,10}$/.test(count))
    throw new AwsError(400, 'InvalidArgument', `Provided ${countParameter} not an integer or within integer range`)
  const encoding = queryValue(request, 'encoding-type')
  if (encoding !== undefined && encoding !== 'url')
    throw new AwsError(400, 'InvalidArgument', 'Invalid Encoding Method specified in Request')
  return {
    prefix: queryValue(request, 'prefix') ?? '',
    delimiter: queryValue(request, 'delimiter') ?? '',
    maxKeys: Math.min(Number(count), 1000),
    encoded: encoding === 'url',
  }
}

/** Keys that encoding leaves as they are. */
const PLAIN = /^[\w\-.~/]*$/

// S3 leaves slashes as they are and writes a space as '+'.
export function encoder({ encoded }: { readonly encoded: boolean }): (text: string) => string {
  if (!encoded) return (text) => text
  return (text) => (PLAIN.test(text) ? text : percentEncode(text).replaceAll('%2F', '/').replaceAll('%20', '+'))
}

function optional(name: string, value: string, text: (value: string) => string): readonly XmlNode[] {
  return value === '' ? [] : [[name, text(value)]]
}

function objectEntry(
  state: AwsState,
  bucket: Bucket,
  object: StoredObject,
  text: (value: string) => string,
  owner: boolean,
): readonly XmlNode[] {
  const algorithm = object.checksum?.[0].slice('x-amz-checksum-'.length).toUpperCase()
  return [
    ['Key', text(object.key)],
    ['LastModified', new Date(object.lastModified).toISOString()],
    ['ETag', object.etag],
    ...(algorithm === undefined ? [] : [['ChecksumAlgorithm', algorithm] as const]),
    ['Size', String(object.content.size)],
    ...(owner ? [ownerNode(state, ownerOf(bucket, object))] : []),
    ['StorageClass', object.storageClass],
  ]
}

function versionEntry(state: AwsState, bucket: Bucket, object: StoredObject, text: (value: string) => string): XmlNode {
  const latest = bucket.objects.versions(object.key)[0] === object
  const common: readonly XmlNode[] = [
    ['Key', text(object.key)],
    ['VersionId', object.versionId],
    ['IsLatest', String(latest)],
    ['LastModified', new Date(object.lastModified).toISOString()],
  ]
  if (object.deleteMarker) return ['DeleteMarker', [...common, ownerNode(state, ownerOf(bucket, object))]]
  return [
    'Version',
    [
      ...common,
      ['ETag', object.etag],
      ['Size', String(object.content.size)],
      ['StorageClass', object.storageClass],
      ownerNode(state, ownerOf(bucket, object)),
    ],
  ]
}

/** Who owns an object: with BucketOwnerEnforced always the bucket's owner, whoever wrote it. */
export function ownerOf(bucket: Bucket, object: { readonly ownerAccount: string }): string {
  return bucket.ownership === 'BucketOwnerEnforced' ? bucket.accountId : object.ownerAccount
}

export function ownerNode(state: AwsState, accountId: string): XmlNode {
  const account = state.accounts.get(accountId)
  return [
    'Owner',
    [
      ['ID', account?.canonicalId ?? accountId],
      ['DisplayName', account?.name ?? accountId],
    ],
  ]
}

function writeToken(after: string): string {
  return `1${Buffer.from(after).toString('base64url')}`
}

function readToken(token: string): string {
  const after = Buffer.from(token.slice(1), 'base64url').toString()
  if (token === '' || writeToken(after) !== token)
    throw new AwsError(400, 'InvalidArgument', 'The continuation token provided is incorrect')
  return after
}
