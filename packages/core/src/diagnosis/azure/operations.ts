import type { BlobOperation } from '../../azure/blob-operations.ts'
import type { CaseConnection, Observation } from '../case.ts'
import type { Clue } from '../clue.ts'
import { operationNamed } from '../operation-word.ts'
import type { Capability } from '../report.ts'

/** What each operation is tried for, and which operation of Blob Storage it is to SAS and roles. Those of Data Lake stand for their like. */
const OPERATIONS: { readonly [operation: string]: readonly [capability: Capability | undefined, operation: BlobOperation | undefined] } = {
  gettoken: ['assume', undefined],
  acquiretoken: ['assume', undefined],
  getmanagedidentitytoken: ['assume', undefined],
  getuserdelegationkey: ['assume', 'GetUserDelegationKey'],
  listblobs: ['list', 'ListBlobs'],
  listblobsflatsegment: ['list', 'ListBlobs'],
  listblobshierarchysegment: ['list', 'ListBlobs'],
  listblob: ['list', 'ListBlobs'],
  listpaths: ['list', 'ListBlobs'],
  pathlist: ['list', 'ListBlobs'],
  filesystemlistpaths: ['list', 'ListBlobs'],
  listobjectsv2: ['list', 'ListBlobs'],
  getblob: ['read', 'GetBlob'],
  downloadblob: ['read', 'GetBlob'],
  blobdownload: ['read', 'GetBlob'],
  getobject: ['read', 'GetBlob'],
  readpath: ['read', 'GetBlob'],
  pathread: ['read', 'GetBlob'],
  readfile: ['read', 'GetBlob'],
  getblobproperties: ['read', 'GetBlobProperties'],
  headblob: ['read', 'GetBlobProperties'],
  blobgetproperties: ['read', 'GetBlobProperties'],
  getblobmetadata: ['read', 'GetBlobProperties'],
  getpathproperties: ['read', 'GetBlobProperties'],
  getblocklist: ['read', 'GetBlockList'],
  putblob: ['write', 'PutBlob'],
  createblob: ['write', 'CreateBlob'],
  uploadblob: ['write', 'PutBlob'],
  blobupload: ['write', 'PutBlob'],
  blockblobupload: ['write', 'PutBlob'],
  putobject: ['write', 'PutBlob'],
  putblobfromurl: ['write', 'PutBlob'],
  copyblob: ['write', 'PutBlob'],
  createpath: ['write', 'CreateBlob'],
  pathcreate: ['write', 'CreateBlob'],
  updatepath: ['write', 'PutBlob'],
  pathupdate: ['write', 'PutBlob'],
  appendfile: ['write', 'PutBlob'],
  putblock: ['write', 'PutBlock'],
  putblocklist: ['write', 'PutBlockList'],
  setblobmetadata: ['write', 'SetBlobMetadata'],
  setblobproperties: ['write', 'SetBlobProperties'],
  deleteblob: ['delete', 'DeleteBlob'],
  blobdelete: ['delete', 'DeleteBlob'],
  deletepath: ['delete', 'DeleteBlob'],
  pathdelete: ['delete', 'DeleteBlob'],
  deleteobject: ['delete', 'DeleteBlob'],
  deleteblobversion: ['delete', 'DeleteBlobVersion'],
  getcontainerproperties: [undefined, 'GetContainerProperties'],
  containergetproperties: [undefined, 'GetContainerProperties'],
  createcontainer: [undefined, 'CreateContainer'],
  containercreate: [undefined, 'CreateContainer'],
  deletecontainer: [undefined, 'DeleteContainer'],
  getcontaineracl: [undefined, 'GetContainerAcl'],
  listcontainers: [undefined, 'ListContainers'],
  getaccountinformation: [undefined, 'GetAccountInformation'],
}

/** The name of an operation without its service, in one case. */
export function operationName(observation: Observation, clue: Clue): string {
  const name = operationNamed(observation.operation ?? clue.operation ?? '')
  return name
    .slice(name.lastIndexOf('.') + 1)
    .replaceAll(/[^A-Za-z0-9]/g, '')
    .toLowerCase()
}

/** What an operation was tried for. */
export function azureCapability(observation: Observation, clue: Clue, _connection: CaseConnection): Capability | undefined {
  const name = operationName(observation, clue)
  if (name === '') return clue.code?.startsWith('AADSTS') === true ? 'assume' : undefined
  return OPERATIONS[name]?.[0]
}

/** The operation as SAS and roles know it. */
export function blobOperation(observation: Observation, clue: Clue): BlobOperation | undefined {
  return OPERATIONS[operationName(observation, clue)]?.[1]
}

/** Finds out what kind of SAS an account takes, by one for a directory that nobody has, whatever it is answered. */
const OWN_TRIAL = 'trydirectorysas'

const ABSENT = ['BlobNotFound', 'PathNotFound', 'ResourceNotFound', '404', 'NotFound']
const STATE = ['ConditionNotMet', 'TargetConditionNotMet', 'BlobAlreadyExists', 'PathAlreadyExists', 'ContainerAlreadyExists']

/** Whether a request that failed shows nothing wrong: the blob is not there, or a condition that it was sent with did not hold. */
export function isHarmlessOnAzure(observation: Observation, clue: Clue, all: readonly Observation[]): boolean {
  const { code, status } = clue
  if (code !== undefined && STATE.includes(code)) return true
  if (isLook(observation, clue, all) || operationName(observation, clue) === OWN_TRIAL) return true
  if (status === 304 || (status === 412 && code === undefined)) return true
  const capability = OPERATIONS[operationName(observation, clue)]?.[0]
  const isData = capability !== undefined && capability !== 'assume' && capability !== 'list'
  // Anonymous requests are told so of what they may not see; with a credential it says what it says.
  const isAbsent = code === undefined ? status === 404 : ABSENT.includes(code)
  if (!isData || !isAbsent) return false
  return (
    code !== 'ResourceNotFound' || all.some((one) => one.ok === true && OPERATIONS[operationName(one, { fields: {} })]?.[0] !== undefined)
  )
}

/** Configuration that was looked at beside the requests that matter: to be refused there is usual. A SAS never sees a container's own. */
function isLook(observation: Observation, clue: Clue, all: readonly Observation[]): boolean {
  const name = operationName(observation, clue)
  const isRefusal = clue.status === 403 || clue.status === 404 || (clue.code ?? '').startsWith('Authorization')
  if (LOOKS.test(name)) return isRefusal
  const isServed = all.some((one) => one.ok === true && OPERATIONS[operationName(one, { fields: {} })]?.[0] !== undefined)
  return isRefusal && isServed && /^(get|container)?container(get)?(properties|acl)$|^listcontainers$|^getaccountinformation$/.test(name)
}

const LOOKS =
  /(roleassignments?|denyassignments?|storageaccount|accountshow|listkeys|keyslist|accesspolic(y|ies)|getpathaccesscontrol|pathgetaccesscontrol|getaccesscontrol)/
