import { globMatches, globOf, QUESTION, STAR } from '../../policy/glob.ts'
import type { BlobPermission } from '../blob-operations.ts'
import { actionMatches } from './match.ts'
import type { RoleCondition, ConditionOperand } from './role-condition.ts'
import type { BlobResource } from './types.ts'

/** `missing`: it asks for what the request has not, and cannot hold. `unknown`: it was not understood. */
export type ConditionResult = 'true' | 'false' | 'missing' | 'unknown'

/** What a condition is held against. */
export interface ConditionSubject {
  readonly permission: BlobPermission
  readonly subOperation?: string
  readonly resource: BlobResource
}

/** Evaluates a condition. What decides by itself, decides whatever the rest is: `false AND unknown` is false. */
export function evaluateCondition(condition: RoleCondition, subject: ConditionSubject): ConditionResult {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return combine(
        condition.kind,
        condition.terms.map((term) => evaluateCondition(term, subject)),
      )
    case 'not':
      return negate(evaluateCondition(condition.term, subject))
    case 'action-matches':
      return truth(condition.patterns.some((pattern) => actionMatches(pattern, subject.permission.name)))
    case 'sub-operation-matches':
      return truth(condition.patterns.some((name) => name.toLowerCase() === subject.subOperation?.toLowerCase()))
    case 'exists': {
      const values = valuesOf(condition.attribute, subject)
      return values === 'unknown' ? 'unknown' : truth((values !== 'missing') !== condition.negated)
    }
    default:
      return compare(condition, subject)
  }
}

function combine(kind: 'and' | 'or', results: readonly ConditionResult[]): ConditionResult {
  const [decisive, otherwise] = kind === 'and' ? (['false', 'true'] as const) : (['true', 'false'] as const)
  return ([decisive, 'unknown', 'missing'] as const).find((result) => results.includes(result)) ?? otherwise
}

function negate(result: ConditionResult): ConditionResult {
  return result === 'true' ? 'false' : result === 'false' ? 'true' : result
}

function truth(holds: boolean): ConditionResult {
  return holds ? 'true' : 'false'
}

function compare({ operator, left, right }: Extract<RoleCondition, { kind: 'compare' }>, subject: ConditionSubject): ConditionResult {
  const [one, other] = [valuesOf(left, subject), valuesOf(right, subject)]
  const [quantifier, name] = operator.includes(':') ? operator.split(':') : ['', operator]
  const holds = comparison(name ?? '')
  if (one === 'unknown' || other === 'unknown' || holds === undefined) return 'unknown'
  if (one === 'missing' || other === 'missing') return 'missing'
  switch (quantifier?.toLowerCase()) {
    case '':
      return one.length === 1 && other.length === 1 ? truth(holds(one[0] ?? '', other[0] ?? '')) : 'unknown'
    case 'foranyofanyvalues':
      return truth(one.some((value) => other.some((wanted) => holds(value, wanted))))
    case 'forallofanyvalues':
      return truth(one.every((value) => other.some((wanted) => holds(value, wanted))))
    case 'foranyofallvalues':
      return truth(one.some((value) => other.every((wanted) => holds(value, wanted))))
    case 'forallofallvalues':
      return truth(one.every((value) => other.every((wanted) => holds(value, wanted))))
    default:
      return 'unknown'
  }
}

type Comparison = (value: string, wanted: string) => boolean

const COMPARISONS: { readonly [name: string]: Comparison } = {
  stringequals: (value, wanted) => value === wanted,
  stringstartswith: (value, wanted) => value.startsWith(wanted),
  stringlike: (value, wanted) => globMatches(globOf(likeCodes(wanted)), value),
  boolequals: (value, wanted) => value.toLowerCase() === wanted.toLowerCase(),
}

/** The comparison an operator's name means: StringNotStartsWithIgnoreCase is StringStartsWith, turned round and without case. */
function comparison(operator: string): Comparison | undefined {
  const name = operator.toLowerCase()
  const isCaseless = name.endsWith('ignorecase')
  const isNegated = /^(string|bool)not/.test(name)
  const holds = COMPARISONS[name.replace(/ignorecase$/, '').replace(/^(string|bool)not/, '$1')]
  if (holds === undefined) return undefined
  const fold = (text: string): string => (isCaseless ? text.toLowerCase() : text)
  return (value, wanted) => holds(fold(value), fold(wanted)) !== isNegated
}

/** `*` and `?` are wildcards unless a backslash stands before them. */
function likeCodes(pattern: string): readonly number[] {
  const codes: number[] = []
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern[index] ?? ''
    const next = pattern[index + 1]
    if (character === '\\' && (next === '*' || next === '?')) {
      codes.push(next.charCodeAt(0))
      index += 1
    } else codes.push(character === '*' ? STAR : character === '?' ? QUESTION : character.charCodeAt(0))
  }
  return codes
}

const BLOBS = 'microsoft.storage/storageaccounts/blobservices/containers/blobs'

function valuesOf(operand: ConditionOperand, subject: ConditionSubject): readonly string[] | 'missing' | 'unknown' {
  if (operand.kind === 'values') return operand.values
  const read = ATTRIBUTES[`${operand.source}[${operand.name}]`.toLowerCase()]
  return read === undefined ? 'unknown' : read(subject)
}

type Attribute = (subject: ConditionSubject) => readonly string[] | 'missing' | 'unknown'

function only(value: string | undefined): readonly string[] | 'missing' {
  return value === undefined ? 'missing' : [value]
}

/** What is known of a request. https://learn.microsoft.com/azure/storage/blobs/storage-auth-abac-attributes */
const ATTRIBUTES: { readonly [name: string]: Attribute } = {
  'resource[microsoft.storage/storageaccounts:name]': ({ resource }) => only(resource.accountId.split('/').at(-1)),
  'resource[microsoft.storage/storageaccounts:ishnsenabled]': ({ resource }) =>
    resource.hierarchical === undefined ? 'unknown' : [String(resource.hierarchical)],
  'resource[microsoft.storage/storageaccounts/blobservices/containers:name]': ({ resource }) => only(resource.container),
  [`resource[${BLOBS}:path]`]: ({ resource }) => only(resource.path),
  [`resource[${BLOBS}:iscurrentversion]`]: ({ resource: { path, isCurrentVersion } }) => {
    if (path === undefined) return 'missing'
    return isCurrentVersion === undefined ? 'unknown' : [String(isCurrentVersion)]
  },
  [`request[${BLOBS}:prefix]`]: ({ resource }) => only(resource.prefix),
  'request[suboperation]': ({ subOperation }) => only(subOperation),
}
