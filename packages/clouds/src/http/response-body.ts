import type { IncomingMessage } from 'node:http'
import { type HttpRequest, accessError } from '@sluice/core'
import { cancelled, networkError } from './network-error.ts'

/** The body of an answer without one. */
export const EMPTY_BODY: AsyncIterable<Uint8Array> = {
  [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }),
}

/**
 * The body of a response as an iterable that cannot end early unnoticed: it throws `network.truncated` when fewer bytes came
 * than were announced, and `network.timeout` when none came for `idleMs` while they were asked for.
 */
export function responseBody(
  response: IncomingMessage,
  request: HttpRequest,
  idleMs: number,
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  const announced = announcedLength(response)
  return { [Symbol.asyncIterator]: () => iterate(response, request, announced, idleMs, signal) }
}

/** Whether an answer has no body to read. Its connection is then freed without a reader. */
export function isBodiless(response: IncomingMessage, request: HttpRequest): boolean {
  return request.method === 'HEAD' || response.statusCode === 204 || response.statusCode === 304 || announcedLength(response) === 0
}

function announcedLength(response: IncomingMessage): number | undefined {
  const header = response.headers['content-length']
  return header === undefined ? undefined : Number(header)
}

/** Not a generator: a generator that was never begun does not run its `finally` when it is returned, and the connection would stay. */
function iterate(
  response: IncomingMessage,
  request: HttpRequest,
  announced: number | undefined,
  idleMs: number,
  signal: AbortSignal,
): AsyncIterator<Uint8Array> {
  const source: AsyncIterator<unknown> = response[Symbol.asyncIterator]()
  let received = 0
  const truncated = (cause?: unknown) =>
    accessError('network.truncated', {
      message: `${request.url.host} ended its answer after ${received} of ${announced ?? 'an unknown number of'} bytes (${request.operation}).`,
      ...(cause === undefined ? {} : { cause }),
    })
  const translate = (error: unknown): Error => {
    if (signal.aborted) return cancelled(request, signal.reason)
    const cut = error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'ERR_STREAM_PREMATURE_CLOSE')
    return cut ? truncated(error) : networkError(error, request)
  }
  return {
    next: async () => {
      const timer = setTimeout(
        () => response.destroy(accessError('network.timeout', { message: `${request.url.host} stopped sending (${request.operation}).` })),
        idleMs,
      )
      try {
        const step = await source.next()
        if (step.done === true) {
          if (announced !== undefined && received < announced) throw truncated()
          return { done: true, value: undefined }
        }
        const chunk = step.value
        // Without an encoding set, the chunks of a stream are Buffers.
        if (!(chunk instanceof Uint8Array)) throw new TypeError('a chunk that is not bytes')
        received += chunk.byteLength
        return { done: false, value: chunk }
      } catch (error) {
        throw translate(error)
      } finally {
        clearTimeout(timer)
      }
    },
    return: async () => {
      if (!response.readableEnded) response.destroy()
      // Swallowed: the reader said that it wants no more.
      await source.return?.().catch(() => undefined)
      return { done: true, value: undefined }
    },
  }
}
