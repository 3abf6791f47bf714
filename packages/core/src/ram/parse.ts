import type { Json, JsonObject } from '../json.ts'
import { parseConditions } from '../policy/parse-condition.ts'
import { eitherList } from '../policy/parse-selection.ts'
import type { ParsedCondition, PolicyProblem } from '../policy/parsed.ts'
import { isList, isObject, pointer } from '../policy/shapes.ts'
import type { PolicyDocument } from '../policy/types.ts'
import { acsPattern } from './acs.ts'
import { parseRamPrincipal } from './parse-principal.ts'
import type { ParsedRamPolicy, ParsedRamStatement, RamPolicyKind } from './parsed.ts'

/** What parsing gives: the policy, or everything that is wrong with it. */
export type RamParseResult =
  | { readonly ok: true; readonly policy: ParsedRamPolicy }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] }

const POLICY_ELEMENTS = new Set(['Version', 'Statement'])
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
 * Parses a policy document of RAM. What RAM's documentation does not know is a problem here, each with the JSON pointer
 * of the offending part. https://www.alibabacloud.com/help/en/ram/policy-structure-and-syntax
 */
export function parseRamPolicy(document: PolicyDocument, kind: RamPolicyKind): RamParseResult {
  const problems: PolicyProblem[] = []
  for (const element of Object.keys(document))
    if (!POLICY_ELEMENTS.has(element)) problems.push({ pointer: pointer(element), message: `A policy has no element ${element}.` })
  if (document['Version'] !== '1') problems.push({ pointer: '/Version', message: 'Version is "1".' })
  const statements = parseStatements(document['Statement'], kind, problems)
  return problems.length > 0 ? { ok: false, problems } : { ok: true, policy: { statements } }
}

function parseStatements(value: Json | undefined, kind: RamPolicyKind, problems: PolicyProblem[]): readonly ParsedRamStatement[] {
  if (value === undefined) {
    problems.push({ pointer: '', message: 'A policy has a Statement.' })
    return []
  }
  const list = isList(value) ? value : [value]
  return list.flatMap((item, index) => {
    const at = isList(value) ? `/Statement/${index}` : '/Statement'
    const statement = isObject(item) ? parseStatement(item, index, kind, at, problems) : undefined
    if (!isObject(item)) problems.push({ pointer: at, message: 'A statement is an object.' })
    return statement ? [statement] : []
  })
}

function parseStatement(
  item: JsonObject,
  index: number,
  kind: RamPolicyKind,
  at: string,
  problems: PolicyProblem[],
): ParsedRamStatement | undefined {
  const before = problems.length
  for (const element of Object.keys(item))
    if (!STATEMENT_ELEMENTS.has(element))
      problems.push({ pointer: `${at}${pointer(element)}`, message: `A statement has no element ${element}.` })
  const sid = item['Sid']
  if (sid !== undefined && typeof sid !== 'string') problems.push({ pointer: `${at}/Sid`, message: 'Sid is a text.' })
  const effect = item['Effect']
  if (effect !== 'Allow' && effect !== 'Deny') problems.push({ pointer: `${at}/Effect`, message: 'Effect is Allow or Deny.' })
  const principal = parseRamPrincipal(item, kind, at, problems)
  const action = eitherList(item, 'Action', at, problems)
  if (!action) problems.push({ pointer: at, message: 'A statement has an Action or a NotAction.' })
  for (const { value, at } of action?.values ?? [])
    if (value !== '*' && !/^[a-zA-Z0-9-]+:[a-zA-Z0-9*?_/:-]+$/.test(value))
      problems.push({ pointer: at, message: `${value} is not an action: write service:Name, as oss:GetObject.` })
  const resource = eitherList(item, 'Resource', at, problems)
  for (const { value, at } of resource?.values ?? [])
    if (!acsPattern(value)) problems.push({ pointer: at, message: `${value} is neither acs:service:region:account:resource nor *.` })
  kindProblems(kind, principal !== undefined, resource !== undefined, at, problems)
  const conditions = parseRamConditions(item['Condition'], `${at}/Condition`, problems)
  if (problems.length > before || !action || (effect !== 'Allow' && effect !== 'Deny')) return undefined
  return {
    index,
    ...(typeof sid === 'string' ? { sid } : {}),
    effect,
    ...(principal ? { principal } : {}),
    action: { not: action.not, values: action.values.map(({ value }) => value) },
    ...(resource ? { resource: { not: resource.not, values: resource.values.map(({ value }) => value) } } : {}),
    conditions,
  }
}

function kindProblems(kind: RamPolicyKind, principal: boolean, resource: boolean, at: string, problems: PolicyProblem[]): void {
  if (kind === 'identity' && principal)
    problems.push({ pointer: at, message: 'A policy of an identity names no principal: it is the identity.' })
  if (kind !== 'identity' && !principal) problems.push({ pointer: at, message: 'A statement names a Principal.' })
  if (kind === 'trust' && resource) problems.push({ pointer: at, message: 'A trust policy names no resource: it is the role.' })
  if (kind !== 'trust' && !resource) problems.push({ pointer: at, message: 'A statement has a Resource or a NotResource.' })
}

/** The operators of RAM; it has no sets, no IfExists and no Null. https://www.alibabacloud.com/help/en/ram/conditional-operator */
const FAMILIES = new Set(['string', 'numeric', 'date', 'bool', 'ip'])

function parseRamConditions(block: Json | undefined, at: string, problems: PolicyProblem[]): readonly ParsedCondition[] {
  const conditions = parseConditions(block, at, problems)
  for (const { operator, qualifier, ifExists, written } of conditions)
    if (!FAMILIES.has(operator.comparison.family) || qualifier !== undefined || ifExists)
      problems.push({ pointer: `${at}${pointer(written)}`, message: `RAM has no condition operator ${written}.` })
  return conditions
}
