import type { Conditions, Question, Statement } from './question.ts'

interface Condition {
  readonly operator: string
  readonly key: string
  readonly values: readonly string[]
}

const isNegated = (operator: string): boolean => operator.includes('Not')

/** None at all when a condition uses an operator of ARNs. */
export function withoutArnOperators(statement: Statement): readonly Statement[] {
  return conditionsOf(statement).some(({ operator }) => operator.startsWith('Arn')) ? [] : [statement]
}

/** Null as if its value were always true. */
export function nullAsTrue(statement: Statement): readonly Statement[] {
  return [rewritten(statement, (condition) => (condition.operator === 'Null' ? { ...condition, values: ['true'] } : condition))]
}

/** The last of a list's values alone where one of them is a variable; when that is none, the condition never holds. */
export function variableAlone(statement: Statement, question: Question): readonly Statement[] {
  const isVariable = (value: string | undefined): boolean => value?.startsWith('${') ?? false
  const mixed = conditionsOf(statement).filter(({ key, values }) => values.some(isVariable) && isPresent(key, question))
  if (mixed.some(({ values }) => !isVariable(values.at(-1)))) return []
  return [
    rewritten(statement, (condition) =>
      condition.values.some(isVariable) ? { ...condition, values: condition.values.slice(-1) } : condition,
    ),
  ]
}

/** None at all when a negated condition without IfExists meets a request without its key. */
export function negatedWithoutKey(statement: Statement, question: Question): readonly Statement[] {
  const fails = conditionsOf(statement).some(
    ({ operator, key }) => isNegated(operator) && !operator.endsWith('IfExists') && !isPresent(key, question),
  )
  return fails ? [] : [statement]
}

/** One statement for each value of a negated condition: any of them may match. Of addresses none may, as at AWS. */
export function negatedWithSeveralValues(statement: Statement): readonly Statement[] {
  const several = conditionsOf(statement).find(({ operator, values }) => operator.startsWith('StringNot') && values.length > 1)
  if (several === undefined) return [statement]
  const { operator, key, values } = several
  return values.flatMap((value) =>
    negatedWithSeveralValues(
      rewritten(statement, (condition) =>
        condition.operator === operator && condition.key === key ? { ...condition, values: [value] } : condition,
      ),
    ),
  )
}

function conditionsOf({ Condition = {} }: Statement): readonly Condition[] {
  return Object.entries(Condition).flatMap(([operator, keys]) => Object.entries(keys).map(([key, values]) => ({ operator, key, values })))
}

function rewritten(statement: Statement, rewrite: (condition: Condition) => Condition): Statement {
  const conditions: { [operator: string]: Conditions[string] } = {}
  for (const condition of conditionsOf(statement).map(rewrite))
    conditions[condition.operator] = { ...conditions[condition.operator], [condition.key]: condition.values }
  return statement.Condition === undefined ? statement : { ...statement, Condition: conditions }
}

function isPresent(key: string, { context, principal }: Question): boolean {
  return context[key] !== undefined || (key === 'aws:username' && principal.kind === 'user')
}
