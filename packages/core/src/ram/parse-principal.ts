import type { Json, JsonObject } from '../json.ts'
import type { PolicyProblem } from '../policy/parsed.ts'
import { isList, isObject, pointer } from '../policy/shapes.ts'
import type { ParsedRamPrincipal, RamPolicyKind, RamPrincipalEntry } from './parsed.ts'

/** Parses Principal or NotPrincipal of a statement; undefined when it has neither. */
export function parseRamPrincipal(
  item: JsonObject,
  kind: RamPolicyKind,
  at: string,
  problems: PolicyProblem[],
): ParsedRamPrincipal | undefined {
  const plain = item['Principal']
  const negated = item['NotPrincipal']
  if (plain !== undefined && negated !== undefined)
    problems.push({ pointer: at, message: 'A statement has Principal or NotPrincipal, not both.' })
  const value = plain ?? negated
  if (value === undefined) return undefined
  const not = plain === undefined
  const base = `${at}/${not ? 'NotPrincipal' : 'Principal'}`
  return { not, entries: kind === 'bucket' ? bucketEntries(value, base, problems) : trustEntries(value, base, problems) }
}

/**
 * A bucket policy lists UIDs and sessions of roles; an empty list means everybody.
 * https://help.aliyun.com/en/oss/user-guide/authorization-syntax-and-elements
 */
function bucketEntries(value: Json, at: string, problems: PolicyProblem[]): readonly RamPrincipalEntry[] {
  if (isObject(value)) {
    problems.push({ pointer: at, message: 'The principals of a bucket policy are a list of UIDs, of arn:sts::…:assumed-role/… or *.' })
    return []
  }
  const list = isList(value) ? value : [value]
  if (list.length === 0) return [{ kind: 'everyone' }]
  return entries(list, isList(value), at, problems, (text) => {
    if (text === '*') return { kind: 'everyone' }
    if (/^\d+$/.test(text)) return { kind: 'uid', uid: text }
    if (/^arn:sts::[\d*]+:[^/]+\/[^/]+\/[^/]+$/.test(text)) return { kind: 'session', pattern: text }
    return 'is not a UID, arn:sts::<UID>:assumed-role/<role>/<session> or *'
  })
}

function trustEntries(value: Json, at: string, problems: PolicyProblem[]): readonly RamPrincipalEntry[] {
  if (!isObject(value)) {
    problems.push({ pointer: at, message: 'A principal is an object as { "RAM": ["acs:ram::…:root"] }.' })
    return []
  }
  return Object.entries(value).flatMap(([type, listed]) =>
    entries(isList(listed) ? listed : [listed], isList(listed), `${at}${pointer(type)}`, problems, (text) => trustEntry(type, text)),
  )
}

function trustEntry(type: string, text: string): RamPrincipalEntry | string {
  switch (type) {
    case 'RAM':
      return ramEntry(text)
    case 'Service':
      return /^[a-z0-9@.-]+\.aliyuncs\.com$/.test(text) ? { kind: 'service', service: text } : 'is not a service as ecs.aliyuncs.com'
    case 'Federated':
      return /^acs:ram::\d+:(oidc|saml)-provider\/.+$/.test(text)
        ? { kind: 'federated', provider: text }
        : 'is not an identity provider as acs:ram::123:oidc-provider/name'
    default:
      return `has the unknown type ${type}: RAM, Service and Federated exist`
  }
}

function ramEntry(text: string): RamPrincipalEntry | string {
  const [, accountId = '', resource = ''] = /^acs:ram::(\d+):(.+)$/.exec(text) ?? []
  if (resource === 'root') return { kind: 'account', accountId }
  const [, kind, name = ''] = /^(user|role)\/([^*?]+)$/.exec(resource) ?? []
  if (kind === 'user' || kind === 'role') return { kind, accountId, name }
  return 'is not acs:ram::<UID>:root, a user or a role'
}

function entries(
  list: readonly Json[],
  listed: boolean,
  at: string,
  problems: PolicyProblem[],
  read: (text: string) => RamPrincipalEntry | string,
): readonly RamPrincipalEntry[] {
  return list.flatMap((value, index) => {
    const entry = typeof value === 'string' ? read(value) : 'is not a text'
    if (typeof entry !== 'string') return [entry]
    problems.push({ pointer: listed ? `${at}/${index}` : at, message: `Invalid principal: ${JSON.stringify(value)} ${entry}.` })
    return []
  })
}
