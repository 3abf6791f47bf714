import type { CaseConnection, Observation } from '../case.ts'
import type { Clue } from '../clue.ts'
import type { Capability } from '../report.ts'

/** What each operation is tried for. Reads of configuration are no capability. */
const OPERATIONS: { readonly [operation: string]: Capability } = {
  assumerole: 'assume',
  assumerolewithwebidentity: 'assume',
  getcalleridentity: 'assume',
  createsession: 'assume',
  listobjectsv2: 'list',
  listobjects: 'list',
  listobjectversions: 'list',
  listbucket: 'list',
  headbucket: 'list',
  getobject: 'read',
  headobject: 'read',
  getobjectversion: 'read',
  getobjectattributes: 'read',
  getobjecttagging: 'read',
  selectobjectcontent: 'read',
  restoreobject: 'read',
  putobject: 'write',
  copyobject: 'write',
  createmultipartupload: 'write',
  uploadpart: 'write',
  uploadpartcopy: 'write',
  completemultipartupload: 'write',
  abortmultipartupload: 'write',
  listparts: 'write',
  listmultipartuploads: 'write',
  putobjecttagging: 'write',
  putobjectacl: 'write',
  deleteobject: 'delete',
  deleteobjects: 'delete',
  deleteobjectversion: 'delete',
}

/** The name of an operation as the API has it: without the service, in one case. */
export function operationName(observation: Observation, clue: Clue): string {
  const name = observation.operation ?? clue.operation ?? clue.action ?? ''
  return name
    .slice(Math.max(name.lastIndexOf('.'), name.lastIndexOf(':')) + 1)
    .replaceAll(/[^A-Za-z0-9]/g, '')
    .toLowerCase()
}

/** What an operation was tried for. */
export function awsCapability(observation: Observation, clue: Clue, _connection: CaseConnection): Capability | undefined {
  return OPERATIONS[operationName(observation, clue)]
}

const ABSENT = ['NoSuchKey', 'NoSuchVersion', 'NoSuchUpload', 'NotFound']

/**
 * Whether a request that failed shows nothing wrong: the key is not there (to be told so takes the right to read), a redirect to the
 * bucket's region was followed, or a missing key was hidden, as S3 hides it from all who may list under a prefix only.
 */
export function isHarmlessOnAws(observation: Observation, clue: Clue, all: readonly Observation[]): boolean {
  const listed = (one: Observation): boolean => one.ok === true && operationName(one, { fields: {} }).startsWith('listobject')
  if (clue.status === 404 && (clue.code === undefined || ABSENT.includes(clue.code)))
    return operationName(observation, clue) !== 'headbucket'
  if (clue.status === 301 || clue.status === 307 || clue.code === 'AuthorizationHeaderMalformed') return followed(observation, clue, all)
  const hidden = clue.action === 's3:ListBucket' && /^(get|head)object$/.test(operationName(observation, clue))
  return hidden && all.some(listed)
}

/** Whether the same operation got another answer later: then the redirect was one step on its way. */
function followed(observation: Observation, clue: Clue, all: readonly Observation[]): boolean {
  const own = operationName(observation, clue)
  return all.some(
    (one) => one.index > observation.index && one.status !== 301 && one.status !== 307 && operationName(one, { fields: {} }) === own,
  )
}
