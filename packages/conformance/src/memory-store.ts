import {
  accessError,
  type ByteRange,
  type GetRequest,
  type ListPage,
  type ListRequest,
  type ObjectBody,
  type ObjectInfo,
  type ObjectStore,
  type PutRequest,
  type StoreCapabilities,
  compareKeys,
} from '@sluice/core'

/** One request that a memory store answered. */
export interface MemoryRequest {
  readonly operation: 'list' | 'head' | 'get' | 'put' | 'delete'
  readonly key: string
  readonly range?: ByteRange
  /** Bytes that left the store. */
  bytes: number
  /** How many other requests were under way when this one came: 0 in a chain of dependent requests. */
  readonly alongside: number
}

/** An object store in memory that does what it is asked precisely, and keeps account of it. */
export interface MemoryStore extends ObjectStore {
  readonly requests: readonly MemoryRequest[]
  /** Forgets the requests so far. */
  reset(): void
  /** Sets an object's content; its ETag and version change. */
  set(key: string, content: Uint8Array): ObjectInfo
  /** Runs before each GET, once per request: for delays, failures and changes in the middle of a test. */
  onGet: (request: MemoryRequest, signal: AbortSignal) => Promise<void> | void
}

interface Stored {
  readonly info: ObjectInfo
  readonly content: Uint8Array
}

const CAPABILITIES: StoreCapabilities = {
  presign: false,
  conditionalPut: true,
  versions: true,
  listStartAfter: true,
  multipart: true,
  minPartBytes: 1,
  maxParts: 10_000,
  maxKeysPerPage: 1000,
}
const CHUNK = 64 * 1024

export function createMemoryStore(bucket = 'test-bucket-123'): MemoryStore {
  const objects = new Map<string, Stored>()
  const uploads = new Map<string, { readonly key: string; readonly parts: Map<number, Uint8Array> }>()
  let requests: MemoryRequest[] = []
  let underWay = 0
  let versions = 0

  const note = (operation: MemoryRequest['operation'], key: string, range?: ByteRange): MemoryRequest => {
    const request = { operation, key, bytes: 0, alongside: underWay, ...(range === undefined ? {} : { range }) }
    requests.push(request)
    return request
  }
  const set = (key: string, content: Uint8Array, contentType?: string): ObjectInfo => {
    const version = String(++versions)
    const info: ObjectInfo = {
      key,
      size: content.length,
      etag: `"${version.padStart(32, '0')}"`,
      lastModified: new Date(Date.UTC(2026, 0, 1) + versions * 1000).toISOString(),
      versionId: `v${version}`,
      ...(contentType === undefined ? {} : { contentType }),
    }
    objects.set(key, { info, content })
    return info
  }
  const find = (key: string, request: GetRequest): Stored => {
    const stored = objects.get(key)
    if (!stored || (request.versionId !== undefined && request.versionId !== stored.info.versionId))
      throw accessError('object.missing', { message: `There is no object ${key}.` })
    if (request.ifMatch !== undefined && request.ifMatch !== stored.info.etag)
      throw accessError('object.changed', { message: `The object ${key} is another one now.` })
    return stored
  }

  const uploading = (id: string) => {
    const upload = uploads.get(id)
    if (!upload) throw accessError('upload.missing', { message: `There is no upload ${id}.` })
    return upload
  }

  const store: MemoryStore = {
    cloud: 's3',
    bucket,
    capabilities: CAPABILITIES,
    get requests() {
      return requests
    },
    reset() {
      requests = []
    },
    set,
    onGet: () => undefined,

    async listPage(request, signal) {
      throwIfCancelled(signal)
      note('list', request.prefix)
      return page([...objects.values()], request)
    },
    async head(key, request, signal) {
      throwIfCancelled(signal)
      note('head', key)
      return find(key, request).info
    },
    async get(key, request, signal): Promise<ObjectBody> {
      throwIfCancelled(signal)
      const noted = note('get', key, request.range)
      underWay++
      try {
        await store.onGet(noted, signal)
        throwIfCancelled(signal)
        const { info, content } = find(key, request)
        const bytes = slice(content, request.range)
        return { info, length: bytes.length, body: stream(bytes, noted, signal) }
      } finally {
        underWay--
      }
    },
    async put(key, body, request, signal) {
      throwIfCancelled(signal)
      note('put', key)
      if (request.ifNoneMatch === '*' && objects.has(key))
        throw accessError('object.exists', { message: `There is an object ${key} already.` })
      return set(key, body.slice(), request.contentType)
    },
    async delete(key, _request, signal) {
      throwIfCancelled(signal)
      note('delete', key)
      objects.delete(key)
    },
    async createMultipart(key, _request: PutRequest, signal) {
      throwIfCancelled(signal)
      const id = `upload-${uploads.size + 1}`
      uploads.set(id, { key, parts: new Map() })
      return id
    },
    async uploadPart(_key, uploadId, partNumber, body, signal) {
      throwIfCancelled(signal)
      uploading(uploadId).parts.set(partNumber, new Uint8Array(body))
      return { partNumber, etag: `"${partNumber}"`, size: body.length }
    },
    async completeMultipart(key, uploadId, parts, signal) {
      throwIfCancelled(signal)
      const upload = uploading(uploadId)
      uploads.delete(uploadId)
      return set(key, Buffer.concat(parts.map(({ partNumber }) => upload.parts.get(partNumber) ?? new Uint8Array())))
    },
    async abortMultipart(_key, uploadId, signal) {
      throwIfCancelled(signal)
      uploads.delete(uploadId)
    },
    presign: () => Promise.reject(accessError('store.unsupported', { message: 'A memory store has no URLs.' })),
  }
  return store
}

function page(stored: readonly Stored[], request: ListRequest): ListPage {
  const after = request.continuation ?? request.startAfter ?? ''
  const most = Math.min(request.maxKeys ?? CAPABILITIES.maxKeysPerPage, CAPABILITIES.maxKeysPerPage)
  const objects: ObjectInfo[] = []
  const prefixes = new Set<string>()
  let last = ''
  for (const { info } of stored.toSorted((one, other) => compareKeys(one.info.key, other.info.key))) {
    if (!info.key.startsWith(request.prefix) || compareKeys(info.key, after) <= 0) continue
    const cut = request.delimiter === undefined ? -1 : info.key.indexOf(request.delimiter, request.prefix.length)
    const folder = cut < 0 || request.delimiter === undefined ? undefined : info.key.slice(0, cut + request.delimiter.length)
    if (folder !== undefined && (prefixes.has(folder) || after.startsWith(folder))) continue
    if (objects.length + prefixes.size === most) return { objects, prefixes: [...prefixes], continuation: last }
    if (folder === undefined) objects.push(info)
    else prefixes.add(folder)
    last = folder ?? info.key
  }
  return { objects, prefixes: [...prefixes] }
}

function slice(content: Uint8Array, range: ByteRange | undefined): Uint8Array {
  if (range === undefined) return content
  const start = 'suffix' in range ? Math.max(0, content.length - range.suffix) : range.start
  const end = 'suffix' in range ? content.length : Math.min(range.end, content.length)
  if (start < 0 || start >= end)
    throw accessError('object.range', { message: `Bytes ${start} to ${end} lie outside an object of ${content.length}.` })
  return content.subarray(start, end)
}

async function* stream(bytes: Uint8Array, request: MemoryRequest, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CHUNK) {
    throwIfCancelled(signal)
    const chunk = bytes.subarray(at, at + CHUNK)
    request.bytes += chunk.length
    yield chunk
  }
}

function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw accessError('request.cancelled', { message: 'The request was cancelled.', cause: signal.reason })
}
