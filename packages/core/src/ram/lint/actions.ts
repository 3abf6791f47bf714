import { glob, globMatches } from '../../policy/glob.ts'
import { OSS_OPERATIONS, permissionOf, type OssOperation } from '../oss-call.ts'

/** What an action of OSS is about. */
export type OssScope = 'service' | 'bucket' | 'object'

/** The actions that the calls we know come to, by their names, with what they are about. Others exist; of them nothing is said. */
const ACTIONS: ReadonlyMap<string, OssScope> = new Map(
  OSS_OPERATIONS.flatMap((operation) => {
    const { action, versioned, scope } = permissionOf(operation)
    return [action, ...(versioned === undefined ? [] : [versioned])].map((name) => [name.toLowerCase(), scope] as const)
  }),
)

/** What the known actions are about that a pattern matches. */
export function scopesOf(pattern: string): ReadonlySet<OssScope> {
  const wanted = glob(pattern.toLowerCase())
  return new Set([...ACTIONS].filter(([action]) => globMatches(wanted, action)).map(([, scope]) => scope))
}

/** AWS's and the API's words for what OSS calls otherwise. */
const HABITS: { readonly [name: string]: string } = {
  listbucket: 'oss:ListObjects',
  listallmybuckets: 'oss:ListBuckets',
  listbucketversions: 'oss:ListObjectVersions',
  listmultipartuploadparts: 'oss:ListParts',
  listbucketmultipartuploads: 'oss:ListMultipartUploads',
  getbucket: 'oss:ListObjects',
  getbucketv2: 'oss:ListObjects',
  listobjectsv2: 'oss:ListObjects',
  copyobject: 'oss:GetObject and oss:PutObject',
  appendobject: 'oss:PutObject',
  postobject: 'oss:PutObject',
  uploadpartcopy: 'oss:GetObject and oss:PutObject',
  getservice: 'oss:ListBuckets',
}

/** What to write for the name of a call that is not the name of an action; undefined of actions, and of what we do not know. */
export function insteadOf(action: string): string | undefined {
  const [service = '', name = ''] = action.split(':')
  const own = name.toLowerCase()
  if (service !== 'oss' || ACTIONS.has(action.toLowerCase()) || /[*?]/.test(name)) return undefined
  const operation = OSS_OPERATIONS.find((one: OssOperation) => one.toLowerCase() === own)
  return operation === undefined ? HABITS[own] : permissionOf(operation).action
}

/** The known action that differs by a plural alone. */
export function singularOf(action: string): string | undefined {
  const own = action.toLowerCase()
  return ACTIONS.has(own) ? undefined : NAMES.find((name) => [`${own}s`, own.replace(/s$/, '')].includes(name.toLowerCase()))
}

const NAMES: readonly string[] = OSS_OPERATIONS.map((operation) => permissionOf(operation).action)
