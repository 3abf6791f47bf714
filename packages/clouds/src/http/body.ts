import { type HttpResponse, accessError } from '@sluice/core'

/** Reads a body whole, refusing to hold more than `limit` bytes. */
export async function readBody(response: HttpResponse, limit: number, operation: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body) {
    length += chunk.byteLength
    if (length > limit)
      throw accessError('network.protocol', {
        message: `The answer to ${operation} is longer than ${limit} bytes, which none of its kind is.`,
      })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, length)
}

/** Reads a body as UTF-8 text. */
export async function readText(response: HttpResponse, limit: number, operation: string): Promise<string> {
  return new TextDecoder().decode(await readBody(response, limit, operation))
}

/** Lets go of a body that nobody reads. */
export async function discard(response: HttpResponse): Promise<void> {
  await response.body[Symbol.asyncIterator]().return?.()
}
