import type { CaseConnection, Observation } from '../case.ts'
import type { Clue } from '../clue.ts'
import { S3_OPERATIONS, type S3Operation } from '../../policy/s3-call.ts'
import type { Failure } from '../failure.ts'
import type { Capability } from '../report.ts'
import { operationWord } from '../operation-word.ts'

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

/** Reads of configuration whose refusal may be what somebody asks about, or no more than a look that was tried. */
const CONFIGURATION = [
  'getbucketpolicy',
  'getbucketpolicystatus',
  'getbucketacl',
  'getbucketencryption',
  'getbucketownershipcontrols',
  'getbucketrequestpayment',
  'getbucketversioning',
  'getbucketlocation',
  'getobjectacl',
  'getpublicaccessblock',
  'getaccesspointpolicy',
  'listbuckets',
  'getrole',
  'getrolepolicy',
  'getpolicyversion',
  'getkeypolicy',
  'describekey',
  'listgrants',
]

/** Names of operations that may stand in a text, in lower case. */
export const KNOWN_OPERATIONS: ReadonlySet<string> = new Set([...Object.keys(OPERATIONS), ...CONFIGURATION])

/** The name of an operation as the API has it: without the service, in one case. */
export function operationName(observation: Pick<Observation, 'operation'>, clue?: Clue): string {
  return operationWord(observation.operation ?? clue?.operation ?? clue?.action ?? '')
}

const S3_BY_NAME = new Map<string, S3Operation>(S3_OPERATIONS.map((operation) => [operation.toLowerCase(), operation]))

/** The operation of S3 that a request was; undefined where it was none. */
export function s3OperationOf({ observation, clue }: Pick<Failure, 'observation' | 'clue'>): S3Operation | undefined {
  return S3_BY_NAME.get(operationName(observation, clue))
}

/** What an operation was tried for. A role that is not the connection's own is tried to see whether we are at fault. */
export function awsCapability(observation: Observation, clue: Clue, { roleArn }: CaseConnection): Capability | undefined {
  return isOtherRole(observation, roleArn) || isUnsigned(observation) ? undefined : OPERATIONS[operationName(observation, clue)]
}

/** Whether a request says of itself that it came from nobody: it asks what everybody is told, as where a bucket is. */
export function isUnsigned({ operation = '' }: Observation): boolean {
  return /\bunsigned\b/i.test(operation)
}

/** Whether a role was assumed that is not the connection's. */
export function isOtherRole(observation: Observation, roleArn: string | undefined): boolean {
  const role = /arn:[\w-]+:iam::\d*:role\/[\w+=,.@/-]+/.exec(observation.target ?? '')?.[0]
  return operationName(observation).startsWith('assumerole') && role !== undefined && roleArn !== undefined && role !== roleArn
}
