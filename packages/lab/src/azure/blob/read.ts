import type { Answer } from '../../http/answer.ts'
import { emptyAnswer } from '../../http/answer.ts'
import { readContent } from '../../http/content.ts'
import { queryValue, type LabRequest } from '../../http/request.ts'
import { AzureError, blobNotFound } from '../error.ts'
import type { Container, StorageAccount, StoredBlob } from '../state/types.ts'
import { containerOf, metadataHeaders, type BlobCall } from './call.ts'
import { isUnchanged } from './conditions.ts'

export async function getBlobProperties(call: BlobCall): Promise<Answer> {
  const { container, blob } = readableBlob(call)
  if (isUnchanged(call.request, blob)) return unchanged(blob)
  return {
    status: 200,
    headers: blobHeaders(call, container, blob),
    body: { length: blob.content.size, open: () => readContent(blob.content, 0, blob.content.size) },
  }
}

export async function getBlob(call: BlobCall): Promise<Answer> {
  const { container, blob } = readableBlob(call)
  if (isUnchanged(call.request, blob)) return unchanged(blob)
  if (blob.tier === 'Archive') throw new AzureError(409, 'BlobArchived', 'This operation is not permitted on an archived blob.')
  const { size } = blob.content
  const range = readRange(call.request)
  if (range && range.start >= size && !(size === 0 && range.start === 0))
    throw new AzureError(416, 'InvalidRange', 'The range specified is invalid for the current size of the resource.', {
      headers: { 'content-range': `bytes */${size}` },
    })
  // An empty blob has no range that could be answered as one.
  const part = range && size > 0 ? { start: range.start, end: Math.min(range.end, size) } : undefined
  const { start, end } = part ?? { start: 0, end: size }
  const { 'content-md5': md5, ...headers } = blobHeaders(call, container, blob)
  return {
    status: part ? 206 : 200,
    headers: {
      ...headers,
      ...overrides(call.request),
      ...(md5 === undefined ? {} : { [part ? 'x-ms-blob-content-md5' : 'content-md5']: md5 }),
      ...(part ? { 'content-range': `bytes ${start}-${end - 1}/${size}` } : {}),
    },
    body: { length: end - start, open: () => readContent(blob.content, start, end) },
  }
}

function unchanged(blob: StoredBlob): Answer {
  return { ...emptyAnswer(304, { etag: blob.etag, 'x-ms-error-code': 'ConditionNotMet' }), code: 'ConditionNotMet' }
}

/** The blob or the version of it that a request names. */
export function readableBlob(call: BlobCall): { readonly container: Container; readonly blob: StoredBlob } {
  const { target, request } = call
  const container = containerOf(call)
  const name = target.blob ?? ''
  if (queryValue(request, 'snapshot') !== undefined) throw blobNotFound()
  const versionId = queryValue(request, 'versionid')
  const blob = versionId === undefined ? container.blobs.current(name) : container.blobs.version(name, versionId)
  if (!blob) throw blobNotFound()
  return { container, blob }
}

/** `[start, end)` of the range asked for; Azure's own header wins. It knows no range from the end, and takes a broken one for none. */
function readRange({ headers }: LabRequest): { readonly start: number; readonly end: number } | undefined {
  const match = /^bytes=(\d{1,15})-(\d{0,15})$/.exec((headers.get('x-ms-range') ?? headers.get('range') ?? '').trim())
  if (!match) return undefined
  const start = Number(match[1])
  const end = match[2] === '' ? Number.POSITIVE_INFINITY : Number(match[2]) + 1
  return end <= start ? undefined : { start, end }
}

/** The headers that describe a blob. */
export function blobHeaders(
  { account, target }: { readonly account: StorageAccount; readonly target: BlobCall['target'] },
  { blobs }: Container,
  blob: StoredBlob,
): { readonly [name: string]: string } {
  const isCurrent = blobs.current(target.blob ?? '') === blob
  return {
    'accept-ranges': 'bytes',
    'content-type': 'application/octet-stream',
    ...blob.headers,
    etag: blob.etag,
    'last-modified': new Date(blob.lastModified).toUTCString(),
    'x-ms-creation-time': new Date(blob.createdAt).toUTCString(),
    'x-ms-blob-type': 'BlockBlob',
    'x-ms-lease-status': 'unlocked',
    'x-ms-lease-state': 'available',
    'x-ms-server-encrypted': 'true',
    'x-ms-access-tier': blob.tier,
    ...metadataHeaders(blob.isDirectory ? { hdi_isfolder: 'true', ...blob.metadata } : blob.metadata),
    ...(account.hierarchical ? { 'x-ms-resource-type': blob.isDirectory ? 'directory' : 'file' } : {}),
    ...(account.versioning ? { 'x-ms-version-id': blob.versionId, ...(isCurrent ? { 'x-ms-is-current-version': 'true' } : {}) } : {}),
  }
}

const OVERRIDES: { readonly [parameter: string]: string } = {
  rscc: 'cache-control',
  rscd: 'content-disposition',
  rsce: 'content-encoding',
  rscl: 'content-language',
  rsct: 'content-type',
}

// These are part of a SAS, and so never without one.
function overrides(request: LabRequest): { readonly [name: string]: string } {
  if (queryValue(request, 'sig') === undefined) return {}
  return Object.fromEntries(
    request.query.filter(([name]) => OVERRIDES[name] !== undefined).map(([name, value]) => [OVERRIDES[name] ?? name, value]),
  )
}
