import { xmlAnswer, type Answer } from '../../http/answer.ts'
import { percentEncode, queryValue, type LabRequest } from '../../http/request.ts'
import type { XmlNode } from '../../http/xml.ts'
import { listPage, listVersions, type ListScope } from '../../storage/listing.ts'
import { AliyunError } from '../error.ts'
import type { OssBucket, OssObject } from '../state/types.ts'
import { demandOss, type OssBucketCall } from './context.ts'

interface ListQuery extends ListScope {
  /** Keys and prefixes are percent-encoded in the answer. */
  readonly encoded: boolean
}

export async function listObjectsV2(call: OssBucketCall): Promise<Answer> {
  const { request, bucket } = call
  const query = listQuery(request)
  demandListing(call, 'ListObjectsV2', query)
  const token = queryValue(request, 'continuation-token')
  const startAfter = queryValue(request, 'start-after') ?? ''
  const page = listPage(bucket.objects, query, token === undefined ? startAfter : readToken(token))
  const owner = queryValue(request, 'fetch-owner') === 'true'
  const text = encoder(query)
  return xmlAnswer([
    'ListBucketResult',
    [
      ['Name', bucket.name],
      ['Prefix', text(query.prefix)],
      ...(startAfter === '' ? [] : [['StartAfter', text(startAfter)] as const]),
      ['MaxKeys', String(query.maxKeys)],
      ['Delimiter', text(query.delimiter)],
      ...encodingType(query),
      ['IsTruncated', String(page.next !== undefined)],
      ['KeyCount', String(page.objects.length + page.prefixes.length)],
      ...(token === undefined ? [] : [['ContinuationToken', token] as const]),
      ...(page.next === undefined ? [] : [['NextContinuationToken', writeToken(page.next)] as const]),
      ...page.objects.map((object): XmlNode => ['Contents', objectEntry(bucket, object, text, owner)]),
      ...page.prefixes.map((prefix): XmlNode => ['CommonPrefixes', [['Prefix', text(prefix)]]]),
    ],
  ])
}

export async function listObjects(call: OssBucketCall): Promise<Answer> {
  const { request, bucket } = call
  const query = listQuery(request)
  demandListing(call, 'ListObjects', query)
  const marker = queryValue(request, 'marker') ?? ''
  const page = listPage(bucket.objects, query, marker)
  const text = encoder(query)
  return xmlAnswer([
    'ListBucketResult',
    [
      ['Name', bucket.name],
      ['Prefix', text(query.prefix)],
      ['Marker', text(marker)],
      ['MaxKeys', String(query.maxKeys)],
      ['Delimiter', text(query.delimiter)],
      ...encodingType(query),
      ['IsTruncated', String(page.next !== undefined)],
      ...(page.next === undefined ? [] : [['NextMarker', text(page.next)] as const]),
      ...page.objects.map((object): XmlNode => ['Contents', objectEntry(bucket, object, text, true)]),
      ...page.prefixes.map((prefix): XmlNode => ['CommonPrefixes', [['Prefix', text(prefix)]]]),
    ],
  ])
}

export async function listObjectVersions(call: OssBucketCall): Promise<Answer> {
  const { request, bucket } = call
  const query = listQuery(request)
  demandListing(call, 'ListObjectVersions', query)
  const keyMarker = queryValue(request, 'key-marker') ?? ''
  const versionMarker = queryValue(request, 'version-id-marker') ?? ''
  const page = listVersions(bucket.objects, query, keyMarker, versionMarker)
  const text = encoder(query)
  return xmlAnswer([
    'ListVersionsResult',
    [
      ['Name', bucket.name],
      ['Prefix', text(query.prefix)],
      ['KeyMarker', text(keyMarker)],
      ['VersionIdMarker', versionMarker],
      ['MaxKeys', String(query.maxKeys)],
      ['Delimiter', text(query.delimiter)],
      ...encodingType(query),
      ['IsTruncated', String(page.next !== undefined)],
      ...(page.next === undefined
        ? []
        : [['NextKeyMarker', text(page.next.key)] as const, ['NextVersionIdMarker', page.next.versionId] as const]),
      ...page.versions.map((object): XmlNode => versionEntry(bucket, object, text)),
      ...page.prefixes.map((prefix): XmlNode => ['CommonPrefixes', [['Prefix', text(prefix)]]]),
    ],
  ])
}

