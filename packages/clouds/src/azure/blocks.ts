import { type PutRequest, type Random, type UploadedPart, accessError } from '@sluice/core'

/**
 * An upload in parts. Azure knows none: blocks wait under the blob's name until somebody commits a list of them. So the id says all that
 * is needed to go on with it, whoever does: what the ids of its blocks begin with, and the type of the blob to be.
 */
export interface BlockUpload {
  readonly token: string
  readonly contentType?: string
}

const ID = /^([0-9a-f]{20})(?:\.([A-Za-z0-9_-]+))?$/

export function newUploadId(random: Random, { contentType }: PutRequest): string {
  return uploadId(Buffer.from(random.bytes(10)).toString('hex'), contentType)
}

/** The id of an upload nobody began: what is committed of it is refused. */
export function phantomUploadId(token: string): string {
  return uploadId(token.padEnd(20, '0').slice(0, 20))
}

function uploadId(token: string, contentType?: string): string {
  return contentType === undefined ? token : `${token}.${Buffer.from(contentType).toString('base64url')}`
}

/** What an upload's id says; an id that is none of ours names no upload. */
export function readUploadId(id: string): BlockUpload {
  const [, token, type] = ID.exec(id) ?? []
  if (token === undefined) throw noUpload()
  return { token, ...(type === undefined ? {} : { contentType: Buffer.from(type, 'base64url').toString() }) }
}

export function noUpload(): Error {
  return accessError('upload.missing', { message: 'There is no upload of this id: it was aborted, or never begun.' })
}

/** The id of a block: of equal length for every block of a blob, whichever upload it belongs to. */
export function blockId({ token }: BlockUpload, partNumber: number): string {
  return Buffer.from(`sluice-${token}-${String(partNumber).padStart(5, '0')}`).toString('base64')
}

/**
 * The body of Put Block List: the parts in order, each as `Latest`. A list that was committed, and whose answer was lost, can so be committed
 * again: its blocks are then the blob's own. https://learn.microsoft.com/rest/api/storageservices/put-block-list
 */
export function blockListBody(upload: BlockUpload, parts: readonly UploadedPart[]): Uint8Array {
  const listed = parts
    .toSorted((one, other) => one.partNumber - other.partNumber)
    .map(({ partNumber }) => `<Latest>${blockId(upload, partNumber)}</Latest>`)
  return new TextEncoder().encode(`<?xml version="1.0" encoding="utf-8"?><BlockList>${listed.join('')}</BlockList>`)
}

/** Uploads that were aborted through this process. */
export interface AbortedUploads {
  has(uploadId: string): boolean
  add(uploadId: string): void
}

export function createAbortedUploads(limit = 10_000): AbortedUploads {
  const aborted = new Set<string>()
  return {
    has: (uploadId) => aborted.has(uploadId),
    add: (uploadId) => {
      aborted.add(uploadId)
      const oldest = aborted.size > limit ? aborted.values().next().value : undefined
      if (oldest !== undefined) aborted.delete(oldest)
    },
  }
}
