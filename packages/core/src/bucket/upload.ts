import type { ObjectInfo, ObjectStore, PutRequest, UploadedPart } from '../ports/object-store.ts'
import { accessError } from '../reasons/index.ts'

export interface UploadOptions extends PutRequest {
  /** Bytes a part; what is shorter goes in one request. Grows for very long objects, which would need too many parts. */
  readonly partBytes?: number
  /** Parts under way at a time. Memory held is about this many parts and one more. */
  readonly concurrency?: number
}

const PART_BYTES = 8 * 1024 * 1024
const CONCURRENCY = 4
/** The longest object for a store that takes no parts: it is held in memory. */
const WHOLE_BYTES = 64 * 1024 * 1024
/** Every so many parts the size of the next ones doubles, so that 10,000 parts reach the largest objects. */
const DOUBLE_EVERY = 1_000
/** Cleaning up after a failure gets a time of its own: the caller's signal may be what failed. */
const ABORT_MS = 30_000

/** Writes a stream as one object: in one request when it is short, in parallel parts otherwise. After a failure no part stays behind. */
export async function upload(
  store: ObjectStore,
  key: string,
  body: AsyncIterable<Uint8Array>,
  options: UploadOptions,
  signal: AbortSignal,
): Promise<ObjectInfo> {
  const { partBytes, concurrency, ...request } = options
  if (!store.capabilities.multipart) return store.put(key, await inOnePiece(key, body), request, signal)
  const size = Math.max(partBytes ?? PART_BYTES, store.capabilities.minPartBytes)
  const grows = store.capabilities.equalParts !== true
  const blocks = inBlocks(body, (index) => (grows ? size * 2 ** Math.floor(index / DOUBLE_EVERY) : size))
  const first = await blocks.next()
  if (first.done === true) return store.put(key, new Uint8Array(), request, signal)
  const second = await blocks.next()
  if (second.done === true) return store.put(key, first.value, request, signal)
  if (request.ifNoneMatch !== undefined) {
    await blocks.return(undefined)
    throw accessError('store.unsupported', {
      message: `An object of more than ${size} bytes cannot be written on condition that there is none.`,
    })
  }
  return inParts(store, key, chain([first.value, second.value], blocks), { ...request, concurrency: concurrency ?? CONCURRENCY }, signal)
}

async function inParts(
  store: ObjectStore,
  key: string,
  blocks: AsyncIterable<Uint8Array>,
  options: PutRequest & { readonly concurrency: number },
  signal: AbortSignal,
): Promise<ObjectInfo> {
  const { concurrency, ...request } = options
  const uploadId = await store.createMultipart(key, request, signal)
  const stop = new AbortController()
  const inner = AbortSignal.any([signal, stop.signal])
  const done: UploadedPart[] = []
  const running = new Set<Promise<void>>()
  const failures: unknown[] = []
  try {
    let partNumber = 0
    for await (const block of blocks) {
      partNumber += 1
      if (partNumber > store.capabilities.maxParts)
        throw accessError('object.too_large', { message: `The object ${key} needs more than ${store.capabilities.maxParts} parts.` })
      const part: Promise<void> = store
        .uploadPart(key, uploadId, partNumber, block, inner)
        .then((uploaded) => void done.push(uploaded))
        .catch((error: unknown) => void failures.push(error))
        .finally(() => running.delete(part))
      running.add(part)
      if (running.size >= concurrency) await Promise.race(running)
      if (failures.length > 0) throw failures[0]
    }
    await Promise.all(running)
    if (failures.length > 0) throw failures[0]
    return await store.completeMultipart(
      key,
      uploadId,
      done.toSorted((one, other) => one.partNumber - other.partNumber),
      signal,
    )
  } catch (error) {
    stop.abort()
    await Promise.all(running)
    // What cannot be aborted now stays for the bucket's lifecycle rule; the first failure is the one to tell.
    await store.abortMultipart(key, uploadId, AbortSignal.timeout(ABORT_MS)).catch(() => undefined)
    throw error
  }
}

/** A stream as one piece, for stores that take no parts. What is longer than a server can hold is refused. */
async function inOnePiece(key: string, body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.byteLength
    if (length > WHOLE_BYTES)
      throw accessError('object.too_large', {
        message: `The object ${key} has more than ${WHOLE_BYTES} bytes, and this store takes none in parts.`,
        remedy: 'Write it as several smaller objects.',
      })
    chunks.push(chunk.slice())
  }
  const whole = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.byteLength
  }
  return whole
}

/** Cuts a stream into blocks of a size; only the last is shorter. Each block is a buffer of its own. */
async function* inBlocks(
  body: AsyncIterable<Uint8Array>,
  sizeOf: (index: number) => number,
): AsyncGenerator<Uint8Array, undefined, undefined> {
  let index = 0
  let block = new Uint8Array(sizeOf(index))
  let filled = 0
  for await (const chunk of body) {
    for (let taken = 0; taken < chunk.byteLength;) {
      const piece = chunk.subarray(taken, taken + block.byteLength - filled)
      block.set(piece, filled)
      filled += piece.byteLength
      taken += piece.byteLength
      if (filled < block.byteLength) continue
      yield block
      index += 1
      block = new Uint8Array(sizeOf(index))
      filled = 0
    }
  }
  if (filled > 0) yield block.subarray(0, filled)
  return undefined
}

async function* chain(first: readonly Uint8Array[], rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  yield* first
  yield* rest
}
