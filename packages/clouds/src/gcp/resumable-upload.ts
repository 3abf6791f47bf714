import { type HttpResponse, type ObjectInfo, type UploadedPart, accessError, isAccessError } from '@sluice/core'
import { discard } from '../http/body.ts'
import { type BucketAccess, type GcsCall, answerOf, callSession } from './call.ts'
import { describedObject } from './object-info.ts'

/** A chunk that is not the last one has a multiple of this many bytes. https://cloud.google.com/storage/docs/performing-resumable-uploads#chunked-upload */
const CHUNK = 256 * 1024
/** Parts that came before their turn wait in memory; beyond this, whoever brings more waits. */
const HELD_LIMIT = 64 * 1024 * 1024

/**
 * One upload in parts, over one session of a resumable upload.
 *
 * Cloud Storage takes the bytes of a session in order and in whole chunks. So parts that come early are held until their turn, what does
 * not fill a chunk is held back, and one byte at least always is, for the end to have something to end with. After a failure it is
 * asked how much arrived: nothing is sent twice and nothing is left out.
 */
export interface ResumableUpload {
  add(partNumber: number, body: Uint8Array, signal: AbortSignal): Promise<UploadedPart>
  complete(parts: readonly UploadedPart[], signal: AbortSignal): Promise<ObjectInfo>
  abort(signal: AbortSignal): Promise<void>
}

/** `target` is the session: path and query of a URL that Google made. Whoever holds it may write the object. */
export function resumableUpload(access: BucketAccess, key: string, target: string): ResumableUpload {
  const early = new Map<number, Uint8Array>()
  const sizes = new Map<number, number>()
  let next = 1
  let queue: readonly Uint8Array[] = []
  let persisted = 0
  /** Whether a request of the session failed, so that nobody knows how much of it arrived. */
  let uncertain = false
  let pumping: Promise<void> | undefined
  let finished: ObjectInfo | undefined
  let waiters: readonly (() => void)[] = []

  const queued = (): number => queue.reduce((sum, block) => sum + block.byteLength, 0)
  const held = (): number => [...early.values()].reduce((sum, block) => sum + block.byteLength, 0)

  const call = (operation: string, headers: { readonly [name: string]: string }, body?: Uint8Array): Omit<GcsCall, 'query'> => ({
    operation,
    method: 'PUT',
    access: 'write',
    key,
    path: target,
    headers,
    accepts: [308],
    ...(body === undefined ? {} : { body }),
  })

  /** Takes note of what the session answered: how much it has, or the object that came of it. */
  async function settle(response: HttpResponse): Promise<void> {
    if (response.status !== 308) {
      finished = describedObject(await answerOf(response, 'objects.insert'))
      queue = []
      return
    }
    await discard(response)
    const last = /^bytes=0-(\d{1,15})$/.exec(response.headers['range'] ?? '')?.[1]
    const has = last === undefined ? 0 : Number(last) + 1
    if (has < persisted || has > persisted + queued()) throw strange(`it has ${has} bytes, of ${persisted} it had and ${queued()} more`)
    queue = dropped(queue, has - persisted)
    persisted = has
  }

  async function ask(request: Omit<GcsCall, 'query'>, signal: AbortSignal): Promise<void> {
    uncertain = true
    try {
      await settle(await callSession(access, request, signal))
    } catch (error) {
      throw sessionError(error, key)
    }
    uncertain = false
  }

  const status = (total: number | undefined, signal: AbortSignal): Promise<void> =>
    ask(call('objects.uploadStatus', { 'content-range': `bytes */${total ?? '*'}` }), signal)

  const sendChunk = (length: number, total: number | undefined, signal: AbortSignal): Promise<void> => {
    const range = `bytes ${persisted}-${persisted + length - 1}/${total ?? '*'}`
    return ask(call('objects.uploadChunk', { 'content-range': range }, taken(queue, length)), signal)
  }

  /** Sends whole chunks as long as there are any; of any number of callers one sends. */
  function pump(signal: AbortSignal): Promise<void> {
    pumping ??= (async () => {
      if (uncertain) await status(undefined, signal)
      while (queued() > CHUNK) await sendChunk(Math.floor((queued() - 1) / CHUNK) * CHUNK, undefined, signal)
    })().finally(() => (pumping = undefined))
    return pumping
  }

  /** Moves the parts whose turn it is into the queue, and wakes those who waited for that. */
  function advance(): void {
    for (let block = early.get(next); block !== undefined; block = early.get(next)) {
      early.delete(next)
      queue = [...queue, block]
      next += 1
    }
    for (const wake of waiters) wake()
    waiters = []
  }

  async function room(signal: AbortSignal): Promise<void> {
    while (held() > HELD_LIMIT) {
      signal.throwIfAborted()
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const stop = (): void => reject(cancelled())
      signal.addEventListener('abort', stop, { once: true })
      waiters = [...waiters, resolve]
      await promise.finally(() => signal.removeEventListener('abort', stop))
    }
  }

  return {
    add: async (partNumber, body, signal) => {
      // A part that comes once more, after its request failed, is there already.
      if (!sizes.has(partNumber)) {
        sizes.set(partNumber, body.byteLength)
        early.set(partNumber, body)
        advance()
      }
      if (early.has(partNumber)) await room(signal)
      else await pump(signal)
      return { partNumber, etag: `"part-${partNumber}"`, size: body.byteLength }
    },
    complete: async (parts, signal) => {
      if (finished !== undefined) return finished
      checkParts(parts, sizes, early.size, key)
      await pumping?.catch(() => undefined)
      const total = persisted + queued()
      if (uncertain) await status(total, signal)
      for (let before = -1; before < persisted;) {
        const object = finished
        if (object !== undefined) return object
        before = persisted
        await (queued() > 0 ? sendChunk(queued(), total, signal) : status(total, signal))
      }
      if (finished === undefined) throw strange('it has all bytes and does not end')
      return finished
    },
    abort: async (signal) => {
      await pumping?.catch(() => undefined)
      queue = []
      early.clear()
      const request = { ...call('objects.cancelUpload', { 'content-length': '0' }), method: 'DELETE' as const, accepts: [499, 404, 410] }
      await discard(await callSession(access, request, signal))
    },
  }
}

