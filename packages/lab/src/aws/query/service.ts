import { createHash } from 'node:crypto'
import { xmlAnswer, type Answer } from '../../http/answer.ts'
import { readForm } from '../../http/body.ts'
import { parseQuery, type LabRequest } from '../../http/request.ts'
import type { XmlNode } from '../../http/xml.ts'
import { QUERY_REFUSALS } from '../auth/refusals.ts'
import { verifyRequest } from '../auth/verify.ts'
import { callerOf, type Caller } from '../caller.ts'
import type { Call, Identified } from '../call.ts'
import { AwsError, notImplemented } from '../error.ts'
import { parametersOf, type Parameters } from './parameters.ts'

/** An operation of STS or IAM whose caller is known. */
export interface QueryCall extends Call {
  readonly caller: Caller
  readonly parameters: Parameters
}

/** Answers with the elements of the operation's Result; undefined where it has none. */
export type QueryOperation = (call: QueryCall) => readonly XmlNode[] | undefined | Promise<readonly XmlNode[]>

export interface QueryService {
  readonly name: 'sts' | 'iam'
  readonly namespace: string
  readonly operations: { readonly [action: string]: QueryOperation }
  /** Operations that are asked without a signature. */
  readonly unsigned?: readonly string[]
  /** The region signatures must be made for at this host; undefined where any will do. */
  readonly region: (request: LabRequest) => string | undefined
}

/** Recognises a query-protocol request: the operation stands in the form body, or in the query. */
export async function identifyQuery(service: QueryService, request: LabRequest): Promise<Identified> {
  const body = await readForm(request)
  const pairs = parseQuery(body.toString(), true) ?? []
  const parameters = parametersOf([...request.query, ...pairs])
  return {
    operation: `${service.name}.${/^[A-Za-z]{1,64}$/.test(parameters.action) ? parameters.action : 'Unknown'}`,
    run: (call) => run(service, call, parameters, createHash('sha256').update(body).digest('hex')),
    refuse: (error) => refuse(service, error, request.id),
  }
}

async function run(service: QueryService, call: Call, parameters: Parameters, bodyHash: string): Promise<Answer> {
  const verified = verifyRequest(call.state, call.request, {
    service: service.name,
    refusals: QUERY_REFUSALS,
    region: service.region(call.request),
    wrongRegion: (given) => `Credential should be scoped to a valid region, not '${given}'. `,
    payloadHash: () => bodyHash,
  })
  const { action } = parameters
  if (!verified && !service.unsigned?.includes(action)) throw QUERY_REFUSALS.missing()
  const caller = callerOf(call.state, call.request, verified)
  call.identified(caller.arn)
  if (action === '') throw new AwsError(400, 'MissingAction', 'The request is missing an action or a required parameter.')
  const operation = service.operations[action]
  if (!operation) throw notImplemented(`${service.name}:${action}`)
  const result = await operation({ ...call, caller, parameters })
  return xmlAnswer([
    `${action}Response xmlns="${service.namespace}"`,
    [...(result === undefined ? [] : [[`${action}Result`, result] as const]), ['ResponseMetadata', [['RequestId', call.request.id]]]],
  ])
}

function refuse(service: QueryService, error: AwsError, requestId: string): Answer {
  const answer = xmlAnswer(
    [
      `ErrorResponse xmlns="${service.namespace}"`,
      [
        [
          'Error',
          [
            ['Type', error.status < 500 ? 'Sender' : 'Receiver'],
            ['Code', error.code],
            ['Message', error.message],
          ],
        ],
        ['RequestId', requestId],
      ],
    ],
    {},
    error.status,
  )
  return { ...answer, code: error.code }
}
