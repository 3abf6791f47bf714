import { jsonAnswer, type Answer } from '../http/answer.ts'
import type { LabRequest } from '../http/request.ts'

export function problem(status: number, detail: string): Answer {
  return jsonAnswer({ status, detail }, { 'content-type': 'application/problem+json' }, status)
}

/** The text of a JSON body, or the answer to one that is of another type or larger than that. */
export async function readJsonText(request: LabRequest, largest: number): Promise<string | Answer> {
  // A form of another site cannot send this type without being asked for first.
  if (!/^application\/json\b/.test(request.headers.get('content-type') ?? '')) return problem(415, 'Send application/json.')
  request.proceed()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.incoming as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    if (size > largest) return problem(413, `The body has at most ${largest} bytes.`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
