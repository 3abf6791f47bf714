import { jsonAnswer, type Answer } from '../http/answer.ts'
import { receiveWhole } from '../http/body.ts'
import type { LabRequest } from '../http/request.ts'

export function problem(status: number, detail: string): Answer {
  return jsonAnswer({ status, detail }, { 'content-type': 'application/problem+json' }, status)
}

/** The text of a JSON body, or the answer to one that is of another type or larger than that. */
export async function readJsonText(request: LabRequest, largest: number): Promise<string | Answer> {
  // A form of another site cannot send this type without being asked for first.
  if (!/^application\/json\b/.test(request.headers.get('content-type') ?? '')) return problem(415, 'Send application/json.')
  const body = await receiveWhole(request, largest)
  return body === undefined ? problem(413, `The body has at most ${largest} bytes.`) : body.toString()
}
