import type { Work } from './work.ts'

/** How a stream of events is written. */
export type StreamForm = 'application/x-ndjson' | 'text/event-stream'

/** Which form the Accept header asks for; undefined when it names neither. */
export function acceptedForm(accept: string | undefined): StreamForm | undefined {
  if (accept === undefined) return undefined
  if (/\btext\/event-stream\b/i.test(accept)) return 'text/event-stream'
  return /\bapplication\/(x-)?ndjson\b/i.test(accept) ? 'application/x-ndjson' : undefined
}

/**
 * Writes events as they come, one at a time as fast as the reader takes them.
 *
 * A reader who goes away aborts `work`. `events` must not throw: what goes wrong is an event too.
 */
export function streamResponse<E extends { readonly type: string }>(
  events: AsyncIterator<E>,
  form: StreamForm,
  work: Work,
  heartbeatMs: number,
): Response {
  const encoder = new TextEncoder()
  let heartbeat: NodeJS.Timeout | undefined
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      // Only server-sent events have a way to say nothing; it keeps proxies from closing a silent stream.
      if (form !== 'text/event-stream') return
      const beat = encoder.encode(': alive\n\n')
      // A reader who does not read needs no sign of life, and must not gather them.
      heartbeat = setInterval(() => (controller.desiredSize ?? 0) > 0 && controller.enqueue(beat), heartbeatMs)
    },
    async pull(controller) {
      const next = await events.next()
      if (next.done === true) {
        clearInterval(heartbeat)
        work.end()
        controller.close()
      } else controller.enqueue(encoder.encode(write(next.value, form)))
    },
    async cancel() {
      clearInterval(heartbeat)
      work.abort()
      work.end()
      await events.return?.()
    },
  })
  return new Response(body, { headers: { 'content-type': form, 'x-accel-buffering': 'no' } })
}

function write(event: { readonly type: string }, form: StreamForm): string {
  const data = JSON.stringify(event)
  return form === 'text/event-stream' ? `event: ${event.type}\ndata: ${data}\n\n` : `${data}\n`
}

/** Yields what a callback is told while an iterable runs, between what the iterable yields. */
export async function* withProgress<P, T>(
  run: (onProgress: (progress: P) => void) => AsyncIterable<T>,
): AsyncGenerator<{ readonly progress: P } | { readonly value: T }, void, undefined> {
  // Only the newest progress matters: a slow reader skips what is stale instead of piling it up.
  let latest: { readonly progress: P } | undefined
  let wake = Promise.withResolvers<void>()
  const iterator = run((progress) => {
    latest = { progress }
    wake.resolve()
  })[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = iterator.next()
      let arrived = false
      const settled = next.then(
        () => (arrived = true),
        () => (arrived = true),
      )
      for (;;) {
        await Promise.race([settled, wake.promise])
        wake = Promise.withResolvers<void>()
        const told = latest
        latest = undefined
        if (told !== undefined) yield told
        if (arrived) break
      }
      const result = await next
      if (result.done === true) return
      yield { value: result.value }
    }
  } finally {
    await iterator.return?.()
  }
}

/** Waits for the first event, so that an error before any result can still set the status. */
export async function started<T>(events: AsyncGenerator<T, void, undefined>): Promise<AsyncGenerator<T, void, undefined>> {
  const first = await events.next()
  return (async function* () {
    if (first.done === true) return
    try {
      yield first.value
      yield* events
    } finally {
      await events.return()
    }
  })()
}
