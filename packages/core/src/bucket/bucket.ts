import type { AccessError } from '../error.ts'
import { isAccessError } from '../error.ts'
import type { Location } from '../location.ts'
import type { GetRequest, ObjectBody, ObjectInfo, ObjectStore, PutRequest } from '../ports/object-store.ts'
import { accessError } from '../reasons/index.ts'
import { forEachBounded } from './bounded.ts'
import { checkKeyIn } from './key.ts'
import { listObjects } from './listing.ts'
import { type UploadOptions, upload } from './upload.ts'

/** What became of a deletion of many objects. */
export interface DeletionResult {
  readonly deleted: readonly string[]
  readonly failed: readonly { readonly key: string; readonly error: AccessError }[]
}

const LIST_CONCURRENCY = 16
const DELETE_CONCURRENCY = 16

/**
 * A location of a bucket, the portable face of a cloud's driver. Keys are whole keys, as listings give them; one that is malformed or
 * lies outside the location is refused before a request is made.
 */
export class Bucket {
  readonly location: Location
  readonly #store: ObjectStore

  constructor(store: ObjectStore, location: Location) {
    this.#store = store
    this.location = location
  }

  /** The whole key of a path below the location; for a location that is one object, the path is empty. */
  keyOf(path: string): string {
    if (path.startsWith('/')) throw accessError('object.key', { message: 'The path is absolute.' })
    const key = `${this.location.prefix}${path}`
    checkKeyIn(this.location, key)
    return key
  }

  /** Every object of the location, or under a longer prefix, in key order. Many pages are fetched side by side. */
  async *list(
    options: { readonly prefix?: string; readonly concurrency?: number },
    signal: AbortSignal,
  ): AsyncGenerator<ObjectInfo, void, undefined> {
    for await (const page of this.listPages(options, signal)) yield* page
  }

  /** The same in the pieces it comes in. */
  async *listPages(
    options: { readonly prefix?: string; readonly concurrency?: number },
    signal: AbortSignal,
  ): AsyncGenerator<readonly ObjectInfo[], void, undefined> {
    const prefix = options.prefix ?? this.location.prefix
    if (!prefix.startsWith(this.location.prefix))
      throw accessError('object.outside', { message: `The prefix ${prefix} lies outside ${this.location.bucket}/${this.location.prefix}.` })
    const pages = listObjects(this.#store, prefix, { concurrency: options.concurrency ?? LIST_CONCURRENCY }, signal)
    for await (const page of pages) {
      // The prefix of one object is also that of `key.bak`: only the object itself belongs to the location.
      const inside = this.location.extent === 'object' ? page.filter((object) => object.key === this.location.prefix) : page
      if (inside.length > 0) yield inside
    }
  }

  async head(key: string, request: GetRequest, signal: AbortSignal): Promise<ObjectInfo> {
    checkKeyIn(this.location, key)
    return this.#store.head(key, request, signal)
  }

  async get(key: string, request: GetRequest, signal: AbortSignal): Promise<ObjectBody> {
    checkKeyIn(this.location, key)
    return this.#store.get(key, request, signal)
  }

  /** Reads an object, or a range of it, into memory; refused when it is longer than `maxBytes`. */
  async readAll(
    key: string,
    request: GetRequest & { readonly maxBytes: number },
    signal: AbortSignal,
  ): Promise<{ readonly info: ObjectInfo; readonly bytes: Uint8Array }> {
    const { maxBytes, ...rest } = request
    const { info, body, length } = await this.get(key, rest, signal)
    if (length > maxBytes) {
      await body[Symbol.asyncIterator]().return?.()
      throw accessError('object.too_large', { message: `The object ${key} has ${length} bytes to read; the limit is ${maxBytes}.` })
    }
    const bytes = new Uint8Array(length)
    let filled = 0
    for await (const chunk of body) {
      bytes.set(chunk, filled)
      filled += chunk.byteLength
    }
    return { info, bytes }
  }

  async put(key: string, body: Uint8Array, request: PutRequest, signal: AbortSignal): Promise<ObjectInfo> {
    checkKeyIn(this.location, key)
    return this.#store.put(key, body, request, signal)
  }

  /** Writes a stream of unknown length with bounded memory: one request when it is short, parallel parts otherwise. */
  async putStream(key: string, body: AsyncIterable<Uint8Array>, options: UploadOptions, signal: AbortSignal): Promise<ObjectInfo> {
    checkKeyIn(this.location, key)
    return upload(this.#store, key, body, options, signal)
  }

  async delete(key: string, request: { readonly versionId?: string }, signal: AbortSignal): Promise<void> {
    checkKeyIn(this.location, key)
    return this.#store.delete(key, request, signal)
  }

  /** Deletes many objects side by side. One that fails stops no other; cancellation stops all. */
  async deleteMany(keys: readonly string[], signal: AbortSignal): Promise<DeletionResult> {
    for (const key of keys) checkKeyIn(this.location, key)
    const deleted: string[] = []
    const failed: { key: string; error: AccessError }[] = []
    await forEachBounded(keys, DELETE_CONCURRENCY, async (key) => {
      try {
        await this.#store.delete(key, {}, signal)
        deleted.push(key)
      } catch (error) {
        if (signal.aborted || !isAccessError(error)) throw error
        failed.push({ key, error })
      }
    })
    return { deleted, failed }
  }
}
