import { isAccessError, type Clock } from '@sluice/core'
import type { Answer } from './answer.ts'
import type { CloudOperation, LabCloud } from './cloud.ts'
import type { Injection, FaultSubject } from './faults.ts'
import type { RequestLogEntry } from './request-log.ts'
import { sendAnswer } from './send.ts'
import type { Exchange } from './server.ts'

export interface HandleDeps {
  /** Asked in order; the last takes what no other knows. */
  readonly clouds: readonly LabCloud[]
  readonly clock: Clock
  readonly inject: (subject: FaultSubject) => Injection
  readonly log: (entry: RequestLogEntry) => void
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** Real milliseconds, for durations. */
  readonly stopwatch: () => number
}

// Bodies that nobody wanted are read to their end up to here, so that the client gets to read the answer.
const MAX_DRAIN_BYTES = 64 * 1024 * 1024

/** Answers one request to a cloud and writes it into the log. */
export async function handleCloud(exchange: Exchange, deps: HandleDeps): Promise<void> {
  const { request, response, signal } = exchange
  const started = deps.stopwatch()
  let principal = '-'
  let sent = { status: 0, bytes: 0, code: undefined as string | undefined }
  let identified: CloudOperation | undefined
  let injection: Injection | undefined
  try {
    identified = await identify(request, deps.clouds)
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
      ? identified.refuse({
          status: ending.status,
          code: ending.code,
          message: ending.message ?? DEFAULT_MESSAGES[ending.code] ?? ending.code,
        })
      : await answerTo(identified, exchange, paced, (name) => (principal = name))
    await drain(exchange)
    const bytes = await sendAnswer(response, withCommonHeaders(answer, identified.headers(request.id), deps.clock.now()), {
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
      at: new Date(deps.clock.now()).toISOString(),
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
  ServerBusy: 'The server is currently unable to receive requests. Please retry your request.',
  OperationTimedOut: 'The operation could not be completed within the permitted time.',
  AccessDenied: 'Access Denied',
  AllAccessDisabled: 'All access to this object has been disabled',
  RequestTimeTooSkewed: 'The difference between the request time and the current time is too large.',
}

async function answerTo(
  operation: CloudOperation,
  exchange: Exchange,
  pace: (bytes: number) => Promise<void>,
  identified: (principal: string) => void,
): Promise<Answer> {
  try {
    return await operation.run({ request: exchange.request, pace, identified })
  } catch (error) {
    if (exchange.signal.aborted) throw error
    const message = isAccessError(error) || error instanceof Error ? error.message : 'unknown'
    return operation.refuse({
      status: 500,
      code: 'InternalError',
      message: `We encountered an internal error. Please try again. (lab: ${message})`,
    })
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

async function identify(request: Exchange['request'], clouds: readonly LabCloud[]): Promise<CloudOperation> {
  for (const cloud of clouds) {
    const operation = await cloud.identify(request)
    if (operation !== undefined) return operation
  }
  throw new Error(`No cloud of the lab answers for ${request.host}.`)
}

function withCommonHeaders(answer: Answer, headers: Answer['headers'], now: number): Answer {
  return { ...answer, headers: { server: 'sluice-lab', date: new Date(now).toUTCString(), ...headers, ...answer.headers } }
}

async function closed(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