/** The parts named must be those that were brought, each once and none left out. */
function checkParts(parts: readonly UploadedPart[], sizes: ReadonlyMap<number, number>, early: number, key: string): void {
  const same = parts.length === sizes.size && parts.every((part) => sizes.get(part.partNumber) === part.size)
  if (same && early === 0) return
  throw accessError('gcp.rejected', { message: `The parts to complete ${key} from are not those that were uploaded, or one is missing.` })
}

/** A session that is gone answers 404 or 410; that is no word about the object. */
function sessionError(error: unknown, key: string): unknown {
  if (!isAccessError(error) || ![404, 410].includes(error.provider?.status ?? 0)) return error
  return uploadMissing(key, error)
}

export function uploadMissing(key: string, cause?: unknown): Error {
  return accessError('upload.missing', {
    message: `There is no such upload of ${key}: it was completed or aborted, or never begun here.`,
    ...(isAccessError(cause) && cause.provider !== undefined ? { provider: cause.provider } : {}),
    cause,
  })
}

function taken(blocks: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = blocks
  if (first !== undefined && first.byteLength >= length) return first.subarray(0, length)
  return Buffer.concat(blocks).subarray(0, length)
}

function dropped(blocks: readonly Uint8Array[], length: number): readonly Uint8Array[] {
  let left = length
  return blocks.flatMap((block) => {
    const rest = block.subarray(Math.min(left, block.byteLength))
    left -= block.byteLength - rest.byteLength
    return rest.byteLength === 0 ? [] : [rest]
  })
}

function strange(detail: string): Error {
  return accessError('network.protocol', { message: `The session of an upload is not where it should be: ${detail}.` })
}

function cancelled(): Error {
  return accessError('request.cancelled', { message: 'The upload was cancelled.' })
}
