import type { Cursor, Spanned } from './cursor.ts'
import { identifierName, stringValue } from './literals.ts'
import { parseFormatOptions } from './parse-format.ts'
import { parseParameters } from './parse-connection.ts'
import { type Span, sqlError } from './position.ts'
import { type FileReference, type InlineConnection, type ReferenceArguments, withoutConnection } from './stage-reference.ts'
import type { FormatOption } from './statement.ts'
import { isOperator } from './token.ts'

/** A file reference in the place of a table, with its arguments and alias. */
export interface ReferenceClause {
  readonly reference: FileReference
  readonly arguments: ReferenceArguments
  /** The alias as the user wrote it, if they did. */
  readonly alias?: string
  /** Whether the alias renames columns: `AS t(a, b)`. */
  readonly columnAliases: boolean
  /** The reference and its arguments: what the view's name replaces. */
  readonly span: Span
}

/** Words that may follow a table without being its alias. */
const NOT_AN_ALIAS = new Set(
  (
    'WHERE GROUP HAVING ORDER LIMIT OFFSET FETCH WINDOW QUALIFY UNION EXCEPT INTERSECT JOIN INNER LEFT RIGHT FULL CROSS NATURAL ' +
    'POSITIONAL ASOF SEMI ANTI OUTER LATERAL ON USING TABLESAMPLE SELECT FROM PIVOT UNPIVOT FOR WITH AT'
  ).split(' '),
)

/** Reads arguments and alias; the cursor stands after the reference itself. Stops before a column list of the alias. */
export function parseReferenceClause(cursor: Cursor, reference: FileReference): ReferenceClause {
  const hasArguments = isOperator(cursor.peek(), '(')
  const given = hasArguments ? parseArguments(cursor, reference) : {}
  const end = hasArguments ? (cursor.peek(-1)?.end ?? reference.span.end) : reference.span.end
  const alias = parseAlias(cursor)
  if (reference.kind === 'url' && !given.connection && !given.inline && !mayCarryCredential(reference.url))
    throw withoutConnection(cursor.text.source, reference.span)
  return {
    reference,
    arguments: given,
    ...(alias === undefined ? {} : { alias }),
    columnAliases: alias !== undefined && isOperator(cursor.peek(), '('),
    span: { start: reference.span.start, end },
  }
}

/** Whether a URL may have a credential in it; which it is, its cloud knows when the query runs. */
function mayCarryCredential(url: string): boolean {
  return url.includes('?') || url.includes('@')
}

function parseAlias(cursor: Cursor): string | undefined {
  const explicit = cursor.takeWord('AS')
  const token = cursor.peek()
  const isName = token?.kind === 'identifier' || (token?.kind === 'word' && (explicit || !NOT_AN_ALIAS.has(token.text.toUpperCase())))
  if (!token || !isName) {
    if (explicit) throw cursor.fail('Expected the alias after AS here.')
    return undefined
  }
  cursor.next()
  return identifierName(token)
}

const ARGUMENTS_HINT =
  "The arguments are FILES => ('a', 'b'), PATTERN => 'regular expression', FILE_FORMAT => 'type' and CONNECTION => (CONNECTION_NAME = 'name')."

function parseArguments(cursor: Cursor, reference: FileReference): ReferenceArguments {
  cursor.expectOperator('(')
  const given: {
    files?: Spanned<readonly string[]>
    pattern?: Spanned<string>
    format?: readonly FormatOption[]
    connection?: Spanned<string>
    inline?: InlineConnection
  } = {}
  while (!cursor.takeOperator(')')) {
    const at = cursor.here()
    const name = cursor.expectName('an argument of the stage').value.toUpperCase()
    if (!cursor.takeOperator('=>')) cursor.expectOperator('=>', ARGUMENTS_HINT)
    const key = ARGUMENT_KEYS[name]
    if (key && (given[key] ?? (key === 'connection' ? given.inline : undefined)) !== undefined)
      throw sqlError('sql.duplicate_option', cursor.text.source, at, 'This argument was given before.')
    if (key === 'files') given.files = parseFiles(cursor)
    else if (key === 'pattern') given.pattern = parsePattern(cursor)
    else if (key === 'format') given.format = parseFormat(cursor)
    else if (key === 'connection') Object.assign(given, parseConnection(cursor, reference, at))
    else throw unknownArgument(cursor, name, at)
    cursor.takeOperator(',')
  }
  return given
}

const ARGUMENT_KEYS: { readonly [name: string]: keyof ReferenceArguments | undefined } = {
  FILES: 'files',
  PATTERN: 'pattern',
  FILE_FORMAT: 'format',
  CONNECTION: 'connection',
}

function unknownArgument(cursor: Cursor, name: string, at: Span) {
  if (name === 'CASE_SENSITIVE')
    return sqlError(
      'sql.unsupported_option',
      cursor.text.source,
      at,
      'CASE_SENSITIVE is not supported: names of columns are found without regard to case.',
      {
        hint: 'Leave the argument out.',
      },
    )
  return sqlError('sql.syntax', cursor.text.source, at, 'This is not an argument of a stage.', { hint: ARGUMENTS_HINT })
}

function parseFiles(cursor: Cursor): Spanned<readonly string[]> {
  const open = cursor.here()
  cursor.expectOperator('(', "Write FILES => ('a.csv', 'b.csv').")
  const files: string[] = []
  let end = open.end
  while (!isOperator(cursor.peek(), ')')) {
    files.push(cursor.expectString('the name of a file').value)
    cursor.takeOperator(',')
  }
  end = cursor.here().end
  cursor.expectOperator(')')
  return { value: files, span: { start: open.start, end } }
}

function parsePattern(cursor: Cursor): Spanned<string> {
  if (cursor.peek()?.kind === 'variable')
    throw sqlError('sql.unsupported_option', cursor.text.source, cursor.here(), 'There are no variables here.', {
      hint: 'Write the pattern as a string.',
    })
  return cursor.expectString('a regular expression')
}

function parseFormat(cursor: Cursor): readonly FormatOption[] {
  const token = cursor.peek()
  if (isOperator(token, '(')) return parseFormatOptions(cursor)
  if (token?.kind !== 'string' && token?.kind !== 'word')
    throw cursor.fail("Expected the format here: 'parquet', 'csv', 'tsv' or 'ndjson', or (TYPE = CSV …).")
  cursor.next()
  return [{ name: 'TYPE', span: token, value: token.kind === 'string' ? stringValue(token) : token.text, valueSpan: token }]
}

function parseConnection(cursor: Cursor, reference: FileReference, at: Span): Pick<ReferenceArguments, 'connection' | 'inline'> {
  if (reference.kind === 'stage')
    throw sqlError('sql.unsupported_option', cursor.text.source, at, 'A stage has its connection already.', {
      hint: 'Leave CONNECTION out, or write the URL instead of the stage.',
    })
  const open = cursor.here()
  cursor.expectOperator('(', "Write CONNECTION => (CONNECTION_NAME = '<connection>').")
  const parameters = parseParameters(cursor, () => isOperator(cursor.peek(), ')') || cursor.peek() === undefined)
  const span = { start: open.start, end: cursor.here().end }
  cursor.expectOperator(')')
  const named = parameters.find((parameter) => parameter.name === 'connection_name')
  const other = parameters.find((parameter) => parameter !== named)
  if (!named) return { inline: { parameters, span } }
  if (!other) return { connection: named.value }
  throw sqlError(
    'sql.inline_credentials',
    cursor.text.source,
    other.nameSpan,
    'CONNECTION_NAME stands alone: the connection says the rest.',
  )
}
