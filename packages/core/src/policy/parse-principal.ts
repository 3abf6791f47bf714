import type { Json, JsonObject } from '../json.ts'
import type { ParsedPrincipal, PolicyProblem, PrincipalEntry } from './parsed.ts'
import { isList, isObject, pointer } from './shapes.ts'

/** Parses Principal or NotPrincipal of a statement; undefined when it has neither. */
export function parsePrincipal(item: JsonObject, at: string, problems: PolicyProblem[]): ParsedPrincipal | undefined {
  const plain = item['Principal']
  const negated = item['NotPrincipal']
  if (plain !== undefined && negated !== undefined)
    problems.push({ pointer: at, message: 'A statement has Principal or NotPrincipal, not both.' })
  const value = plain ?? negated
  if (value === undefined) return undefined
  const not = plain === undefined
  const base = `${at}/${not ? 'NotPrincipal' : 'Principal'}`
  if (value === '*') return { not, entries: [{ kind: 'everyone' }] }
  if (!isObject(value)) {
    problems.push({ pointer: base, message: 'A principal is * or an object as { "AWS": "arn:…" }.' })
    return undefined
  }
  const entries = Object.entries(value).flatMap(([type, listed]) => parseEntries(type, listed, `${base}${pointer(type)}`, problems))
  return { not, entries }
}

function parseEntries(type: string, listed: Json, at: string, problems: PolicyProblem[]): readonly PrincipalEntry[] {
  const list = isList(listed) ? listed : [listed]
  return list.flatMap((value, index) => {
    const entry = typeof value === 'string' ? parseEntry(type, value) : 'is not a text'
    if (typeof entry !== 'string') return [entry]
    problems.push({ pointer: isList(listed) ? `${at}/${index}` : at, message: `Invalid principal: ${JSON.stringify(value)} ${entry}.` })
    return []
  })
}

function parseEntry(type: string, value: string): PrincipalEntry | string {
  switch (type) {
    case 'AWS':
      return parseAws(value)
    case 'Service':
      return /^[a-z0-9.-]+\.[a-z0-9.-]+$/.test(value) ? { kind: 'service', service: value } : 'is not a service as s3.amazonaws.com'
    case 'Federated':
      return value === '*' ? 'names no identity provider' : { kind: 'federated', provider: value }
    case 'CanonicalUser':
      return /^[0-9a-f]{64}$/.test(value) ? { kind: 'canonical-user', id: value } : 'is not a canonical user id of 64 hexadecimal digits'
    default:
      return `has the unknown type ${type}: AWS, Service, Federated and CanonicalUser exist`
  }
}

function parseAws(value: string): PrincipalEntry | string {
  if (value === '*') return { kind: 'everyone' }
  if (/^\d{12}$/.test(value)) return { kind: 'account', accountId: value }
  if (/^(AROA|AIDA)[A-Z0-9]+$/.test(value)) return { kind: 'id', id: value }
  const arn = /^arn:(aws|aws-cn|aws-us-gov|aws-iso[a-z-]*):(iam|sts)::(\d{12}):(.+)$/.exec(value)
  if (!arn) return 'is not an account id, an ARN of IAM or STS, or *'
  const [, partition = '', service, accountId = '', resource = ''] = arn
  // AWS refuses a wildcard in a part of a principal: only * alone is one.
  if (/[*?]/.test(resource)) return 'has a wildcard in a part of it: only * alone is one'
  if (service === 'iam' && resource === 'root') return { kind: 'account', accountId, partition }
  if (service === 'iam' && /^(user|role)\/./.test(resource)) return { kind: 'arn', arn: value }
  if (service === 'sts' && /^(assumed-role\/[^/]+\/[^/]+|federated-user\/.+)$/.test(resource)) return { kind: 'arn', arn: value }
  return 'is not an account, user, role or session'
}
