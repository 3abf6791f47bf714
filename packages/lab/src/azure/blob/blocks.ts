import { xmlAnswer, emptyAnswer, type Answer } from '../../http/answer.ts'
import { joinContents } from '../../http/content.ts'
import { queryValue } from '../../http/request.ts'
import type { XmlNode } from '../../http/xml.ts'
import { AzureError, blobNotFound, invalidQuery } from '../error.ts'
import type { Block, Container, StoredBlob } from '../state/types.ts'
import { MAX_BLOCK_BYTES, receiveBody, receiveXml } from './body.ts'
import { containerOf, metadataOf, type BlobCall } from './call.ts'
import { demandConditions } from './conditions.ts'
import { storeBlob } from './store.ts'
import { checkName, contentHeaders, tierOf, written } from './write.ts'

const MAX_BLOCKS = 50_000
const MAX_ID_BYTES = 64

export async function putBlock(call: BlobCall): Promise<Answer> {
  const { target } = call
  const name = target.blob ?? ''
  checkName(name)
  const container = containerOf(call)
  const id = blockId(call, container, name)
  const body = await receiveBody(call, MAX_BLOCK_BYTES)
  if (body.content.size === 0)
    throw new AzureError(400, 'InvalidHeaderValue', 'The value for one of the HTTP headers is not in the correct format.', {
      details: [
        ['HeaderName', 'Content-Length'],
        ['HeaderValue', '0'],
      ],
    })
  const blocks = container.uncommitted.get(name) ?? new Map<string, Block>()
  container.uncommitted.set(name, blocks.set(id, { id, content: body.content }))
  return emptyAnswer(201, { 'content-md5': body.md5, 'x-ms-request-server-encrypted': 'true' })
}

function blockId({ request }: BlobCall, { uncommitted }: Container, name: string): string {
  const id = queryValue(request, 'blockid') ?? ''
  const bytes = Buffer.from(id, 'base64')
  if (bytes.length === 0 || bytes.length > MAX_ID_BYTES || bytes.toString('base64') !== id)
    throw invalidQuery('blockid', id, 'Not a valid base64 string.')
  // Ids of one blob are all of one length.
  const other = [...(uncommitted.get(name)?.keys() ?? [])][0]
  if (other !== undefined && other.length !== id.length)
    throw new AzureError(400, 'InvalidBlobOrBlock', 'The specified blob or block content is invalid.')
  return id
}

export async function putBlockList(call: BlobCall): Promise<Answer> {
  const { account, request, state, target } = call
  const name = target.blob ?? ''
  const container = containerOf(call)
  const root = await receiveXml(call, 'BlockList')
  const current = container.blobs.current(name)
  demandConditions(request, current)
  if (root.children.length > MAX_BLOCKS)
    throw new AzureError(400, 'BlockListTooLong', 'The block list may not contain more than 50,000 blocks.')
  const waiting = container.uncommitted.get(name)
  const blocks = root.children.map(({ name: where, text }) => findBlock(where, text.trim(), waiting, current))
  const content = await joinContents(blocks.map((block) => block.content))
  const blob = storeBlob(state, account, container, {
    name,
    content,
    blocks,
    headers: contentHeaders(request, false),
    metadata: metadataOf(request),
    ...tierOf(request),
  })
  return written(call, blob)
}

function findBlock(where: string, id: string, waiting: ReadonlyMap<string, Block> | undefined, current: StoredBlob | undefined): Block {
  const uncommitted = waiting?.get(id)
  const committed = current?.blocks.find((block) => block.id === id)
  const found: { readonly [list: string]: Block | undefined } = {
    Uncommitted: uncommitted,
    Committed: committed,
    Latest: uncommitted ?? committed,
  }
  const block = found[where]
  if (!block) throw new AzureError(400, 'InvalidBlockList', 'The specified block list is invalid.')
  return block
}

export async function getBlockList(call: BlobCall): Promise<Answer> {
  const { request, target } = call
  const container = containerOf(call)
  const name = target.blob ?? ''
  const kind = queryValue(request, 'blocklisttype') ?? 'committed'
  if (!['committed', 'uncommitted', 'all'].includes(kind)) throw invalidQuery('blocklisttype', kind, 'It is committed, uncommitted or all.')
  const blob = container.blobs.current(name)
  const waiting = [...(container.uncommitted.get(name)?.values() ?? [])]
  if (!blob && waiting.length === 0) throw blobNotFound()
  const lists: XmlNode[] = [
    ...(kind === 'uncommitted' ? [] : [['CommittedBlocks', (blob?.blocks ?? []).map(blockNode)] as const]),
    ...(kind === 'committed' ? [] : [['UncommittedBlocks', waiting.map(blockNode)] as const]),
  ]
  return xmlAnswer(
    ['BlockList', lists],
    blob
      ? {
          etag: blob.etag,
          'last-modified': new Date(blob.lastModified).toUTCString(),
          'x-ms-blob-content-length': String(blob.content.size),
        }
      : { 'x-ms-blob-content-length': '0' },
  )
}

function blockNode({ id, content }: Block): XmlNode {
  return [
    'Block',
    [
      ['Name', id],
      ['Size', String(content.size)],
    ],
  ]
}
