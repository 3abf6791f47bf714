import type { Answer } from '../../http/answer.ts'
import { emptyAnswer } from '../../http/answer.ts'
import { queryValue, type LabRequest } from '../../http/request.ts'
import { AzureError, blobNotFound, invalidHeader, notImplemented } from '../error.ts'
import type { StoredBlob } from '../state/types.ts'
import { MAX_PUT_BYTES, receiveBody } from './body.ts'
import { containerOf, metadataOf, type BlobCall } from './call.ts'
import { demandConditions } from './conditions.ts'
import { changeBlob, removeBlob, storeBlob } from './store.ts'

const MAX_NAME_CHARACTERS = 1024

export async function putBlob(call: BlobCall): Promise<Answer> {
  const { account, request, state, target } = call
  const type = request.headers.get('x-ms-blob-type')
  if (type === undefined)
    throw new AzureError(400, 'MissingRequiredHeader', 'An HTTP header that is mandatory for this request is not specified.', {
      details: [['HeaderName', 'x-ms-blob-type']],
    })
  if (type === 'PageBlob' || type === 'AppendBlob') throw notImplemented(`blobs of the type ${type}`)
  if (type !== 'BlockBlob') throw invalidHeader('x-ms-blob-type', type)
  checkName(target.blob ?? '')
  const container = containerOf(call)
  const body = await receiveBody(call, MAX_PUT_BYTES)
  // Looked at after the body has arrived: of two writers that race, one must fail.
  demandConditions(request, container.blobs.current(target.blob ?? ''))
  const blob = storeBlob(state, account, container, {
    name: target.blob ?? '',
    content: body.content,
    headers: { 'content-md5': body.md5, ...contentHeaders(request) },
    metadata: metadataOf(request),
    ...tierOf(request),
  })
  return written(call, blob, { 'content-md5': body.md5 })
}

/** What a write is answered with. */
export function written({ account }: BlobCall, blob: StoredBlob, headers: { readonly [name: string]: string } = {}, status = 201): Answer {
  return emptyAnswer(status, {
    etag: blob.etag,
    'last-modified': new Date(blob.lastModified).toUTCString(),
    'x-ms-request-server-encrypted': 'true',
    ...(account.versioning ? { 'x-ms-version-id': blob.versionId } : {}),
    ...headers,
  })
}

export function checkName(name: string): void {
  if (name.length > MAX_NAME_CHARACTERS)
    throw new AzureError(400, 'InvalidUri', 'The requested URI does not represent any resource on the server.')
}

const TIERS = ['Hot', 'Cool', 'Cold', 'Archive']

export function tierOf(request: LabRequest): { readonly tier?: string } {
  const tier = request.headers.get('x-ms-access-tier')
  if (tier !== undefined && !TIERS.includes(tier)) throw invalidHeader('x-ms-access-tier', tier)
  return tier === undefined ? {} : { tier }
}

const PROPERTIES = ['cache-control', 'content-disposition', 'content-encoding', 'content-language', 'content-md5', 'content-type']

/** What is to come back with a blob: Azure's own headers, and the ordinary ones of a put. */
export function contentHeaders({ headers }: LabRequest, ordinary = true): { readonly [name: string]: string } {
  const stored: { [name: string]: string } = {}
  for (const name of PROPERTIES) {
    const own = headers.get(`x-ms-blob-${name}`)
    const plain = ordinary && name !== 'content-md5' ? headers.get(name) : undefined
    const value = own ?? plain
    if (value !== undefined && value !== '') stored[name] = value
  }
  return stored
}

export async function setBlobMetadata(call: BlobCall): Promise<Answer> {
  const { container, blob } = changeable(call)
  return written(call, changeBlob(call.state, call.account, container, blob, { metadata: metadataOf(call.request) }), {}, 200)
}

export async function setBlobProperties(call: BlobCall): Promise<Answer> {
  const { container, blob } = changeable(call)
  // All of them are replaced: what is not named is cleared.
  return written(call, changeBlob(call.state, call.account, container, blob, { headers: contentHeaders(call.request, false) }), {}, 200)
}

function changeable(call: BlobCall) {
  const container = containerOf(call)
  const blob = container.blobs.current(call.target.blob ?? '')
  if (!blob) throw blobNotFound()
  demandConditions(call.request, blob)
  return { container, blob }
}

export async function deleteBlob(call: BlobCall): Promise<Answer> {
  const { account, request, state, target } = call
  const container = containerOf(call)
  const name = target.blob ?? ''
  const versionId = queryValue(request, 'versionid')
  const blob = versionId === undefined ? container.blobs.current(name) : container.blobs.version(name, versionId)
  if (!blob) throw blobNotFound()
  demandConditions(request, blob)
  removeBlob(state, account, container, name, versionId)
  return emptyAnswer(202, { 'x-ms-delete-type-permanent': String(!account.versioning || versionId !== undefined) })
}
