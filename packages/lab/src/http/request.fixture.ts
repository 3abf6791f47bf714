import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { parseQuery, type LabRequest } from './request.ts'

/** A request that never was on a wire, for tests of what only looks at it. `target` is path and query as on the request line. */
export function queryRequest(given: Partial<LabRequest> & { readonly target?: string }): LabRequest {
  const { target = '/', ...rest } = given
  const mark = target.indexOf('?')
  return {
    id: 'REQUEST',
    method: 'GET',
    host: '127.0.0.1',
    direct: true,
    rawPath: mark < 0 ? target : target.slice(0, mark),
    query: (mark < 0 ? undefined : parseQuery(target.slice(mark + 1))) ?? [],
    headers: new Map(),
    sourceIp: '127.0.0.1',
    incoming: new IncomingMessage(new Socket()),
    proceed: () => {},
    ...rest,
  }
}
