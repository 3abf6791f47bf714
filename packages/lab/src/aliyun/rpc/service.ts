import type { Json, JsonObject } from '@sluice/core'
import { jsonAnswer, xmlAnswer, type Answer } from '../../http/answer.ts'
import { readForm } from '../../http/body.ts'
import type { CloudCall } from '../../http/cloud.ts'
import { parseQuery, type LabRequest } from '../../http/request.ts'
import type { XmlNode } from '../../http/xml.ts'
import { isObject } from '../../state/json.ts'
import { verifyRpc } from '../auth/verify-rpc.ts'
import { deniedFields } from '../authorize.ts'
import { aliyunCaller, type AliyunCaller } from '../caller.ts'
import { AliyunError, notImplemented } from '../error.ts'
import type { AliyunState } from '../state/types.ts'
import { rpcParameters, type RpcParameters } from './parameters.ts'

/** An operation whose caller is known: nobody, where it needs no signature. */
export interface RpcCall extends CloudCall {
  readonly state: AliyunState
  readonly action: string
  readonly caller: AliyunCaller
  readonly parameters: RpcParameters
}

/** Gives the members of the answer beside RequestId. */
export type RpcOperation = (call: RpcCall) => JsonObject | Promise<JsonObject>

export interface RpcService {
  readonly name: 'sts' | 'ram' | 'ims'
  readonly version: string
  readonly operations: { readonly [action: string]: RpcOperation }
  /** Operations that are asked without a signature. */
  readonly unsigned: readonly string[]
}

/** A request of the RPC protocol, read but not judged. */
export interface RpcRequest {
  readonly service: RpcService
  readonly action: string
  readonly body: Buffer
  readonly values: ReadonlyMap<string, string>
}

/** Reads a request of the RPC protocol: its operation stands in a header, in the query or in the form. */
export async function readRpcRequest(service: RpcService, request: LabRequest): Promise<RpcRequest> {
  const body = await readForm(request)
  const form = parseQuery(body.toString(), true) ?? []
  const values = new Map([...request.query, ...form])
  return { service, action: request.headers.get('x-acs-action') ?? values.get('Action') ?? '', body, values }
}

/** Answers a request of the RPC protocol. */
export async function runRpc(state: AliyunState, call: CloudCall, rpc: RpcRequest): Promise<Answer> {
  const { service, action, values, body } = rpc
  const { request } = call
  if (action === '') throw new AliyunError(400, 'MissingAction', 'Action is mandatory for this action.')
  const version = request.headers.get('x-acs-version') ?? values.get('Version')
  if (version !== service.version)
    throw new AliyunError(400, 'InvalidVersion', `Specified parameter Version is not valid: ${service.name} has ${service.version}.`)
  const operation = service.operations[action]
  if (!operation) throw notImplemented(`${service.name}:${action}`)
  const credential = verifyRpc(state, { request, body, values })
  if (!credential && !service.unsigned.includes(action))
    throw new AliyunError(400, 'MissingAccessKeyId', 'AccessKeyId is mandatory for this action.')
  const caller = aliyunCaller(state, request, credential)
  call.identified(caller.arn)
  const result = await operation({ ...call, state, action, caller, parameters: rpcParameters(values) })
  const answer = { RequestId: request.id, ...result }
  return isJson(request, values) ? jsonAnswer(answer) : xmlAnswer([`${action}Response`, xmlNodes(answer)])
}

/** Words an error the way the RPC services do. */
export function refuseRpc(error: AliyunError, request: LabRequest, values: ReadonlyMap<string, string>): Answer {
  const body: JsonObject = {
    RequestId: request.id,
    HostId: request.host,
    Code: error.code,
    Message: error.message,
    ...(error.denied ? { AccessDeniedDetail: deniedFields(error.denied) } : {}),
  }
  const answer = isJson(request, values) ? jsonAnswer(body, {}, error.status) : xmlAnswer(['Error', xmlNodes(body)], {}, error.status)
  return { ...answer, code: error.code }
}

// Without a wish of the client's the old protocol answers XML, the new one JSON.
function isJson({ headers }: LabRequest, values: ReadonlyMap<string, string>): boolean {
  const format = values.get('Format')?.toLowerCase()
  return format === 'json' || (format === undefined && headers.has('x-acs-action'))
}

function xmlNodes(value: JsonObject): readonly XmlNode[] {
  return Object.entries(value).flatMap(([name, member]) => xmlNode(name, member))
}

// A list is written as so many elements of its name.
function xmlNode(name: string, value: Json): readonly XmlNode[] {
  if (Array.isArray(value)) return value.flatMap((item: Json) => xmlNode(name, item))
  if (isObject(value)) return [[name, xmlNodes(value)]]
  return value === null ? [] : [[name, typeof value === 'string' ? value : JSON.stringify(value)]]
}
