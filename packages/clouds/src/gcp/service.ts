import {
  type Clock,
  type HttpRequest,
  type JsonObject,
  type ProviderError,
  type ReasonName,
  type Transport,
  accessError,
} from '@sluice/core'
import { readText } from '../http/body.ts'
import { encodeQuery } from '../store/encoding.ts'
import { serviceError } from './errors.ts'
import { parseJsonObject } from '../http/json.ts'

/** With what Google's token services are asked. */
export interface GoogleCaller {
  readonly transport: Transport
  readonly clock: Clock
  readonly tenant?: string
}

/** One request to a token service. */
export interface ServiceRequest {
  readonly operation: string
  readonly url: string
  /** What it is about, for the message of a refusal. */
  readonly subject: string
  readonly body: { readonly form: { readonly [name: string]: string } } | { readonly json: JsonObject }
  /** The access token to show. */
  readonly token?: string
  /** Whatever of these the answer repeats is left out of errors. */
  readonly secrets: readonly string[]
  /** What the refusals mean that this service words in its own way. */
  readonly reasonOf: (provider: ProviderError) => ReasonName | undefined
}

const ANSWER_LIMIT = 256 * 1024

/** Asks one of Google's token services, all of which answer with a JSON object. */
export async function askService(caller: GoogleCaller, request: ServiceRequest, signal: AbortSignal): Promise<JsonObject> {
  const { operation, subject, secrets, reasonOf } = request
  const response = await caller.transport(
    {
      method: 'POST',
      url: new URL(request.url),
      headers: headersOf(request),
      body: new TextEncoder().encode('form' in request.body ? encodeQuery(request.body.form) : JSON.stringify(request.body.json)),
      operation,
      ...(caller.tenant === undefined ? {} : { tenant: caller.tenant }),
    },
    signal,
  )
  const text = await readText(response, ANSWER_LIMIT, operation)
  if (response.status !== 200) {
    const known = request.token === undefined ? secrets : [...secrets, request.token]
    throw serviceError({ operation, status: response.status, headers: response.headers, text, subject, secrets: known }, reasonOf)
  }
  const answer = parseJsonObject(text)
  if (answer === undefined) throw accessError('network.protocol', { message: `The answer to ${operation} is not a JSON object.` })
  return answer
}

function headersOf({ body, token }: ServiceRequest): HttpRequest['headers'] {
  return {
    'content-type': 'form' in body ? 'application/x-www-form-urlencoded' : 'application/json',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  }
}

/** What every answer with a token must hold. */
export function requiredText(answer: JsonObject, name: string, operation: string): string {
  const value = answer[name]
  if (typeof value === 'string' && value !== '') return value
  throw accessError('network.protocol', { message: `The answer to ${operation} has no ${name}.` })
}
