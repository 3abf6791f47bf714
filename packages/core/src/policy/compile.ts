import { accessError } from '../reasons/index.ts'
import { arnTest, compileCondition, type CompiledCondition } from './compile-condition.ts'
import { glob, globMatches } from './glob.ts'
import { parsePolicy } from './parse.ts'
import type { ParsedPolicy, ParsedStatement, PolicyKind } from './parsed.ts'
import type { PreparedRequest } from './request.ts'
import { parseTemplate, resolveText } from './template.ts'
import type { NamedPolicy } from './types.ts'

/** A policy prepared for many questions. It is a NamedPolicy, so it goes wherever one does. */
export interface CompiledPolicy extends NamedPolicy {
  readonly parsed: ParsedPolicy
  readonly statements: readonly CompiledStatement[]
}

export interface CompiledStatement {
  readonly parsed: ParsedStatement
  readonly matchesAction: (request: PreparedRequest) => boolean
  readonly matchesResource: (request: PreparedRequest) => boolean
  readonly conditions: readonly CompiledCondition[]
}

/**
 * Prepares a policy once for many evaluations. Throws `policy.malformed` when AWS would not accept the document;
 * `parsePolicy` tells every problem instead.
 */
export function compile(policy: NamedPolicy, kind?: PolicyKind): CompiledPolicy {
  const result = parsePolicy(policy.document, kind)
  if (!result.ok) {
    const [first] = result.problems
    throw accessError('policy.malformed', {
      message: `The policy ${policy.name} is malformed at ${first?.pointer || 'its top'}: ${first?.message ?? ''}`,
      context: { policy: policy.name, pointer: first?.pointer ?? '', problems: result.problems.length },
    })
  }
  return { ...policy, parsed: result.policy, statements: result.policy.statements.map(compileStatement) }
}

/** Whether a policy has been prepared already. */
export function isCompiled(policy: NamedPolicy): policy is CompiledPolicy {
  return 'statements' in policy
}

function compileStatement(parsed: ParsedStatement): CompiledStatement {
  return {
    parsed,
    matchesAction: compileActions(parsed.action),
    matchesResource: compileResources(parsed),
    conditions: parsed.conditions.map((condition) => compileCondition(condition, parsed.effect, parsed.variables)),
  }
}

// Services and actions are matched without regard to case. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
function compileActions({ not, values }: ParsedStatement['action']): (request: PreparedRequest) => boolean {
  const globs = values.map((value) => glob(value.toLowerCase()))
  return ({ action }) => globs.some((pattern) => globMatches(pattern, action)) !== not
}

function compileResources({ resource, variables, effect }: ParsedStatement): (request: PreparedRequest) => boolean {
  if (!resource) return () => true
  const templates = resource.values.map((value) => parseTemplate(value, variables))
  const tests = templates.map(arnTest)
  const withVariables = templates.filter((template) => template.hasVariables)
  return (request) => {
    // As for conditions: what a variable without a value leaves open is decided against access.
    if (resource.not && effect === 'Allow' && withVariables.some((template) => resolveText(template, request.single) === undefined))
      return false
    return tests.some((test) => test(request.resource, request.single)) !== resource.not
  }
}
