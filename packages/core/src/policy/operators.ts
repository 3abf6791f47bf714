import { parseIpRange } from './ip.ts'

/** What a condition operator compares, and how. */
export type Comparison =
  | { readonly family: 'string'; readonly how: 'equals' | 'equals-ignore-case' | 'like' }
  | { readonly family: 'numeric' | 'date'; readonly how: 'equals' | 'less' | 'less-equals' | 'greater' | 'greater-equals' }
  | { readonly family: 'bool' | 'binary' | 'ip' | 'arn' | 'null' }

/** A condition operator without its qualifier and suffix. */
export interface Operator {
  readonly name: string
  readonly comparison: Comparison
  /** Holds when the comparison does not; so also when the key is absent. */
  readonly negated: boolean
}

function orderedOperators(prefix: 'Numeric' | 'Date', family: 'numeric' | 'date'): readonly Operator[] {
  return [
    { name: `${prefix}Equals`, comparison: { family, how: 'equals' }, negated: false },
    { name: `${prefix}NotEquals`, comparison: { family, how: 'equals' }, negated: true },
    { name: `${prefix}LessThan`, comparison: { family, how: 'less' }, negated: false },
    { name: `${prefix}LessThanEquals`, comparison: { family, how: 'less-equals' }, negated: false },
    { name: `${prefix}GreaterThan`, comparison: { family, how: 'greater' }, negated: false },
    { name: `${prefix}GreaterThanEquals`, comparison: { family, how: 'greater-equals' }, negated: false },
  ]
}

/** Every condition operator of the policy language. */
export const OPERATORS: readonly Operator[] = [
  { name: 'StringEquals', comparison: { family: 'string', how: 'equals' }, negated: false },
  { name: 'StringNotEquals', comparison: { family: 'string', how: 'equals' }, negated: true },
  { name: 'StringEqualsIgnoreCase', comparison: { family: 'string', how: 'equals-ignore-case' }, negated: false },
  { name: 'StringNotEqualsIgnoreCase', comparison: { family: 'string', how: 'equals-ignore-case' }, negated: true },
  { name: 'StringLike', comparison: { family: 'string', how: 'like' }, negated: false },
  { name: 'StringNotLike', comparison: { family: 'string', how: 'like' }, negated: true },
  ...orderedOperators('Numeric', 'numeric'),
  ...orderedOperators('Date', 'date'),
  { name: 'Bool', comparison: { family: 'bool' }, negated: false },
  { name: 'BinaryEquals', comparison: { family: 'binary' }, negated: false },
  { name: 'IpAddress', comparison: { family: 'ip' }, negated: false },
  { name: 'NotIpAddress', comparison: { family: 'ip' }, negated: true },
  // ArnEquals and ArnLike behave identically, AWS says.
  { name: 'ArnEquals', comparison: { family: 'arn' }, negated: false },
  { name: 'ArnLike', comparison: { family: 'arn' }, negated: false },
  { name: 'ArnNotEquals', comparison: { family: 'arn' }, negated: true },
  { name: 'ArnNotLike', comparison: { family: 'arn' }, negated: true },
  { name: 'Null', comparison: { family: 'null' }, negated: false },
]

/** An operator as a policy writes it: `ForAllValues:StringLikeIfExists`. */
export interface QualifiedOperator {
  readonly operator: Operator
  readonly qualifier?: 'ForAllValues' | 'ForAnyValue'
  readonly ifExists: boolean
}

/** Reads an operator's name; letter case does not matter. Undefined when there is no such operator. */
export function parseOperator(text: string): QualifiedOperator | undefined {
  const match = /^(?:(forallvalues|foranyvalue):)?([a-z]+?)(ifexists)?$/.exec(text.toLowerCase())
  if (!match) return undefined
  const operator = OPERATORS.find(({ name }) => name.toLowerCase() === match[2])
  if (!operator) return undefined
  if (operator.comparison.family === 'null' && (match[1] ?? match[3]) !== undefined) return undefined
  const qualifier = match[1] === 'forallvalues' ? 'ForAllValues' : 'ForAnyValue'
  return { operator, ifExists: match[3] !== undefined, ...(match[1] === undefined ? {} : { qualifier }) }
}

/** What is wrong with a policy's value for a comparison, or undefined when it can be compared. */
export function valueProblem(comparison: Comparison, value: string): string | undefined {
  switch (comparison.family) {
    case 'numeric':
      return numberOf(value) === undefined ? 'is not a number' : undefined
    case 'date':
      return instantOf(value) === undefined ? 'is neither an ISO 8601 date nor seconds since 1970' : undefined
    case 'bool':
    case 'null':
      return /^(true|false)$/i.test(value) ? undefined : 'is neither true nor false'
    case 'ip':
      return parseIpRange(value) === undefined ? 'is not an IP address or CIDR range' : undefined
    case 'binary':
      return /^[A-Za-z0-9+/]*={0,2}$/.test(value) ? undefined : 'is not base64'
    default:
      return undefined
  }
}

/** A decimal number, or undefined. */
export function numberOf(text: string): number | undefined {
  return /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined
}

const W3C_DATE = /^\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?)?)?$/

/** Milliseconds since 1970 of a W3C date (https://www.w3.org/TR/NOTE-datetime) or of seconds since 1970, or undefined. */
export function instantOf(text: string): number | undefined {
  // Four digits alone are a year.
  if (W3C_DATE.test(text)) {
    const at = Date.parse(text)
    return Number.isNaN(at) ? undefined : at
  }
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : undefined
}
