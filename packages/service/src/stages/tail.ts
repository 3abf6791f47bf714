import { isAccessError, type GetRequest, type ObjectBody, type ObjectInfo, type ObjectStore } from '@sluice/core'

/** As much as an engine reads first of a Parquet file: most footers fit. */
export const TAIL_BYTES = 256 * 1024

/** An object, and the store to read it from. */
export interface Headed {
  readonly info: ObjectInfo
  readonly store: ObjectStore
}

/**
 * Finds out about an object by reading its end, which a query of a Parquet file needs next anyway: one round trip instead of two.
 * The store that comes back answers reads of those bytes, of this very version of the object, from memory.
 */
export async function headWithTail(store: ObjectStore, key: string, signal: AbortSignal): Promise<Headed> {
  let answer: ObjectBody
  try {
    answer = await store.get(key, { range: { suffix: TAIL_BYTES } }, signal)
  } catch (error) {
    // What else there is to refuse is the range: of an object without bytes, or by a store that knows no suffixes.
    const isFinal = isAccessError(error) && ['not_found', 'denied', 'forbidden', 'unavailable', 'limited'].includes(error.code)
    if (isFinal || signal.aborted) throw error
    return { info: await store.head(key, {}, signal), store }
  }
  const chunks: Uint8Array[] = []
  for await (const chunk of answer.body) chunks.push(chunk)
  return { info: answer.info, store: withTail(store, answer.info, Buffer.concat(chunks)) }
}

function withTail(store: ObjectStore, info: ObjectInfo, tail: Uint8Array): ObjectStore {
  const from = info.size - tail.byteLength
  const isHeld = (key: string, { range, ifMatch, versionId }: GetRequest) =>
    key === info.key &&
    (ifMatch === undefined || ifMatch === info.etag) &&
    (versionId === undefined || versionId === info.versionId) &&
    range !== undefined &&
    'start' in range &&
    range.start >= from &&
    range.end <= info.size
  return {
    ...store,
    async get(key, request, signal) {
      const { range } = request
      if (!range || !('start' in range) || !isHeld(key, request)) return store.get(key, request, signal)
      signal.throwIfAborted()
      const bytes = tail.subarray(range.start - from, range.end - from)
      return { info, body: once(bytes), length: bytes.byteLength }
    },
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
