import { accessError } from '@sluice/core'

/** How much of a body is read, and for how long. */
export interface BodyLimits {
  readonly bytes: number
  readonly milliseconds: number
}

/** The bytes of a request's body. Throws `request.too_large`, `request.timeout`, and `request.cancelled` when the caller has gone. */
export async function readBytes(request: Request, limits: BodyLimits): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length') ?? 0) > limits.bytes) throw tooLarge(limits)
  const reader = request.body?.getReader()
  if (reader === undefined) return new Uint8Array()
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => reject(accessError('request.timeout', { message: 'The body did not arrive within the time the server allows.' })),
    limits.milliseconds,
  )
  const pieces: Uint8Array[] = []
  let size = 0
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), promise])
      if (done) return Buffer.concat(pieces)
      size += value.byteLength
      if (size > limits.bytes) throw tooLarge(limits)
      pieces.push(value)
    }
  } catch (thrown) {
    if (request.signal.aborted) throw accessError('request.cancelled', { message: 'The request was cancelled.', cause: thrown })
    throw thrown
  } finally {
    clearTimeout(timer)
    reader.releaseLock()
  }
}

function tooLarge({ bytes }: BodyLimits) {
  return accessError('request.too_large', { message: `The body is larger than ${bytes} bytes.` })
}
