import { isAccessError } from '@sluice/core'
import type { Answer } from '../http/answer.ts'
import type { Injection, FaultSubject } from '../http/faults.ts'
import type { RequestLogEntry } from '../http/request-log.ts'
import { sendAnswer } from '../http/send.ts'
import type { Exchange } from '../http/server.ts'
import type { Identified } from './call.ts'
import { AwsError } from './error.ts'
import { identify } from './identify.ts'
import { hostId } from './s3/service.ts'
import type { AwsState } from './state/types.ts'

export interface HandleDeps {
  readonly state: AwsState
  readonly inject: (subject: FaultSubject) => Injection
  readonly log: (entry: RequestLogEntry) => void
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** Real milliseconds, for durations. */
  readonly stopwatch: () => number
}

// Bodies that nobody wanted are read to their end up to here, so that the client gets to read the answer.
const MAX_DRAIN_BYTES = 64 * 1024 * 1024

/** Answers one request to AWS and writes it into the log. */
export async function handleAws(exchange: Exchange, deps: HandleDeps): Promise<void> {
  const { request, response, signal } = exchange
  const started = deps.stopwatch()
  let principal = '-'
  let sent = { status: 0, bytes: 0, code: undefined as string | undefined }
  let identified: Identified | undefined
  let injection: Injection | undefined
  try {
    identified = await identify(request)
    injection = deps.inject(identified)
    if (injection.latencyMs > 0) await deps.sleep(injection.latencyMs, signal)
    const { ending } = injection
    if (ending?.kind === 'hang') {
      await closed(signal)
      return
    }
    if (ending?.kind === 'reset') {
      // resetAndDestroy sends RST: the client sees ECONNRESET, not an orderly end.
      request.incoming.socket.resetAndDestroy()
      return
    }
    const { pace } = injection
    const paced = (bytes: number): Promise<void> => pace(bytes, signal)
    const answer = ending
      ? identified.refuse(new AwsError(ending.status, ending.code, ending.message ?? DEFAULT_MESSAGES[ending.code] ?? ending.code))
      : await answerTo(identified, deps, exchange, paced, (arn) => (principal = arn))
    await drain(exchange)
    const bytes = await sendAnswer(response, withCommonHeaders(answer, request.id, deps.state.clock.now()), {
      headOnly: request.method === 'HEAD',
      truncateAfter: injection.truncateAfter,
      pace: paced,
      signal,
    })
    sent = { status: answer.status, bytes, code: answer.code }
  } catch {
    // The client is gone or the connection broke: there is nobody to answer.
    response.destroy()
  } finally {
    const range = request.headers.get('range')
    deps.log({
      id: request.id,
      at: new Date(deps.state.clock.now()).toISOString(),
      operation: identified?.operation ?? 'unknown',
      principal,
      ...(identified?.bucket === undefined ? {} : { bucket: identified.bucket }),
      ...(identified?.key === undefined ? {} : { key: identified.key }),
      ...(range === undefined ? {} : { range }),
      status: sent.status,
      ...(sent.code === undefined ? {} : { code: sent.code }),
      ms: Math.round((deps.stopwatch() - started) * 10) / 10,
      bytesOut: sent.bytes,
      ...(injection && injection.ids.length > 0 ? { faults: injection.ids } : {}),
    })
  }
}

const DEFAULT_MESSAGES: { readonly [code: string]: string } = {
  SlowDown: 'Please reduce your request rate.',
  InternalError: 'We encountered an internal error. Please try again.',
  ServiceUnavailable: 'Service is unable to handle request.',
  AccessDenied: 'Access Denied',
  AllAccessDisabled: 'All access to this object has been disabled',
  RequestTimeTooSkewed: 'The difference between the request time and the current time is too large.',
}

async function answerTo(
  identified: Identified,
  deps: HandleDeps,
  exchange: Exchange,
  pace: (bytes: number) => Promise<void>,
  onIdentified: (arn: string) => void,
): Promise<Answer> {
  try {
    return await identified.run({ state: deps.state, request: exchange.request, pace, identified: onIdentified })
  } catch (error) {
    if (error instanceof AwsError) return identified.refuse(error)
    if (exchange.signal.aborted) throw error
    const message = isAccessError(error) || error instanceof Error ? error.message : 'unknown'
    return identified.refuse(new AwsError(500, 'InternalError', `We encountered an internal error. Please try again. (lab: ${message})`))
  }
}

async function drain({ request, response }: Exchange): Promise<void> {
  const { incoming } = request
  if (incoming.complete || incoming.readableEnded) return
  if (request.headers.get('expect') !== undefined || Number(request.headers.get('content-length') ?? 0) > MAX_DRAIN_BYTES) {
    // The rest of the body never comes, or is not worth reading: this connection is not used again.
    response.setHeader('connection', 'close')
    return
  }
  let size = 0
  for await (const chunk of incoming as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    if (size > MAX_DRAIN_BYTES) {
      response.setHeader('connection', 'close')
      return
    }
  }
}

function withCommonHeaders(answer: Answer, requestId: string, now: number): Answer {
  return {
    ...answer,
    headers: { server: 'sluice-lab', date: new Date(now).toUTCString(), 'x-amz-id-2': hostId(requestId), ...answer.headers },
  }
}

async function closed(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
