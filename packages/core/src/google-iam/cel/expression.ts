/** An expression of the Common Expression Language, as far as IAM uses it. */
export type CelExpression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'member'; readonly of: CelExpression; readonly name: string }
  | { readonly kind: 'index'; readonly of: CelExpression; readonly at: CelExpression }
  | { readonly kind: 'list'; readonly items: readonly CelExpression[] }
  | { readonly kind: 'call'; readonly target?: CelExpression; readonly name: string; readonly arguments: readonly CelExpression[] }
  | { readonly kind: 'not'; readonly of: CelExpression }
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: CelExpression; readonly right: CelExpression }
  | { readonly kind: 'choice'; readonly test: CelExpression; readonly whenTrue: CelExpression; readonly whenFalse: CelExpression }

export const COMPARISONS = ['==', '!=', '<=', '>=', '<', '>', 'in'] as const

export type BinaryOperator = '&&' | '||' | '+' | (typeof COMPARISONS)[number]

/** Where a text stops being an expression that we read. */
export interface CelProblem {
  readonly message: string
  /** Index of the character. */
  readonly at: number
}

export type CelReading = { readonly ok: true; readonly expression: CelExpression } | { readonly ok: false; readonly problem: CelProblem }

/** How often an expression says `&&`, `||` and `!`: IAM takes twelve in one condition. https://cloud.google.com/iam/quotas */
export function logicalOperators(expression: CelExpression): number {
  switch (expression.kind) {
    case 'literal':
    case 'name':
      return 0
    case 'member':
      return logicalOperators(expression.of)
    case 'not':
      return 1 + logicalOperators(expression.of)
    case 'index':
      return logicalOperators(expression.of) + logicalOperators(expression.at)
    case 'list':
      return sum(expression.items)
    case 'call':
      return sum([...(expression.target ? [expression.target] : []), ...expression.arguments])
    case 'binary': {
      const own = expression.operator === '&&' || expression.operator === '||' ? 1 : 0
      return own + sum([expression.left, expression.right])
    }
    default:
      return sum([expression.test, expression.whenTrue, expression.whenFalse])
  }
}

function sum(expressions: readonly CelExpression[]): number {
  return expressions.reduce((count, expression) => count + logicalOperators(expression), 0)
}
