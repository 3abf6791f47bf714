import { OSS_OPERATIONS, type OssOperation } from '../../ram/oss-call.ts'
import type { CaseConnection, Observation } from '../case.ts'
import type { Clue } from '../clue.ts'
import { isCutOff } from '../cut-off.ts'
import type { Capability } from '../report.ts'
import { ELSEWHERE } from './clue.ts'
import { operationWord, saysWithoutId } from '../operation-word.ts'

/** What each operation is tried for. Reads of configuration are no capability. */
const CAPABILITIES: { readonly [operation: string]: Capability } = {
  assumerole: 'assume',
  assumerolewithoidc: 'assume',
  getcalleridentity: 'assume',
  listobjects: 'list',
  listobjectsv2: 'list',
  listobjectversions: 'list',
  getobject: 'read',
  headobject: 'read',
  getobjectmeta: 'read',
  selectobject: 'read',
  restoreobject: 'read',
  putobject: 'write',
  appendobject: 'write',
  copyobject: 'write',
  postobject: 'write',
  initiatemultipartupload: 'write',
  uploadpart: 'write',
  uploadpartcopy: 'write',
  completemultipartupload: 'write',
  abortmultipartupload: 'write',
  listparts: 'write',
  putobjectacl: 'write',
  putobjecttagging: 'write',
  deleteobject: 'delete',
  deletemultipleobjects: 'delete',
  deleteobjects: 'delete',
}

/** The name of an operation as the API has it: without the service, in one case. */
export function operationName(observation: Observation, clue: Clue): string {
  return operationWord(observation.operation ?? clue.operation ?? '')
}

/** What an operation was tried for; where its name does not say, what the action of the answer is for. */
export function aliyunCapability(observation: Observation, clue: Clue, _connection: CaseConnection): Capability | undefined {
  const name = operationName(observation, clue)
  if (name !== '') return CAPABILITIES[name]
  return CAPABILITIES[(clue.action ?? '').replace(/^\w+:/, '').toLowerCase()]
}

const BY_NAME = new Map<string, OssOperation>([
  ...OSS_OPERATIONS.map((operation) => [operation.toLowerCase(), operation] as const),
  ['appendobject', 'PutObject'],
  ['copyobject', 'PutObject'],
  ['postobject', 'PutObject'],
  ['deleteobjects', 'DeleteMultipleObjects'],
  ['headbucket', 'GetBucketInfo'],
])

/** The operation of OSS that a request was; by the action of its answer where its name does not say. */
export function ossOperation(observation: Observation, clue: Clue): OssOperation | undefined {
  const name = operationName(observation, clue)
  return BY_NAME.get(name) ?? (name === '' ? BY_NAME.get((clue.action ?? '').replace(/^oss:/, '').toLowerCase()) : undefined)
}

const ABSENT = ['NoSuchKey', 'NoSuchVersion', 'NoSuchUpload', 'SymlinkTargetNotExist']
const STATE = ['PreconditionFailed', 'FileAlreadyExists', 'NotModified']

/** Whether a request that failed shows nothing wrong: the object is not there, a condition did not hold, or the right endpoint was found. */
export function isHarmlessOnAliyun(observation: Observation, clue: Clue, all: readonly Observation[]): boolean {
  const { code, status } = clue
  const capability = CAPABILITIES[operationName(observation, clue)]
  if (code !== undefined && STATE.includes(code)) return true
  if (LOOKS.test(operationName(observation, clue))) return status === 403 || status === 404 || code !== undefined
  if (isWithoutId(observation)) return true
  if (code === undefined && (status === 304 || status === 412)) return true
  if (code !== undefined && ABSENT.includes(code)) return true
  if (status === 404 && code === undefined) return capability !== undefined && capability !== 'assume' && capability !== 'list'
  if (isCutOff(observation) && servedElsewhere(observation, clue, all)) return true
  return ELSEWHERE.test(observation.message ?? '') && followed(observation, clue, all)
}

/** Whether the same was served later by another endpoint: an answer that was cut off before its words sent us there. */
function servedElsewhere(observation: Observation, clue: Clue, all: readonly Observation[]): boolean {
  const hostOf = ({ target = '' }: Observation): string | undefined => /^https?:\/\/([^/?]+)/.exec(target)?.[1]
  const own = operationName(observation, clue)
  return all.some(
    (one) =>
      one.ok === true &&
      one.index > observation.index &&
      operationName(one, { fields: {} }) === own &&
      hostOf(one) !== undefined &&
      hostOf(one) !== hostOf(observation),
  )
}

/** Whether the same operation got another answer later: then the redirect was one step on its way. */
function followed(observation: Observation, clue: Clue, all: readonly Observation[]): boolean {
  const own = operationName(observation, clue)
  return all.some(
    (one) => one.index > observation.index && operationName(one, { fields: {} }) === own && !ELSEWHERE.test(one.message ?? ''),
  )
}

/** Configuration that was looked at beside the requests that matter: to be refused there is usual. */
const LOOKS =
  /^(getbucket(policy|policystatus|acl|encryption|publicaccessblock|versioning|referer|logging|lifecycle|worm)|getpublicaccessblock|getobjectacl|listbuckets|getrole|getuser|getpolicy|getpolicyversion|listpoliciesfor(role|user)|listattached\w*|describekey|decodediagnosticmessage)$/

/** Whether a role was tried without the external id that was agreed, or with a wrong one: to be refused then is right. */
export function isWithoutId(observation: Observation): boolean {
  return operationName(observation, { fields: {} }) === 'assumerole' && saysWithoutId(observation)
}
