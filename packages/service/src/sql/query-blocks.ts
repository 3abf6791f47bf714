import { cursorOver } from './cursor.ts'
import { identifierName } from './literals.ts'
import { sqlError } from './position.ts'
import { parseReferenceClause, type ReferenceClause } from './reference-clause.ts'
import { readReference } from './stage-reference.ts'
import type { StatementText } from './statements.ts'
import { isOperator, isWord, type Token } from './token.ts'

/** One SELECT (or FROM-first query, or VALUES) with what concerns us of it. Indexes are those of the statement's tokens. */
export interface Block {
  readonly parent: Block | undefined
  readonly references: ReferenceClause[]
  readonly stars: { readonly index: number; readonly qualifier?: string }[]
  /** Where FROM stands in a query that begins with it. */
  readonly fromFirst?: number
  hasSelect: boolean
  /** Where NATURAL stands, which joins by all names that both sides have. */
  natural?: number
  /** Whether the block is an operand of UNION, EXCEPT or INTERSECT. */
  inSetOperation: boolean
}

/** A `$N` or METADATA$… and the block it belongs to. */
export interface Use {
  readonly index: number
  readonly block: Block | undefined
  readonly qualifier?: string
  readonly inOrderBy: boolean
  /** Directly in the list of a SELECT, not within an expression in parentheses. */
  readonly inSelectList: boolean
  /** Within `[…]`, where a colon is a slice. */
  readonly inBrackets: boolean
}

export interface QueryBlocks {
  readonly blocks: readonly Block[]
  readonly uses: readonly Use[]
}

const MAX_DEPTH = 200

type Clause = 'none' | 'select' | 'from' | 'order' | 'other'

interface Group {
  readonly kind: 'query' | 'tables' | 'expression'
  readonly block: Block | undefined
  readonly inOrderBy: boolean
  readonly depth: number
}

/** Finds the query blocks of a statement and their stage references, in one pass over its tokens. */
export function findBlocks(text: StatementText): QueryBlocks {
  const found: { blocks: Block[]; uses: Use[] } = { blocks: [], uses: [] }
  const end = scanGroup(text, found, 0, { kind: 'query', block: undefined, inOrderBy: false, depth: 0 })
  const extra = text.tokens[end]
  if (extra) throw sqlError('sql.syntax', text.source, extra, 'This parenthesis closes nothing.')
  return found
}

/** Scans from `from` to the closing parenthesis of the group, and returns its index (or the number of tokens). */
function scanGroup(text: StatementText, found: { blocks: Block[]; uses: Use[] }, from: number, group: Group): number {
  const { tokens, source } = text
  const own: Block[] = []
  let current: Block | undefined
  let clause: Clause = group.kind === 'tables' ? 'from' : 'none'
  let expectsTable = group.kind === 'tables'
  let brackets = 0
  const block = () => current ?? group.block
  const open = (fromFirst?: number): Block => {
    const opened: Block = {
      parent: group.block,
      references: [],
      stars: [],
      hasSelect: fromFirst === undefined,
      inSetOperation: false,
      ...(fromFirst === undefined ? {} : { fromFirst }),
    }
    own.push(opened)
    found.blocks.push(opened)
    return opened
  }

  let index = from
  while (index < tokens.length) {
    const token = tokens[index]
    if (!token || isOperator(token, ')')) break
    if (isOperator(token, '(')) {
      index = scanParentheses(text, found, index, {
        kind: startsQuery(tokens, index) ? 'query' : expectsTable ? 'tables' : 'expression',
        block: block(),
        inOrderBy: clause === 'order' || group.inOrderBy,
        depth: group.depth + 1,
      })
      expectsTable = false
      continue
    }
    if (isOperator(token, '[')) brackets++
    else if (isOperator(token, ']')) brackets--

    if (expectsTable && (token.kind === 'stage' || token.kind === 'string')) {
      const reference = readReference(source, token)
      if (!reference) throw sqlError('sql.not_a_table', source, token, 'A string in the place of a table names files of a stage or a URL.')
      const cursor = cursorOver(text, index + 1)
      block()?.references.push(parseReferenceClause(cursor, reference))
      index = cursor.index()
      expectsTable = false
      continue
    }
    if (token.kind === 'stage')
      throw sqlError('sql.misplaced_stage', source, token, 'A stage can only stand where a table may stand.', {
        hint: 'Put it after FROM or JOIN. For the absolute value write abs(x).',
      })
    if (token.kind === 'variable')
      throw sqlError('sql.unsupported_option', source, token, 'There are no variables or named parameters here.')
    if (token.kind === 'position' || isMetadata(token)) {
      const qualifier = qualifierOf(tokens, index)
      found.uses.push({
        index,
        block: block(),
        ...(qualifier === undefined ? {} : { qualifier }),
        inOrderBy: clause === 'order' || group.inOrderBy,
        inSelectList: clause === 'select' && group.kind === 'query' && brackets === 0,
        inBrackets: brackets > 0,
      })
    }

    if (group.kind === 'query' && token.kind === 'word') {
      const word = token.text.toUpperCase()
      if (word === 'SELECT') {
        if (current?.fromFirst !== undefined && !current.hasSelect) current.hasSelect = true
        else current = open()
        clause = 'select'
      } else if (word === 'FROM' && !isDistinctFrom(tokens, index)) {
        current ??= open(index)
        clause = 'from'
        expectsTable = true
        index++
        continue
      } else if (word === 'VALUES' && !current) current = open()
      else if (word === 'UNION' || word === 'EXCEPT' || word === 'INTERSECT') {
        current = undefined
        clause = 'none'
        // The others follow at the end of the group.
        if (own[0]) own[0].inSetOperation = true
      } else if (word === 'ORDER') clause = 'order'
      else if (ENDS_FROM.has(word) && clause !== 'none') clause = 'other'
    }
    const holder = block()
    if (clause === 'from' && holder && isWord(token, 'NATURAL')) holder.natural ??= index
    if (clause === 'from' && (isOperator(token, ',') || isWord(token, 'JOIN'))) expectsTable = brackets === 0
    else if (!isWord(token, 'LATERAL')) expectsTable = false

    const star = clause === 'select' && group.kind === 'query' ? starAt(tokens, index) : starOfColumns(tokens, index)
    if (star) holder?.stars.push(star)
    index++
  }
  const operands = own.length > 1 && own.some((operand) => operand.inSetOperation)
  if (operands) for (const operand of own) operand.inSetOperation = true
  return index
}

