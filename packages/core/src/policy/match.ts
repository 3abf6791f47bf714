import type { CompiledCondition } from './compile-condition.ts'
import type { CompiledStatement } from './compile.ts'
import type { ParsedPrincipal, PrincipalEntry, Selection } from './parsed.ts'
import { namedAs, type NamedAs } from './principal.ts'
import type { ConditionValues, PreparedRequest } from './request.ts'
import type { StatementExplanation } from './types.ts'

/** One thing that kept a statement from matching. */
export type Mismatch = StatementExplanation['mismatches'][number]

/**
 * How a statement names the principal when all of it matches the request, or undefined.
 * With `mismatches`, goes on after the first mismatch and adds every one.
 * `namesPrincipals` tells a policy of a resource, whose statements must name the principal, from one of an identity.
 */
export function matchStatement(
  statement: CompiledStatement,
  request: PreparedRequest,
  namesPrincipals: boolean,
  mismatches?: Mismatch[],
): NamedAs | undefined {
  const { parsed } = statement
  let matches = true
  if (!statement.matchesAction(request)) {
    if (!mismatches) return undefined
    matches = false
    mismatches.push(selectionMismatch('action', 'Action', parsed.action, request.actionAsked))
  }
  if (!statement.matchesResource(request)) {
    if (!mismatches) return undefined
    matches = false
    if (parsed.resource) mismatches.push(selectionMismatch('resource', 'Resource', parsed.resource, request.resource))
  }
  const named = namesPrincipals ? parsed.principal && namedAs(parsed.principal, request.principal, parsed.effect) : 'self'
  if (named === undefined) {
    if (!mismatches) return undefined
    mismatches.push(principalMismatch(parsed.principal, request))
  }
  for (const condition of statement.conditions) {
    if (condition.holds(request)) continue
    if (!mismatches) return undefined
    matches = false
    mismatches.push(conditionMismatch(condition, request))
  }
  return matches ? named : undefined
}

/** Of an element that lists patterns: what was asked for and which patterns it is not. */
export function selectionMismatch(part: 'action' | 'resource', element: string, { not, values }: Selection, actual: string): Mismatch {
  const list = values.length === 1 ? (values[0] ?? '') : `any of ${values.length} patterns`
  const detail = not ? `Not${element} leaves out ${actual}: it matches ${list}` : `${actual} does not match ${list}`
  return { part, detail, expected: values, actual }
}

function principalMismatch(principal: ParsedPrincipal | undefined, { principal: names }: PreparedRequest): Mismatch {
  const who = names.self ?? 'anonymous'
  if (!principal) return { part: 'principal', detail: 'the statement names no principal, which a policy of a resource must', actual: who }
  const expected = principal.entries.map(entryText)
  if (principal.not) return { part: 'principal', detail: `NotPrincipal leaves out ${who}`, expected, actual: who }
  const orphan = principal.entries.find((entry) => entry.kind === 'id')
  // What AWS shows instead of the ARN once the user or role it meant has been deleted, even if one of that name exists again.
  const detail =
    orphan?.kind === 'id' && orphan.id !== names.id
      ? `${orphan.id} is the id of a user or role that is not the caller, probably one that was deleted: save the ARN again`
      : `the principal does not name ${names.role ?? who}`
  return { part: 'principal', detail, expected, actual: who }
}

function entryText(entry: PrincipalEntry): string {
  switch (entry.kind) {
    case 'everyone':
      return '*'
    case 'account':
      return entry.partition === undefined ? entry.accountId : `arn:${entry.partition}:iam::${entry.accountId}:root`
    case 'arn':
      return entry.arn
    case 'id':
    case 'canonical-user':
      return entry.id
    case 'service':
      return entry.service
    default:
      return entry.provider
  }
}

/** Of a condition: what was expected of the key and what the request has. */
export function conditionMismatch({ parsed, key }: CompiledCondition, request: ConditionValues): Mismatch {
  const actual = request.values(key)
  const detail =
    actual === undefined ? `the request has no ${parsed.key}` : `${parsed.written} does not hold for ${parsed.key} ${actual.join(', ')}`
  const mismatch = { part: 'condition', detail, operator: parsed.written, key: parsed.key, expected: parsed.values } as const
  return actual === undefined ? mismatch : { ...mismatch, actual }
}
