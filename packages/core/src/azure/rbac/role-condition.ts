/** An operand of a comparison: values as written, or an attribute of what is asked. */
export type ConditionOperand =
  | { readonly kind: 'values'; readonly values: readonly string[] }
  | { readonly kind: 'attribute'; readonly source: string; readonly name: string }

/** The condition of a role assignment, read. */
export type RoleCondition =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly RoleCondition[] }
  | { readonly kind: 'not'; readonly term: RoleCondition }
  | { readonly kind: 'action-matches' | 'sub-operation-matches'; readonly patterns: readonly string[] }
  | { readonly kind: 'exists'; readonly attribute: ConditionOperand; readonly negated: boolean }
  | { readonly kind: 'compare'; readonly operator: string; readonly left: ConditionOperand; readonly right: ConditionOperand }

interface Token {
  readonly kind: 'word' | 'string' | 'attribute' | 'symbol'
  readonly text: string
}

// A word may have a colon in it: ForAnyOfAnyValues:StringEquals.
const TOKENS = /\s*(?:'([^']*)'|(@[A-Za-z]+\[[^\]]*\])|(&&|\|\||[(){},!])|([A-Za-z0-9_.:+-]+))/y

/** Reads a condition; undefined where it is not written as conditions are. https://learn.microsoft.com/azure/role-based-access-control/conditions-format */
export function parseRoleCondition(text: string): RoleCondition | undefined {
  const tokens = tokensOf(text)
  if (tokens === undefined) return undefined
  const reader = readerOf(tokens)
  const condition = readOr(reader)
  return condition !== undefined && reader.done() ? condition : undefined
}

function tokensOf(text: string): readonly Token[] | undefined {
  const tokens: Token[] = []
  const pattern = new RegExp(TOKENS)
  const end = text.trimEnd().length
  while (pattern.lastIndex < end) {
    const match = pattern.exec(text)
    if (!match) return undefined
    const [, string, attribute, symbol, word] = match
    if (string !== undefined) tokens.push({ kind: 'string', text: string })
    else if (attribute !== undefined) tokens.push({ kind: 'attribute', text: attribute })
    else if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol })
    else tokens.push({ kind: 'word', text: word ?? '' })
  }
  return tokens
}

interface Reader {
  peek(): Token | undefined
  take(): Token | undefined
  /** Takes the next token where it is one of these symbols or words. */
  accept(...texts: readonly string[]): boolean
  done(): boolean
}

function readerOf(tokens: readonly Token[]): Reader {
  let index = 0
  return {
    peek: () => tokens[index],
    take: () => tokens[index++],
    accept(...texts) {
      const token = tokens[index]
      const isIt = token !== undefined && (token.kind === 'symbol' || token.kind === 'word') && texts.includes(token.text.toUpperCase())
      if (isIt) index += 1
      return isIt
    },
    done: () => index === tokens.length,
  }
}

function readOr(reader: Reader): RoleCondition | undefined {
  return readChain(reader, 'or', ['OR', '||'], readAnd)
}

function readAnd(reader: Reader): RoleCondition | undefined {
  return readChain(reader, 'and', ['AND', '&&'], readNot)
}

function readChain(
  reader: Reader,
  kind: 'and' | 'or',
  operators: readonly string[],
  readTerm: (reader: Reader) => RoleCondition | undefined,
): RoleCondition | undefined {
  const terms: RoleCondition[] = []
  do {
    const term = readTerm(reader)
    if (term === undefined) return undefined
    terms.push(term)
  } while (reader.accept(...operators))
  return terms.length === 1 ? terms[0] : { kind, terms }
}

function readNot(reader: Reader): RoleCondition | undefined {
  if (reader.accept('NOT', '!')) {
    const term = readNot(reader)
    return term && { kind: 'not', term }
  }
  if (!reader.accept('(')) return readTerm(reader)
  const inner = readOr(reader)
  return inner !== undefined && reader.accept(')') ? inner : undefined
}

function readTerm(reader: Reader): RoleCondition | undefined {
  if (reader.accept('ACTIONMATCHES')) return matchesOf('action-matches', readOperand(reader))
  if (reader.accept('SUBOPERATIONMATCHES')) return matchesOf('sub-operation-matches', readOperand(reader))
  for (const [word, negated] of [['EXISTS', false] as const, ['NOTEXISTS', true] as const])
    if (reader.accept(word)) {
      const attribute = readOperand(reader)
      return attribute?.kind === 'attribute' ? { kind: 'exists', attribute, negated } : undefined
    }
  const left = readOperand(reader)
  const operator = reader.take()
  const right = readOperand(reader)
  return left && right && operator?.kind === 'word' ? { kind: 'compare', operator: operator.text, left, right } : undefined
}

function matchesOf(kind: 'action-matches' | 'sub-operation-matches', operand: ConditionOperand | undefined): RoleCondition | undefined {
  return operand?.kind === 'values' ? { kind, patterns: operand.values } : undefined
}

function readOperand(reader: Reader): ConditionOperand | undefined {
  if (reader.accept('{')) return readSet(reader)
  const token = reader.take()
  if (token?.kind === 'attribute') {
    const [source = '', name = ''] = token.text.slice(1, -1).split(/\[(.*)/s)
    return { kind: 'attribute', source, name: name.trim() }
  }
  return token?.kind === 'string' || token?.kind === 'word' ? { kind: 'values', values: [token.text] } : undefined
}

function readSet(reader: Reader): ConditionOperand | undefined {
  const values: string[] = []
  do {
    const token = reader.take()
    if (token?.kind !== 'string' && token?.kind !== 'word') return undefined
    values.push(token.text)
  } while (reader.accept(','))
  return reader.accept('}') ? { kind: 'values', values } : undefined
}
