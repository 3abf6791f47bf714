import { invalidTemplate } from './error.ts'

/** An expression of a template, read. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number }
  | { readonly kind: 'call'; readonly name: string; readonly given: readonly Expression[] }
  | { readonly kind: 'member'; readonly of: Expression; readonly name: Expression }

const TOKENS = /\s*(?:'((?:[^']|'')*)'|(-?\d+)|([A-Za-z_][\w]*)|([(),.[\]]))/y

/** Reads what stands in a text between brackets: `[concat('a', parameters('b').c)]`. Undefined for a text that is no expression. */
export function parseExpression(text: string): Expression | undefined {
  if (!text.startsWith('[') || !text.endsWith(']') || text.startsWith('[[')) return undefined
  const tokens = tokensOf(text.slice(1, -1))
  const expression = readExpression(tokens)
  if (tokens.peek() !== undefined) throw invalidTemplate(`The expression ${text} is not valid`)
  return expression
}

interface Token {
  readonly kind: 'string' | 'number' | 'name' | 'symbol'
  readonly text: string
}

interface Tokens {
  peek(): Token | undefined
  take(): Token | undefined
  accept(symbol: string): boolean
  expect(symbol: string): void
}

function tokensOf(source: string): Tokens {
  const list: Token[] = []
  const pattern = new RegExp(TOKENS)
  const end = source.trimEnd().length
  while (pattern.lastIndex < end) {
    const match = pattern.exec(source)
    if (!match) throw invalidTemplate(`The expression [${source}] is not valid`)
    const [, string, number, name, symbol] = match
    if (string !== undefined) list.push({ kind: 'string', text: string.replaceAll("''", "'") })
    else if (number !== undefined) list.push({ kind: 'number', text: number })
    else if (name !== undefined) list.push({ kind: 'name', text: name })
    else list.push({ kind: 'symbol', text: symbol ?? '' })
  }
  let index = 0
  const accept = (symbol: string): boolean => {
    const token = list[index]
    const isIt = token?.kind === 'symbol' && token.text === symbol
    if (isIt) index += 1
    return isIt
  }
  return {
    peek: () => list[index],
    take: () => list[index++],
    accept,
    expect(symbol) {
      if (!accept(symbol)) throw invalidTemplate(`The expression [${source}] lacks ${symbol}`)
    },
  }
}

function readExpression(tokens: Tokens): Expression {
  let expression = readValue(tokens)
  for (;;) {
    if (tokens.accept('.')) expression = { kind: 'member', of: expression, name: { kind: 'literal', value: tokens.take()?.text ?? '' } }
    else if (tokens.accept('[')) {
      expression = { kind: 'member', of: expression, name: readExpression(tokens) }
      tokens.expect(']')
    } else return expression
  }
}

function readValue(tokens: Tokens): Expression {
  const token = tokens.take()
  if (token?.kind === 'string') return { kind: 'literal', value: token.text }
  if (token?.kind === 'number') return { kind: 'literal', value: Number(token.text) }
  if (token?.kind !== 'name') throw invalidTemplate('An expression is not valid')
  tokens.expect('(')
  const given: Expression[] = []
  if (tokens.accept(')')) return { kind: 'call', name: token.text, given }
  do given.push(readExpression(tokens))
  while (tokens.accept(','))
  tokens.expect(')')
  return { kind: 'call', name: token.text, given }
}
