import type { Json } from '@sluice/core'
import { jsonAnswer, type Answer } from '../../http/answer.ts'
import { queryValue, type LabRequest } from '../../http/request.ts'
import { readFields, selectFields } from './fields.ts'

/** An answer of the JSON API, with what the request's `fields` keeps of it. */
export function resourceAnswer(request: LabRequest, resource: Json, headers: Answer['headers'] = {}, status = 200): Answer {
  const selected = selectFields(resource, readFields(queryValue(request, 'fields')))
  return jsonAnswer(selected, { 'content-type': 'application/json; charset=UTF-8', ...headers }, status)
}

/** Where the client thinks it is: Google's host, or the lab's own address. */
export function originOf(request: LabRequest): string {
  return request.direct ? `http://${request.headers.get('host') ?? ''}` : `https://${request.host}`
}
