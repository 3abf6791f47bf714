import { compileCondition, type CompiledCondition } from '../policy/compile-condition.ts'
import { glob, globMatches } from '../policy/glob.ts'
import type { NamedPolicy } from '../policy/types.ts'
import { accessError } from '../reasons/index.ts'
import { acsMatches, acsPattern } from './acs.ts'
import { parseRamPolicy } from './parse.ts'
import type { ParsedRamStatement, RamPolicyKind } from './parsed.ts'

/** A policy of RAM prepared for many questions. It is a NamedPolicy, so it goes wherever one does. */
export interface CompiledRamPolicy extends NamedPolicy {
  readonly ramStatements: readonly CompiledRamStatement[]
}

export interface CompiledRamStatement {
  readonly parsed: ParsedRamStatement
  /** `action` in lower case. */
  readonly matchesAction: (action: string) => boolean
  readonly matchesResource: (resource: string) => boolean
  readonly conditions: readonly CompiledCondition[]
}

/** Prepares a policy once for many evaluations. Throws `policy.malformed` when RAM would not accept the document. */
export function compileRam(policy: NamedPolicy, kind: RamPolicyKind): CompiledRamPolicy {
  const result = parseRamPolicy(policy.document, kind)
  if (!result.ok) {
    const [first] = result.problems
    throw accessError('policy.malformed', {
      message: `The policy ${policy.name} is malformed at ${first?.pointer || 'its top'}: ${first?.message ?? ''}`,
      context: { policy: policy.name, pointer: first?.pointer ?? '', problems: result.problems.length },
    })
  }
  return { ...policy, ramStatements: result.policy.statements.map(compileStatement) }
}

/** Whether a policy has been prepared already. */
export function isCompiledRam(policy: NamedPolicy): policy is CompiledRamPolicy {
  return 'ramStatements' in policy
}

function compileStatement(parsed: ParsedRamStatement): CompiledRamStatement {
  const actions = parsed.action.values.map((value) => glob(value.toLowerCase()))
  const resources = parsed.resource?.values.map(acsPattern).filter((pattern) => pattern !== undefined)
  return {
    parsed,
    matchesAction: (action) => actions.some((pattern) => globMatches(pattern, action)) !== parsed.action.not,
    matchesResource: (resource) => !resources || resources.some((pattern) => acsMatches(pattern, resource)) !== parsed.resource?.not,
    // RAM has no policy variables.
    conditions: parsed.conditions.map((condition) => compileCondition(condition, parsed.effect, false)),
  }
}