function scanParentheses(text: StatementText, found: { blocks: Block[]; uses: Use[] }, open: number, group: Group): number {
  const token = text.tokens[open]
  const span = token ?? { start: text.end, end: text.end }
  if (group.depth > MAX_DEPTH) throw sqlError('sql.too_deep', text.source, span, `Parentheses are nested more than ${MAX_DEPTH} deep.`)
  const close = scanGroup(text, found, open + 1, group)
  if (!text.tokens[close]) throw sqlError('sql.syntax', text.source, span, 'This parenthesis is not closed.')
  return close + 1
}

const ENDS_FROM = new Set(['WHERE', 'GROUP', 'HAVING', 'WINDOW', 'QUALIFY', 'LIMIT', 'OFFSET', 'FETCH'])

/** FROM of `x IS [NOT] DISTINCT FROM y` begins no clause. */
function isDistinctFrom(tokens: readonly Token[], index: number): boolean {
  return isWord(tokens[index - 1], 'DISTINCT') && isWord(tokens[index - 2], 'IS', 'NOT')
}

/** Whether the parenthesis at `open` holds a query, seen from its first word. */
function startsQuery(tokens: readonly Token[], open: number): boolean {
  let index = open
  while (isOperator(tokens[index], '(')) index++
  const first = tokens[index]
  if (isWord(first, 'SELECT', 'WITH', 'VALUES')) return true
  // trim(FROM x) is a function call; (FROM x) after anything but a name is a query.
  const before = tokens[open - 1]
  const isCall = before?.kind === 'identifier' || isWord(before, 'TRIM')
  return isWord(first, 'FROM') && !isCall
}

function isMetadata(token: Token): boolean {
  return token.kind === 'word' && token.text.toUpperCase().startsWith('METADATA$')
}

function qualifierOf(tokens: readonly Token[], index: number): string | undefined {
  const name = tokens[index - 2]
  if (!isOperator(tokens[index - 1], '.') || !name) return undefined
  return name.kind === 'word' || name.kind === 'identifier' ? identifierName(name) : undefined
}

/** A `*` that stands for columns: first in the list, after a comma, or after a table's name and a dot. */
function starAt(tokens: readonly Token[], index: number): Block['stars'][number] | undefined {
  if (!isOperator(tokens[index], '*')) return undefined
  const before = tokens[index - 1]
  const qualifier = qualifierOf(tokens, index)
  if (qualifier !== undefined) return { index, qualifier }
  const stands = isWord(before, 'SELECT', 'DISTINCT', 'ALL') || isOperator(before, ',') || closesDistinctOn(tokens, index - 1)
  return stands ? { index } : undefined
}

/** The `*` of `COLUMNS(*)` or `COLUMNS(t.*)`, wherever it stands. */
function starOfColumns(tokens: readonly Token[], index: number): Block['stars'][number] | undefined {
  if (!isOperator(tokens[index], '*')) return undefined
  const qualifier = qualifierOf(tokens, index)
  const open = qualifier === undefined ? index - 1 : index - 3
  if (!isOperator(tokens[open], '(') || !isWord(tokens[open - 1], 'COLUMNS')) return undefined
  return qualifier === undefined ? { index } : { index, qualifier }
}

function closesDistinctOn(tokens: readonly Token[], close: number): boolean {
  if (!isOperator(tokens[close], ')')) return false
  let depth = 0
  for (let index = close; index >= 0; index--) {
    if (isOperator(tokens[index], ')')) depth++
    else if (isOperator(tokens[index], '(') && --depth === 0)
      return isWord(tokens[index - 1], 'ON') && isWord(tokens[index - 2], 'DISTINCT')
  }
  return false
}
