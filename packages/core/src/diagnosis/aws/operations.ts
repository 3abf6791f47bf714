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

/** Whether a request answered only that the key is not there: that takes the right to read and to list, so that nothing is wrong. */
export function isMissingKey(_observation: Observation, clue: Clue): boolean {
  return clue.status === 404 && (clue.code === undefined || ['NoSuchKey', 'NoSuchVersion', 'NoSuchUpload', 'NotFound'].includes(clue.code))
}
