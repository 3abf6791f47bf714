import { accessError, isAccessError } from '@sluice/core'

/** Something done for a caller: its signal, and a way to stop it or to let go of it. */
export interface Work {
  readonly signal: AbortSignal
  readonly abort: () => void
  /** To be called when it is done: what it listened to may live much longer. */
  readonly end: () => void
}

/** Starts work that ends with any of `sources` (the caller has gone, the server stops), or after `limitMs` where that is given. */
export function startWork(sources: readonly AbortSignal[], limitMs?: number): Work {
  const controller = new AbortController()
  const stops = sources.map((source) => {
    const stop = () => controller.abort(reasonOf(source))
    if (source.aborted) stop()
    source.addEventListener('abort', stop, { once: true })
    return () => source.removeEventListener('abort', stop)
  })
  const late = () => controller.abort(accessError('request.timeout', { message: 'The request took longer than the server allows.' }))
  const timer = limitMs === undefined ? undefined : setTimeout(late, limitMs)
  return {
    signal: controller.signal,
    abort: () => controller.abort(),
    end: () => {
      clearTimeout(timer)
      for (const stop of stops) stop()
    },
  }
}

/** Why the work ends with this source. Of a caller who has gone, the HTTP library says so in a text, which as an error would be a defect. */
function reasonOf({ reason }: AbortSignal): unknown {
  return isAccessError(reason) ? reason : accessError('request.cancelled', { message: 'The request was cancelled.', cause: reason })
}
