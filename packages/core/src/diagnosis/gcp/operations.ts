import type { CaseConnection, Observation } from '../case.ts'
import type { Clue } from '../clue.ts'
import { operationNamed } from '../operation-word.ts'
import type { Capability } from '../report.ts'

/** Names that operations have in the JSON API, in gRPC, in the XML API, and in what asks for tokens; without their service, in one case. */
const NAMES: { readonly [capability in Capability]: readonly string[] } = {
  assume: [
    'gettoken',
    'token',
    'oauthtoken',
    'oauth2token',
    'ststoken',
    'stsdownscope',
    'exchangetoken',
    'stsexchangetoken',
    'generateaccesstoken',
    'iamcredentialsgenerateaccesstoken',
    'serviceaccountsgenerateaccesstoken',
    'projectsserviceaccountsgenerateaccesstoken',
    'serviceaccountsgetaccesstoken',
    'iamserviceaccountsgetaccesstoken',
    'getaccesstoken',
    'refreshtoken',
  ],
  list: ['objectslist', 'listobjects', 'listobjectsv2', 'listblobs', 'listbucket'],
  read: ['objectsget', 'objectsgetmedia', 'getobject', 'readobject', 'headobject', 'getmedia', 'downloadobject', 'objectsdownload'],
  write: [
    'objectsinsert',
    'objectscreate',
    'objectscompose',
    'objectscopy',
    'objectsrewrite',
    'objectsuploadstatus',
    'objectsupdate',
    'objectspatch',
    'insertobject',
    'createobject',
    'putobject',
    'writeobject',
    'bidiwriteobject',
    'startresumablewrite',
    'uploadobject',
    'composeobject',
    'rewriteobject',
    'copyobject',
    'initiatemultipartupload',
    'createmultipartupload',
    'uploadpart',
    'completemultipartupload',
  ],
  delete: ['objectsdelete', 'deleteobject'],
}

const CAPABILITY_OF = new Map(
  // Object.entries of a constant object gives exactly its own names.
  (Object.entries(NAMES) as [Capability, readonly string[]][]).flatMap(([capability, names]) =>
    names.map((name) => [name, capability] as const),
  ),
)

/** The permission that a capability takes first. */
export const PERMISSIONS = {
  list: 'storage.objects.list',
  read: 'storage.objects.get',
  write: 'storage.objects.create',
  delete: 'storage.objects.delete',
} as const

/** Operations that are no capability, by the permission they take. */
const OTHERS: { readonly [operation: string]: string } = {
  bucketsget: 'storage.buckets.get',
  getbucket: 'storage.buckets.get',
  headbucket: 'storage.buckets.get',
  getbucketlocation: 'storage.buckets.get',
  bucketsgetiampolicy: 'storage.buckets.getIamPolicy',
  objectsupdate: 'storage.objects.update',
  objectspatch: 'storage.objects.update',
}

/** The name of an operation without its service: `objectsget` for `storage.objects.get` and for `gcs.objects.get`. */
export function operationName(observation: Observation, clue: Clue): string {
  return operationNamed(observation.operation ?? clue.operation ?? '')
    .replaceAll(/[^A-Za-z0-9]/g, '')
    .toLowerCase()
    .replace(/^(google|cloud|storage|gcs|v1|v2)+/, '')
}

/** What an operation was tried for; where its name does not say, by the permission that the answer names. */
export function gcpCapability(observation: Observation, clue: Clue, _connection: CaseConnection): Capability | undefined {
  const name = operationName(observation, clue)
  if (name !== '') return CAPABILITY_OF.get(name)
  if (clue.action === 'iam.serviceAccounts.getAccessToken' || /^invalid_(grant|target)$/.test(clue.code ?? '')) return 'assume'
  // Deleting what is to be replaced is part of writing: the permission alone does not say which it was.
  const [found] = Object.entries(PERMISSIONS).find(([, permission]) => permission === clue.action) ?? []
  return found === 'list' || found === 'read' || found === 'write' || found === 'delete' ? found : undefined
}

/** The permission that a request took: the one its answer names, or the one that its operation takes. */
export function permissionOf(observation: Observation, clue: Clue): string | undefined {
  if (clue.action !== undefined) return clue.action
  const name = operationName(observation, clue)
  if (OTHERS[name] !== undefined) return OTHERS[name]
  const capability = CAPABILITY_OF.get(name)
  return capability === undefined || capability === 'assume' ? undefined : PERMISSIONS[capability]
}

/**
 * Whether a request that failed shows nothing wrong: the object is not there, a condition of the request did not hold, or the absence of
 * an object was hidden from who may list under a prefix only, as every narrowed token does.
 */
export function isHarmlessOnGcp(observation: Observation, clue: Clue, all: readonly Observation[]): boolean {
  const words = `${clue.code ?? ''} ${clue.text ?? ''} ${observation.message ?? ''}`
  if (LOOKS.test(operationName(observation, clue)) && (clue.status === 404 || clue.action !== undefined || isPlain(clue))) return true
  const capability = CAPABILITY_OF.get(operationName(observation, clue))
  if (clue.status === 404 || /\b(notFound|NoSuchKey)\b/.test(clue.code ?? ''))
    return capability !== undefined && capability !== 'assume' && !/bucket does(n't| not) exist|NoSuchBucket/i.test(words)
  if (clue.status === 304 || (clue.status === 412 && !/constraint/i.test(words))) return true
  const hidden = clue.action === PERMISSIONS.list && capability === 'read'
  return hidden && all.some((one) => one.ok === true && CAPABILITY_OF.get(operationName(one, { fields: {} })) === 'list')
}

/** Configuration that was looked at beside the requests that matter: to be refused there is usual. */
const LOOKS =
  /^(bucketsgetiampolicy|getiampolicy|bucketstest(iam)?permissions|testiampermissions|(projects)?(iam)?serviceaccounts?(keys)?(get|list|describe|getiampolicy|keysget|keyslist)|projectsgetiampolicy|rolesget|.*workloadidentitypools.*)$/

/** A refusal that says no more than that it is one. */
function isPlain({ status, code }: Clue): boolean {
  return status === 403 && (code === undefined || /^(forbidden|PERMISSION_DENIED|IAM_PERMISSION_DENIED)$/.test(code))
}
