import { arnMatches, arnPattern } from './arn.ts'
import { globMatches, globOf } from './glob.ts'
import { ipContains, parseIpRange } from './ip.ts'
import { instantOf, numberOf, type Comparison } from './operators.ts'
import type { ParsedCondition } from './parsed.ts'
import type { ConditionValues } from './request.ts'
import { parseTemplate, resolveCodes, resolveText, type Lookup, type Template } from './template.ts'

/** A condition, ready to be tested against any number of requests. */
export interface CompiledCondition {
  readonly parsed: ParsedCondition
  /** Lower case. */
  readonly key: string
  readonly holds: (request: ConditionValues) => boolean
}

/** Whether one value of the request is what one value of the policy asks for. */
type ValueTest = (actual: string, lookup: Lookup) => boolean

/** Prepares a condition of a statement with this effect. */
export function compileCondition(parsed: ParsedCondition, effect: 'Allow' | 'Deny', variables: boolean): CompiledCondition {
  const key = parsed.key.toLowerCase()
  const { operator, qualifier, ifExists } = parsed
  if (operator.comparison.family === 'null') {
    const expected = parsed.values.map((value) => value.toLowerCase() === 'true')
    return { parsed, key, holds: (request) => expected.includes(request.values(key) === undefined) }
  }
  const templates = parsed.values.map((value) => parseTemplate(value, variables))
  const withVariables = templates.filter((template) => template.hasVariables)
  const tests = templates.map((template) => compileTest(operator.comparison, template))
  const { negated } = operator

  const holds = (request: ConditionValues): boolean => {
    // A variable without a value matches nothing, and AWS says that it "might cause the entire statement to be invalid".
    // Whichever it is, nothing is allowed by the negation of such a match, and a Deny stands.
    if (negated && effect === 'Allow' && withVariables.some((template) => resolveText(template, request.single) === undefined)) return false
    const actual = request.values(key)
    const matches = (value: string): boolean => tests.some((test) => test(value, request.single))
    if (qualifier !== undefined) {
      // An empty text counts as no value here; IfExists adds nothing: ForAllValues holds without the key, ForAnyValue never does.
      const empty = actual === undefined || actual.every((value) => value === '')
      if (empty) return qualifier === 'ForAllValues'
      return qualifier === 'ForAllValues'
        ? actual.every((value) => matches(value) !== negated)
        : actual.some((value) => matches(value) !== negated)
    }
    if (actual === undefined) return ifExists || negated
    return actual.some(matches) !== negated
  }
  return { parsed, key, holds }
}

function compileTest(comparison: Comparison, template: Template): ValueTest {
  switch (comparison.family) {
    case 'string':
      return comparison.how === 'like' ? likeTest(template) : equalsTest(template, comparison.how === 'equals-ignore-case')
    case 'arn':
      return arnTest(template)
    case 'numeric':
      return orderTest(comparison.how, numberOf, template.source)
    case 'date':
      return orderTest(comparison.how, instantOf, template.source)
    case 'ip':
      return ipTest(template.source)
    case 'bool':
    case 'null':
      return equalsTest(template, true)
    default: {
      const expected = withoutPadding(template.source)
      return (actual) => withoutPadding(actual) === expected
    }
  }
}

function equalsTest(template: Template, ignoreCase: boolean): ValueTest {
  const fold = (text: string | undefined): string | undefined => (ignoreCase ? text?.toLowerCase() : text)
  if (template.hasVariables) return (actual, lookup) => fold(resolveText(template, lookup)) === fold(actual)
  const expected = fold(resolveText(template, () => undefined))
  return (actual) => fold(actual) === expected
}

function likeTest(template: Template): ValueTest {
  if (template.hasVariables)
    return (actual, lookup) => {
      const codes = resolveCodes(template, lookup)
      return codes !== undefined && globMatches(globOf(codes), actual)
    }
  const pattern = globOf(resolveCodes(template, () => undefined) ?? [])
  return (actual) => globMatches(pattern, actual)
}

/** A test of ARNs: for conditions on ARNs and for the resources of a statement. */
export function arnTest(template: Template): ValueTest {
  if (template.hasVariables)
    return (actual, lookup) => {
      const codes = resolveCodes(template, lookup)
      return codes !== undefined && arnMatches(arnPattern(codes), actual)
    }
  const pattern = arnPattern(resolveCodes(template, () => undefined) ?? [])
  return (actual) => arnMatches(pattern, actual)
}

type Order = Extract<Comparison, { readonly family: 'numeric' | 'date' }>['how']

function orderTest(how: Order, read: (text: string) => number | undefined, source: string): ValueTest {
  const expected = read(source)
  return (text) => {
    const actual = read(text)
    return actual !== undefined && expected !== undefined && isInOrder(how, actual, expected)
  }
}

function isInOrder(how: Order, actual: number, expected: number): boolean {
  switch (how) {
    case 'equals':
      return actual === expected
    case 'less':
      return actual < expected
    case 'less-equals':
      return actual <= expected
    case 'greater':
      return actual > expected
    default:
      return actual >= expected
  }
}

function ipTest(source: string): ValueTest {
  const range = parseIpRange(source)
  return (text) => {
    const actual = parseIpRange(text)
    return range !== undefined && actual !== undefined && ipContains(range, actual)
  }
}

function withoutPadding(base64: string): string {
  return base64.replace(/=+$/, '')
}
