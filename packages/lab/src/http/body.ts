import type { LabRequest } from './request.ts'

/** The body of a request, whole; undefined where it has more than `largest` bytes. `pace` waits for as long as a slow link would take. */
export async function receiveWhole(
  request: LabRequest,
  largest: number,
  pace?: (bytes: number) => Promise<void>,
): Promise<Buffer | undefined> {
  request.proceed()
  const chunks: Uint8Array[] = []
  let size = 0
  const incoming: AsyncIterable<Uint8Array> = request.incoming
  for await (const chunk of incoming) {
    size += chunk.byteLength
    if (size > largest) return undefined
    chunks.push(chunk)
    await pace?.(chunk.byteLength)
  }
  return Buffer.concat(chunks)
}

const LARGEST_FORM = 512 * 1024

/** The body of a request whose parameters stand in its query or in a form. One that is too large says nothing. */
export async function readForm(request: LabRequest): Promise<Buffer> {
  const body = request.method === 'POST' ? await receiveWhole(request, LARGEST_FORM) : undefined
  return body ?? Buffer.alloc(0)
}
