import { conditionMismatch, selectionMismatch, type Mismatch } from '../policy/match.ts'
import { conditionValues, type ConditionValues } from '../policy/request.ts'
import type { NamedPolicy, PolicyLayer, StatementExplanation, StatementRef } from '../policy/types.ts'
import { compileRam, isCompiledRam, type CompiledRamStatement } from './compile.ts'
import type { ParsedRamPrincipal, RamPolicyKind } from './parsed.ts'
import { namesPrincipal, ramAccountOf, ramEntryText, ramPrincipalArn } from './principal.ts'
import type { RamPrincipal, RamQuestion } from './types.ts'

/** A question, prepared for any number of statements. */
export interface PreparedRamRequest extends ConditionValues {
  readonly action: string
  readonly resource: string
  readonly principal: RamPrincipal
  /** The account that owns the bucket asks about its own bucket. */
  readonly isOwner: boolean
}

/** What the policies of one layer say about a request. */
export interface RamVerdict {
  readonly deny?: StatementRef
  readonly allow?: StatementRef
}

/** Prepares a question. */
export function prepareRam({ principal, action, resource, resourceAccount, context }: Omit<RamQuestion, 'policies'>): PreparedRamRequest {
  return {
    action,
    resource,
    principal,
    isOwner: principal.kind === 'root' && principal.accountId === resourceAccount,
    ...conditionValues(context, (key) => (key === 'acs:principalarn' && ramAccountOf(principal) ? ramPrincipalArn(principal) : undefined)),
  }
}

/** Asks every statement of a layer. Explanations are added only where a list for them is given. */
export function askRamLayer(
  layer: PolicyLayer,
  policies: readonly NamedPolicy[],
  kind: RamPolicyKind,
  request: PreparedRamRequest,
  explanations?: StatementExplanation[],
): RamVerdict {
  let verdict: RamVerdict = {}
  for (const policy of policies) {
    const compiled = isCompiledRam(policy) ? policy : compileRam(policy, kind)
    for (const statement of compiled.ramStatements) {
      const { effect, index, sid } = statement.parsed
      const mismatches = mismatchesOf(statement, request, kind)
      const ref = { layer, policy: policy.name, index, ...(sid === undefined ? {} : { sid }) }
      explanations?.push({ ...ref, effect, matches: mismatches.length === 0, mismatches })
      if (mismatches.length > 0) continue
      if (effect === 'Deny') verdict = verdict.deny ? verdict : { ...verdict, deny: ref }
      else verdict = verdict.allow ? verdict : { ...verdict, allow: ref }
    }
  }
  return verdict
}

function mismatchesOf(statement: CompiledRamStatement, request: PreparedRamRequest, kind: RamPolicyKind): readonly Mismatch[] {
  const { parsed } = statement
  const mismatches: Mismatch[] = []
  if (!statement.matchesAction(request.action.toLowerCase()))
    mismatches.push(selectionMismatch('action', 'Action', parsed.action, request.action))
  if (!statement.matchesResource(request.resource) && parsed.resource)
    mismatches.push(selectionMismatch('resource', 'Resource', parsed.resource, request.resource))
  if (kind !== 'identity') mismatches.push(...principalMismatches(statement, request))
  for (const condition of statement.conditions) if (!condition.holds(request)) mismatches.push(conditionMismatch(condition, request))
  return mismatches
}

function principalMismatches(
  { parsed: { principal, conditions } }: CompiledRamStatement,
  request: PreparedRamRequest,
): readonly Mismatch[] {
  const actual = ramPrincipalArn(request.principal)
  if (!principal) return [{ part: 'principal', detail: 'the statement names no principal', actual }]
  const expected = principal.entries.map(ramEntryText)
  // "*" without a Condition is about everybody but the owner of the bucket, so that nobody locks himself out.
  // https://www.alibabacloud.com/help/en/oss/user-guide/common-examples-of-bucket-policy
  if (request.isOwner && isEverybody(principal) && conditions.length === 0)
    return [{ part: 'principal', detail: "* without a Condition leaves out the bucket's owner", expected, actual }]
  if (namesPrincipal(principal, request.principal)) return []
  return [
    {
      part: 'principal',
      detail: `${principal.not ? 'NotPrincipal leaves out' : 'the principal does not name'} ${actual}`,
      expected,
      actual,
    },
  ]
}

function isEverybody({ not, entries }: ParsedRamPrincipal): boolean {
  return !not && entries.some((entry) => entry.kind === 'everyone')
}
