import { xmlAnswer, type Answer } from '../../http/answer.ts'
import { memoryContent } from '../../http/content.ts'
import { percentEncode, queryValue, type LabRequest } from '../../http/request.ts'
import type { XmlNode } from '../../http/xml.ts'
import { compareKeys } from '@sluice/core'
import { directoryOf } from '../auth/sas-text.ts'
import { invalidQuery } from '../error.ts'
import { folderEnd, folderOf } from '../../storage/listing.ts'
import { lowerBound } from '../../storage/object-table.ts'
import type { Container, StorageAccount, StoredBlob } from '../state/types.ts'
import { containerOf, type BlobCall } from './call.ts'

const MAX_RESULTS = 5000

interface ListQuery {
  readonly prefix: string
  readonly delimiter: string
  readonly maxResults: number
  /** The name or folder that the page begins with. */
  readonly from: string
  readonly include: readonly string[]
}

export async function listBlobs(call: BlobCall): Promise<Answer> {
  const { account, request } = call
  const query = listQuery(request)
  const container = containerOf(call)
  const marker = queryValue(request, 'marker') ?? ''
  const page = listPage(container, query, withinOf(call))
  const root = `EnumerationResults ServiceEndpoint="https://${account.name}.blob.core.windows.net/" ContainerName="${container.name}"`
  return xmlAnswer([
    root,
    [
      ...optional('Prefix', query.prefix),
      ...optional('Marker', marker),
      ...(queryValue(request, 'maxresults') === undefined ? [] : [['MaxResults', String(query.maxResults)] as const]),
      ...optional('Delimiter', query.delimiter),
      ['Blobs', page.items.map((item) => itemNode(account, item, query))],
      ['NextMarker', page.next === undefined ? '' : writeMarker(page.next)],
    ],
  ])
}

function listQuery(request: LabRequest): ListQuery {
  const count = queryValue(request, 'maxresults') ?? String(MAX_RESULTS)
  if (!/^\d{1,9}$/.test(count) || Number(count) === 0) throw invalidQuery('maxresults', count, 'It is a positive integer.')
  const include = (queryValue(request, 'include') ?? '').split(',').filter((part) => part !== '')
  const unknown = include.find((part) => !INCLUDES.includes(part))
  if (unknown !== undefined) throw invalidQuery('include', unknown, 'Invalid query parameter value.')
  const marker = queryValue(request, 'marker') ?? ''
  return {
    prefix: queryValue(request, 'prefix') ?? '',
    delimiter: queryValue(request, 'delimiter') ?? '',
    maxResults: Math.min(Number(count), MAX_RESULTS),
    from: marker === '' ? '' : readMarker(marker),
    include,
  }
}

const INCLUDES = [
  'copy',
  'deleted',
  'deletedwithversions',
  'immutabilitypolicy',
  'legalhold',
  'metadata',
  'permissions',
  'snapshots',
  'tags',
  'uncommittedblobs',
  'versions',
]

/** A blob, or all that lies under one folder. */
export type ListItem =
  | { readonly kind: 'blob'; readonly blob: StoredBlob; readonly isCurrent: boolean }
  | { readonly kind: 'prefix'; readonly name: string }

/** A SAS of a directory shows what lies in it, not what has a name that begins the same. */
function withinOf({ caller, request, target }: BlobCall): (name: string) => boolean {
  if (caller.kind !== 'sas' || caller.sas.kind === 'account' || caller.sas.resource !== 'd') return () => true
  const directory = directoryOf(request, caller.sas.directoryDepth ?? 0, target) ?? ''
  return (name) => directory === '' || name === directory || name.startsWith(`${directory}/`)
}

interface Page {
  readonly items: readonly ListItem[]
  readonly next: string | undefined
}

/** One page of blobs and folders from `from` on, in order of names; whole folders are stepped over, not walked through. */
export function listPage(container: Container, query: ListQuery, within: (name: string) => boolean = () => true): Page {
  const { prefix, delimiter, maxResults } = query
  const names = namesFor(container, query)
  const items: ListItem[] = []
  let index = lowerBound(names, compareKeys(query.from, prefix) < 0 ? prefix : query.from)
  for (; index < names.length; index++) {
    const name = names[index] ?? ''
    if (!name.startsWith(prefix)) break
    if (!within(name)) continue
    const folder = folderOf(name, prefix, delimiter)
    const isDirectory = delimiter === '/' && container.blobs.current(name)?.isDirectory === true
    // A directory that is not empty is shown where its first name is.
    if (folder === undefined && isDirectory && hasChildren(names, name)) continue
    if (items.length >= maxResults) return { items, next: name }
    if (folder !== undefined) {
      items.push({ kind: 'prefix', name: folder })
      index = folderEnd(names, folder, index) - 1
    } else if (isDirectory) items.push({ kind: 'prefix', name: `${name}/` })
    else items.push(...versionsOf(container, name, query))
  }
  return { items, next: undefined }
}

