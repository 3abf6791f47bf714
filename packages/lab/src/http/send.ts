import type { ServerResponse } from 'node:http'
import type { Answer } from './answer.ts'

export interface SendRules {
  /** HEAD and 304 have headers only. */
  readonly headOnly: boolean
  readonly truncateAfter: number | undefined
  readonly pace: (bytes: number) => Promise<void>
  readonly signal: AbortSignal
}

/** Sends an answer at the pace of its reader; gives the number of body bytes sent. */
export async function sendAnswer(response: ServerResponse, answer: Answer, rules: SendRules): Promise<number> {
  const { body } = answer
  const length = body === undefined ? 0 : body instanceof Uint8Array ? body.byteLength : body.length
  const bodiless = rules.headOnly || answer.status === 204 || answer.status === 304
  response.writeHead(answer.status, {
    ...answer.headers,
    ...(answer.status === 204 || answer.status === 304
      ? {}
      : { 'content-length': rules.headOnly && answer.code !== undefined ? 0 : length }),
  })
  if (bodiless || body === undefined) {
    response.end()
    return 0
  }
  let sent = 0
  for await (const piece of body instanceof Uint8Array ? [body] : body.open()) {
    const cut = rules.truncateAfter === undefined ? piece : piece.subarray(0, Math.max(0, rules.truncateAfter - sent))
    await rules.pace(cut.byteLength)
    if (rules.signal.aborted) return sent
    await write(response, cut, rules.signal)
    sent += cut.byteLength
    if (cut.byteLength < piece.byteLength || sent === rules.truncateAfter) {
      // Only what has left the process is received: cut the connection once it has.
      response.socket?.end(() => response.destroy())
      return sent
    }
  }
  response.end()
  return sent
}

async function write(response: ServerResponse, piece: Uint8Array, signal: AbortSignal): Promise<void> {
  if (response.write(piece) || signal.aborted) return
  await new Promise<void>((resolve) => {
    const done = (): void => {
      response.off('drain', done)
      response.off('close', done)
      resolve()
    }
    response.on('drain', done)
    response.on('close', done)
  })
}
