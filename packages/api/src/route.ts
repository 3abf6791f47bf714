import { z } from 'zod'

/** What a route takes when it takes nothing. */
export const none = z.strictObject({})
type None = typeof none

/** One route of the HTTP API, as a value: the server, the client and the OpenAPI document are all made from it. */
export interface Route<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
  Event extends z.ZodType = z.ZodType,
> {
  /** Noun and verb, `connection.create`: OpenAPI's operationId and the name in logs. */
  readonly id: string
  readonly summary: string
  readonly description?: string
  readonly method: 'get' | 'post' | 'patch' | 'delete'
  /** With `{name}` for parameters. */
  readonly path: string
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly status: 200 | 201 | 204
  readonly answer: Answer
  /** What the route streams, one JSON object after another, instead of or beside its answer. */
  readonly events?: { readonly schema: Event; readonly types: readonly ('application/x-ndjson' | 'text/event-stream')[] }
  /** Answers without a token. */
  readonly open: boolean
}

type Spec<P, Q, B, A, E extends z.ZodType> = Pick<Route, 'id' | 'summary' | 'description' | 'method' | 'path'> & {
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  readonly status?: Route['status']
  readonly answer?: A
  readonly events?: { readonly schema: E; readonly types: readonly ('application/x-ndjson' | 'text/event-stream')[] }
  readonly open?: boolean
}

/** Completes a route: what it leaves out, it does not take or give. */
export function route<
  P extends z.ZodType = None,
  Q extends z.ZodType = None,
  B extends z.ZodType = None,
  A extends z.ZodType = None,
  E extends z.ZodType = None,
>(spec: Spec<P, Q, B, A, E>): Route<P, Q, B, A, E> {
  // oxlint-disable typescript/no-unsafe-type-assertion -- a part that the spec leaves out is inferred as its default, None
  const absent: z.ZodType = none
  return {
    id: spec.id,
    summary: spec.summary,
    ...(spec.description === undefined ? {} : { description: spec.description }),
    method: spec.method,
    path: spec.path,
    params: spec.params ?? (absent as P),
    query: spec.query ?? (absent as Q),
    body: spec.body ?? (absent as B),
    status: spec.status ?? (spec.answer === undefined && spec.events === undefined ? 204 : 200),
    answer: spec.answer ?? (absent as A),
    ...(spec.events === undefined ? {} : { events: spec.events }),
    open: spec.open ?? false,
  }
}

/** What a handler gets and a caller gives. */
export interface RouteInput<R extends Route> {
  readonly params: z.output<R['params']>
  readonly query: z.output<R['query']>
  readonly body: z.output<R['body']>
}