/** Names to list: with versions also those of which only earlier ones are left, and with uncommitted ones those that have blocks alone. */
function namesFor({ blobs, uncommitted }: Container, { include }: ListQuery): readonly string[] {
  const names = include.includes('versions') ? blobs.everyName() : blobs.sortedNames()
  if (!include.includes('uncommittedblobs')) return names
  return [...new Set([...names, ...uncommitted.keys()])].sort(compareKeys)
}

function versionsOf({ blobs, uncommitted }: Container, name: string, { include }: ListQuery): readonly ListItem[] {
  const current = blobs.current(name) ?? (include.includes('uncommittedblobs') && uncommitted.has(name) ? uncommittedBlob(name) : undefined)
  const earlier = include.includes('versions') ? blobs.previous(name).toReversed() : []
  return [
    ...earlier.map((blob): ListItem => ({ kind: 'blob', blob, isCurrent: false })),
    ...(current ? [{ kind: 'blob', blob: current, isCurrent: true } as const] : []),
  ]
}

/** A blob that is nothing yet but blocks. */
function uncommittedBlob(name: string): StoredBlob {
  const nothing = { headers: {}, metadata: {}, blocks: [], content: memoryContent(), versionId: '', tier: 'Hot' }
  return { ...nothing, name, isDirectory: false, etag: '"0x0"', createdAt: 0, lastModified: 0 }
}

function hasChildren(names: readonly string[], directory: string): boolean {
  return names[lowerBound(names, `${directory}/`)]?.startsWith(`${directory}/`) === true
}

function itemNode(account: StorageAccount, item: ListItem, query: ListQuery): XmlNode {
  if (item.kind === 'prefix') return ['BlobPrefix', [nameNode(item.name)]]
  const { blob, isCurrent } = item
  return [
    'Blob',
    [
      nameNode(blob.name),
      ...(account.versioning
        ? [['VersionId', blob.versionId] as const, ...(isCurrent ? [['IsCurrentVersion', 'true'] as const] : [])]
        : []),
      ['Properties', properties(account, blob)],
      ...(query.include.includes('metadata') ? [['Metadata', metadataNodes(blob)] as const] : []),
    ],
  ]
}

// What XML cannot carry makes the name percent-encoded, with an attribute that says so (since 2021-02-12).
function nameNode(name: string): XmlNode {
  return /[\u0000-\u001F\uFFFE\uFFFF]/.test(name) ? ['Name Encoded="true"', percentEncode(name)] : ['Name', name]
}

function properties(account: StorageAccount, blob: StoredBlob): readonly XmlNode[] {
  const header = (name: string): string => blob.headers[name] ?? ''
  return [
    ['Creation-Time', new Date(blob.createdAt).toUTCString()],
    ['Last-Modified', new Date(blob.lastModified).toUTCString()],
    ['Etag', blob.etag.slice(1, -1)],
    ...(account.hierarchical ? [['ResourceType', blob.isDirectory ? 'directory' : 'file'] as const] : []),
    ['Content-Length', String(blob.content.size)],
    ['Content-Type', blob.headers['content-type'] ?? 'application/octet-stream'],
    ['Content-Encoding', header('content-encoding')],
    ['Content-Language', header('content-language')],
    ['Content-CRC64', ''],
    ['Content-MD5', header('content-md5')],
    ['Cache-Control', header('cache-control')],
    ['Content-Disposition', header('content-disposition')],
    ['BlobType', 'BlockBlob'],
    ['AccessTier', blob.tier],
    ['AccessTierInferred', String(blob.tier === 'Hot')],
    ['LeaseStatus', 'unlocked'],
    ['LeaseState', 'available'],
    ['ServerEncrypted', 'true'],
  ]
}

function metadataNodes(blob: StoredBlob): readonly XmlNode[] {
  const metadata = blob.isDirectory ? { hdi_isfolder: 'true', ...blob.metadata } : blob.metadata
  return Object.entries(metadata).map(([name, value]) => [name, value])
}

function optional(name: string, value: string): readonly XmlNode[] {
  return value === '' ? [] : [[name, value]]
}

function writeMarker(from: string): string {
  return `2!${Buffer.from(from).toString('base64url')}`
}

function readMarker(marker: string): string {
  const from = Buffer.from(marker.slice(2), 'base64url').toString()
  if (writeMarker(from) !== marker) throw invalidQuery('marker', marker, 'Invalid marker.')
  return from
}