function demandListing(call: OssBucketCall, operation: 'ListObjects' | 'ListObjectsV2' | 'ListObjectVersions', query: ListQuery): void {
  const sent = (name: string): boolean => queryValue(call.request, name) !== undefined
  demandOss(call, {
    operation,
    ...(sent('prefix') ? { prefix: query.prefix } : {}),
    ...(sent('delimiter') ? { delimiter: query.delimiter } : {}),
    ...(sent('max-keys') ? { maxKeys: query.maxKeys } : {}),
  })
}

const DEFAULT_KEYS = 100
const MOST_KEYS = 1000

/** What a listing takes. Unlike S3, OSS refuses to list more than 1000 at once, and lists 100 unless asked for more. */
export function listQuery(request: LabRequest, countParameter = 'max-keys', byDefault = DEFAULT_KEYS): ListQuery {
  const given = queryValue(request, countParameter) ?? String(byDefault)
  const count = Number(given)
  if (!/^\d{1,10}$/.test(given) || count < 1 || count > MOST_KEYS)
    throw new AliyunError(400, 'InvalidArgument', `${countParameter} should be between 1 and ${MOST_KEYS}.`, {
      details: [
        ['ArgumentName', countParameter],
        ['ArgumentValue', given],
      ],
    })
  const encoding = queryValue(request, 'encoding-type')
  if (encoding !== undefined && encoding !== '' && encoding !== 'url')
    throw new AliyunError(400, 'InvalidArgument', 'Invalid Encoding Method specified in Request.')
  return {
    prefix: queryValue(request, 'prefix') ?? '',
    delimiter: queryValue(request, 'delimiter') ?? '',
    maxKeys: count,
    encoded: encoding === 'url',
  }
}

/** Keys that encoding leaves as they are. */
const PLAIN = /^[\w\-.~]*$/

export function encoder({ encoded }: { readonly encoded: boolean }): (text: string) => string {
  return (text) => (!encoded || PLAIN.test(text) ? text : percentEncode(text))
}

export function encodingType({ encoded }: { readonly encoded: boolean }): readonly XmlNode[] {
  return encoded ? [['EncodingType', 'url']] : []
}

function objectEntry(bucket: OssBucket, object: OssObject, text: (value: string) => string, owner: boolean): readonly XmlNode[] {
  return [
    ['Key', text(object.key)],
    ['LastModified', new Date(object.lastModified).toISOString()],
    ['ETag', object.etag],
    ['Type', object.type],
    ['Size', String(object.content.size)],
    ['StorageClass', object.storageClass],
    ...(owner ? [ossOwnerNode(bucket.accountId)] : []),
  ]
}

function versionEntry(bucket: OssBucket, object: OssObject, text: (value: string) => string): XmlNode {
  const common: readonly XmlNode[] = [
    ['Key', text(object.key)],
    ['VersionId', object.versionId],
    ['IsLatest', String(bucket.objects.versions(object.key)[0] === object)],
    ['LastModified', new Date(object.lastModified).toISOString()],
  ]
  if (object.deleteMarker) return ['DeleteMarker', [...common, ossOwnerNode(bucket.accountId)]]
  return [
    'Version',
    [
      ...common,
      ['ETag', object.etag],
      ['Type', object.type],
      ['Size', String(object.content.size)],
      ['StorageClass', object.storageClass],
      ossOwnerNode(bucket.accountId),
    ],
  ]
}

/** Objects belong to the account that owns their bucket, whoever wrote them. */
export function ossOwnerNode(accountId: string): XmlNode {
  return [
    'Owner',
    [
      ['ID', accountId],
      ['DisplayName', accountId],
    ],
  ]
}

function writeToken(after: string): string {
  return Buffer.from(after).toString('base64')
}

function readToken(token: string): string {
  const after = Buffer.from(token, 'base64').toString()
  if (token === '' || writeToken(after) !== token)
    throw new AliyunError(400, 'InvalidArgument', 'The continuation token provided is incorrect.')
  return after
}
