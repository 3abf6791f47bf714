import type { Json, JsonObject } from '../json.ts'
import { parseConditions } from './parse-condition.ts'
import { parsePrincipal } from './parse-principal.ts'
import { eitherList } from './parse-selection.ts'
import type { ParsedPolicy, ParsedStatement, PolicyKind, PolicyProblem } from './parsed.ts'
import { isList, isObject, pointer } from './shapes.ts'
import type { PolicyDocument } from './types.ts'

/** What parsing gives: the policy, or everything that is wrong with it. */
export type ParseResult =
  | { readonly ok: true; readonly policy: ParsedPolicy }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] }

const POLICY_ELEMENTS = new Set(['Version', 'Id', 'Statement'])
const STATEMENT_ELEMENTS = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
])

/**
 * Parses a policy document as AWS would accept it. What AWS refuses with MalformedPolicyDocument is a problem here,
 * each with the JSON pointer of the offending part. With `kind`, the rules of that kind hold too:
 * an identity policy names no principal, a resource policy must, a trust policy names no resource.
 */
export function parsePolicy(document: PolicyDocument, kind?: PolicyKind): ParseResult {
  const problems: PolicyProblem[] = []
  for (const element of Object.keys(document))
    if (!POLICY_ELEMENTS.has(element)) problems.push({ pointer: pointer(element), message: `A policy has no element ${element}.` })
  const version = document['Version'] ?? '2008-10-17'
  if (version !== '2012-10-17' && version !== '2008-10-17')
    problems.push({ pointer: '/Version', message: 'Version is 2012-10-17 or 2008-10-17.' })
  const id = document['Id']
  if (id !== undefined && typeof id !== 'string') problems.push({ pointer: '/Id', message: 'Id is a text.' })
  const statements = parseStatements(document['Statement'], version === '2012-10-17', kind, problems)
  if (problems.length > 0) return { ok: false, problems }
  return {
    ok: true,
    policy: {
      version: version === '2012-10-17' ? '2012-10-17' : '2008-10-17',
      ...(typeof id === 'string' ? { id } : {}),
      statements,
    },
  }
}

function parseStatements(
  value: Json | undefined,
  variables: boolean,
  kind: PolicyKind | undefined,
  problems: PolicyProblem[],
): readonly ParsedStatement[] {
  if (value === undefined) {
    problems.push({ pointer: '', message: 'A policy has a Statement.' })
    return []
  }
  const list = isList(value) ? value : [value]
  const sids = new Set<string>()
  return list.flatMap((item, index) => {
    const at = isList(value) ? `/Statement/${index}` : '/Statement'
    if (!isObject(item)) {
      problems.push({ pointer: at, message: 'A statement is an object.' })
      return []
    }
    const statement = parseStatement(item, index, at, variables, kind, problems)
    if (statement?.sid) {
      if (sids.has(statement.sid)) problems.push({ pointer: `${at}/Sid`, message: `Another statement has the Sid ${statement.sid} too.` })
      sids.add(statement.sid)
    }
    return statement ? [statement] : []
  })
}

function parseStatement(
  item: JsonObject,
  index: number,
  at: string,
  variables: boolean,
  kind: PolicyKind | undefined,
  problems: PolicyProblem[],
): ParsedStatement | undefined {
  const before = problems.length
  for (const element of Object.keys(item))
    if (!STATEMENT_ELEMENTS.has(element))
      problems.push({ pointer: `${at}${pointer(element)}`, message: `A statement has no element ${element}.` })
  const sid = item['Sid']
  if (sid !== undefined && typeof sid !== 'string') problems.push({ pointer: `${at}/Sid`, message: 'Sid is a text.' })
  const effect = item['Effect']
  if (effect !== 'Allow' && effect !== 'Deny') problems.push({ pointer: `${at}/Effect`, message: 'Effect is Allow or Deny.' })
  const principal = parsePrincipal(item, at, problems)
  const action = eitherList(item, 'Action', at, problems)
  if (!action) problems.push({ pointer: at, message: 'A statement has an Action or a NotAction.' })
  for (const { value, at } of action?.values ?? [])
    if (value !== '*' && value !== '*:*' && !/^[a-zA-Z0-9-]+:[a-zA-Z0-9*?]+$/.test(value))
      problems.push({ pointer: at, message: `${value} is not an action: write service:Name, as s3:GetObject.` })
  const resource = eitherList(item, 'Resource', at, problems)
  for (const { value, at } of resource?.values ?? [])
    if (!/^(\*|arn:.*)$/s.test(value) && !(variables && value.startsWith('${')))
      problems.push({ pointer: at, message: `${value} is neither an ARN nor *.` })
  kindProblems(kind, principal !== undefined, resource !== undefined, at, problems)
  const conditions = parseConditions(item['Condition'], `${at}/Condition`, problems)
  if (problems.length > before || !action || (effect !== 'Allow' && effect !== 'Deny')) return undefined
  return {
    index,
    ...(typeof sid === 'string' ? { sid } : {}),
    effect,
    variables,
    ...(principal ? { principal } : {}),
    action: { not: action.not, values: action.values.map(({ value }) => value) },
    ...(resource ? { resource: { not: resource.not, values: resource.values.map(({ value }) => value) } } : {}),
    conditions,
  }
}

function kindProblems(kind: PolicyKind | undefined, principal: boolean, resource: boolean, at: string, problems: PolicyProblem[]): void {
  if (kind === 'identity' && principal)
    problems.push({ pointer: at, message: 'A policy of an identity names no principal: it is the identity.' })
  if ((kind === 'resource' || kind === 'trust') && !principal)
    problems.push({ pointer: at, message: 'A policy of a resource names a Principal in each statement.' })
  if (kind === 'trust' && resource) problems.push({ pointer: at, message: 'A trust policy names no resource: it is the role.' })
  // Only trust policies do without: their resource is the role. They always name a principal.
  if (!resource && kind !== 'trust' && (kind !== undefined || !principal))
    problems.push({ pointer: at, message: 'A statement has a Resource or a NotResource.' })
}
