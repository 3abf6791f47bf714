import { type GetRequest, type ObjectBody, type ObjectStore, type StoreLayer, isAccessError } from '@sluice/core'
import { type RetryPolicy, retry } from './retry.ts'

/**
 * The one place where requests to a store are repeated: those that may be done twice, after errors that may pass.
 *
 * A body that is cut is continued where it ended, pinned to the version it began with, so that a reader sees whole bytes or an error.
 * Beginning an upload and a put that must not overwrite are not repeated: after an answer was lost nobody knows whether they happened.
 */
export function withRetries(policy: RetryPolicy): StoreLayer {
  const again = <T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T> => retry(attempt, policy, signal)
  return (store) => ({
    cloud: store.cloud,
    bucket: store.bucket,
    capabilities: store.capabilities,
    listPage: (request, signal) => again(() => store.listPage(request, signal), signal),
    head: (key, request, signal) => again(() => store.head(key, request, signal), signal),
    get: async (key, request, signal) => {
      const first = await again(() => store.get(key, request, signal), signal)
      return { ...first, body: resumed(store, key, request, first, policy, signal) }
    },
    put: (key, body, request, signal) =>
      request.ifNoneMatch === undefined
        ? again(() => store.put(key, body, request, signal), signal)
        : store.put(key, body, request, signal),
    delete: (key, request, signal) => again(() => store.delete(key, request, signal), signal),
    createMultipart: (key, request, signal) => store.createMultipart(key, request, signal),
    uploadPart: (key, uploadId, partNumber, body, signal) => again(() => store.uploadPart(key, uploadId, partNumber, body, signal), signal),
    completeMultipart: (key, uploadId, parts, signal) => again(() => store.completeMultipart(key, uploadId, parts, signal), signal),
    abortMultipart: (key, uploadId, signal) => again(() => store.abortMultipart(key, uploadId, signal), signal),
    presign: (key, request) => store.presign(key, request),
  })
}

/** The bytes of `first`, fetched on from where the connection ended. Each piece that arrives earns new patience. */
function resumed(
  store: ObjectStore,
  key: string,
  request: GetRequest,
  first: ObjectBody,
  policy: RetryPolicy,
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]: () => {
      let source = first.body[Symbol.asyncIterator]()
      let delivered = 0
      let failed: unknown
      const reopen = async (): Promise<void> => {
        const start = offsetOf(request, first) + delivered
        const rest = await store.get(
          key,
          { ...request, ifMatch: request.ifMatch ?? first.info.etag, range: { start, end: offsetOf(request, first) + first.length } },
          signal,
        )
        source = rest.body[Symbol.asyncIterator]()
      }
      const step = async (): Promise<IteratorResult<Uint8Array>> => {
        if (failed !== undefined) {
          await reopen()
          failed = undefined
        }
        try {
          return await source.next()
        } catch (error) {
          if (isAccessError(error)) failed = error
          throw error
        }
      }
      return {
        next: async () => {
          const result = await retry(step, policy, signal)
          if (result.done !== true) delivered += result.value.byteLength
          return result
        },
        return: async () => {
          await source.return?.()
          return { done: true, value: undefined }
        },
      }
    },
  }
}

/** Where in the object the body begins. */
function offsetOf(request: GetRequest, first: ObjectBody): number {
  if (request.range === undefined) return 0
  return 'suffix' in request.range ? first.info.size - first.length : request.range.start
}
