import { COMPARISONS, type BinaryOperator, type CelExpression, type CelProblem, type CelReading } from './expression.ts'
import { tokenize, type CelToken } from './tokens.ts'

/** Far beyond what a person writes, and short of what a stack cannot bear. */
const DEEPEST = 64

/**
 * Reads a CEL expression: comparisons, `&&`, `||`, `!`, `in`, `?:`, `+`, texts, whole numbers, lists, members and calls.
 * Anything else of CEL (other arithmetic, maps, bytes, floating point) is a problem, never a guess.
 */
export function parseCel(source: string): CelReading {
  const split = tokenize(source)
  if (!split.ok) return split
  try {
    return { ok: true, expression: new Parser(split.tokens).whole() }
  } catch (error) {
    if (error instanceof Unreadable) return { ok: false, problem: error.problem }
    throw error
  }
}

class Unreadable extends Error {
  readonly problem: CelProblem

  constructor(problem: CelProblem) {
    super(problem.message)
    this.problem = problem
  }
}

const LITERALS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
])

class Parser {
  readonly #tokens: readonly CelToken[]
  #next = 0
  #depth = 0

  constructor(tokens: readonly CelToken[]) {
    this.#tokens = tokens
  }

  whole(): CelExpression {
    const expression = this.#expression()
    if (this.#token().kind !== 'end') this.#fail('The expression ends before this.')
    return expression
  }

  #expression(): CelExpression {
    this.#depth += 1
    if (this.#depth > DEEPEST) this.#fail('The expression is nested too deeply.')
    const test = this.#either()
    const whole: CelExpression = this.#take('?') ? this.#choice(test) : test
    this.#depth -= 1
    return whole
  }

  #choice(test: CelExpression): CelExpression {
    const whenTrue = this.#either()
    this.#demand(':')
    return { kind: 'choice', test, whenTrue, whenFalse: this.#expression() }
  }

  #either(): CelExpression {
    return this.#chain(['||'], () => this.#both())
  }

  #both(): CelExpression {
    return this.#chain(['&&'], () => this.#relation())
  }

  #relation(): CelExpression {
    return this.#chain(COMPARISONS, () => this.#chain(['+'], () => this.#unary()))
  }

  #chain(operators: readonly BinaryOperator[], operand: () => CelExpression): CelExpression {
    let left = operand()
    for (;;) {
      const operator = operators.find((candidate) => this.#take(candidate))
      if (operator === undefined) return left
      left = { kind: 'binary', operator, left, right: operand() }
    }
  }

  #unary(): CelExpression {
    let negations = 0
    while (this.#take('!')) negations += 1
    if (negations > DEEPEST) this.#fail('The expression is nested too deeply.')
    let expression = this.#postfix()
    for (; negations > 0; negations -= 1) expression = { kind: 'not', of: expression }
    return expression
  }

  #postfix(): CelExpression {
    let expression = this.#primary()
    for (;;) {
      if (this.#take('.')) expression = this.#memberOf(expression)
      else if (this.#take('[')) {
        const at = this.#expression()
        this.#demand(']')
        expression = { kind: 'index', of: expression, at }
      } else return expression
    }
  }

  #memberOf(of: CelExpression): CelExpression {
    const name = this.#name()
    return this.#take('(') ? { kind: 'call', target: of, name, arguments: this.#list(')') } : { kind: 'member', of, name }
  }

  #primary(): CelExpression {
    const token = this.#token()
    if (token.kind === 'string' || token.kind === 'number') {
      this.#next += 1
      return { kind: 'literal', value: token.value }
    }
    if (this.#take('(')) {
      const inner = this.#expression()
      this.#demand(')')
      return inner
    }
    if (this.#take('[')) return { kind: 'list', items: this.#list(']') }
    const name = this.#name()
    const literal = LITERALS.get(name)
    if (literal !== undefined) return { kind: 'literal', value: literal }
    return this.#take('(') ? { kind: 'call', name, arguments: this.#list(')') } : { kind: 'name', name }
  }

  #list(end: string): readonly CelExpression[] {
    if (this.#take(end)) return []
    const items = [this.#expression()]
    while (this.#take(',')) items.push(this.#expression())
    this.#demand(end)
    return items
  }

  #name(): string {
    const token = this.#token()
    if (token.kind !== 'name' || token.text === 'in') return this.#fail('A name is missing here.')
    this.#next += 1
    return token.text
  }

  #take(text: string): boolean {
    const token = this.#token()
    const matches = (token.kind === 'symbol' || (token.kind === 'name' && text === 'in')) && token.text === text
    if (matches) this.#next += 1
    return matches
  }

  #demand(text: string): void {
    if (!this.#take(text)) this.#fail(`${text} is missing here.`)
  }

  #token(): CelToken {
    return this.#tokens[this.#next] ?? { kind: 'end', at: 0 }
  }

  #fail(message: string): never {
    throw new Unreadable({ message, at: this.#token().at })
  }
}
