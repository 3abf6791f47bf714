import type { Cursor, Spanned } from './cursor.ts'
import { parseIfExists, parseMode, parseParameters } from './parse-connection.ts'
import { parseFormatOptions } from './parse-format.ts'
import { sqlError } from './position.ts'
import { readReference } from './stage-reference.ts'
import type { FormatOption, StageChanges, Statement } from './statement.ts'
import { isOperator, isWord } from './token.ts'

interface Clauses {
  url?: Spanned<string>
  connection?: Spanned<string>
  format?: readonly FormatOption[]
  comment?: string
}

/** The rest of `CREATE [OR REPLACE] STAGE`. */
export function parseCreateStage(cursor: Cursor, orReplace: boolean): Statement {
  const mode = parseMode(cursor, orReplace)
  const name = stageName(cursor)
  const clauses: Clauses = {}
  while (cursor.peek()) parseClause(cursor, clauses)
  if (!clauses.url)
    throw sqlError('sql.internal_stage', cursor.text.source, name.span, 'The stage has no URL: Sluice keeps no files of its own.', {
      hint: "Add URL = 's3://bucket/folder/' CONNECTION = (CONNECTION_NAME = '<connection>').",
    })
  if (!clauses.connection) throw withoutConnection(cursor, clauses.url)
  return {
    kind: 'create-stage',
    name,
    mode,
    url: clauses.url,
    connection: clauses.connection,
    ...(clauses.format ? { format: clauses.format } : {}),
    ...(clauses.comment === undefined ? {} : { comment: clauses.comment }),
  }
}

/** The rest of `ALTER STAGE`. */
export function parseAlterStage(cursor: Cursor): Statement {
  const ifExists = parseIfExists(cursor)
  const name = stageName(cursor)
  const changes: Clauses = {}
  if (cursor.takeWord('SET'))
    do parseClause(cursor, changes)
    while (cursor.peek())
  else {
    cursor.expectWord('UNSET', 'Write ALTER STAGE name SET … or ALTER STAGE name UNSET FILE_FORMAT or COMMENT.')
    do parseUnset(cursor, changes)
    while (cursor.peek())
  }
  return { kind: 'alter-stage', name, ifExists, changes: changes satisfies StageChanges }
}

/** The rest of `SHOW STAGES`. */
export function parseShowStages(cursor: Cursor): Statement {
  const like = cursor.takeWord('LIKE') ? cursor.expectString('a pattern after LIKE').value : undefined
  const limit = cursor.takeWord('LIMIT') ? cursor.expectInteger('a number after LIMIT').value : undefined
  if (isWord(cursor.peek(), 'WHERE'))
    throw sqlError('sql.unsupported_option', cursor.text.source, cursor.here(), 'SHOW STAGES takes LIKE and LIMIT, not WHERE.', {
      hint: "Write SHOW STAGES LIKE 'prefix%'.",
    })
  cursor.expectEnd("Write SHOW STAGES [LIKE 'pattern'] [LIMIT n].")
  return { kind: 'show-stages', ...(like === undefined ? {} : { like }), ...(limit === undefined ? {} : { limit }) }
}

/** The rest of `LIST`. */
export function parseListStage(cursor: Cursor): Statement {
  const token = cursor.peek()
  const reference = token && (token.kind === 'stage' || token.kind === 'string') ? readReference(cursor.text.source, token) : undefined
  if (reference?.kind !== 'stage')
    throw cursor.fail('Expected a stage here.', { hint: "Write LIST @stage or LIST @stage/path/ PATTERN = '.*[.]csv'." })
  cursor.next()
  let pattern: Spanned<string> | undefined
  if (cursor.takeWord('PATTERN')) {
    if (!cursor.takeOperator('=')) cursor.expectOperator('=>')
    pattern = cursor.expectString('a regular expression')
  }
  cursor.expectEnd("Write LIST @stage/path/ [PATTERN = 'regular expression'].")
  return { kind: 'list-stage', reference, ...(pattern ? { pattern } : {}) }
}

export function stageName(cursor: Cursor): Spanned<string> {
  const token = cursor.peek()
  if (token?.kind === 'stage') throw cursor.fail('The name of a stage is written without the @ here.')
  if (isOperator(token, '~') || isOperator(token, '@')) throw cursor.fail('There is no user stage here; give the stage a name.')
  return cursor.expectName('the name of the stage')
}

function parseClause(cursor: Cursor, clauses: Clauses): void {
  const at = cursor.here()
  const once = (given: boolean) => {
    if (given) throw sqlError('sql.duplicate_option', cursor.text.source, at, 'This clause was given before.')
  }
  if (cursor.peek()?.kind === 'string' || isWord(cursor.peek(), 'URL', 'LOCATION')) {
    once(clauses.url !== undefined)
    if (cursor.takeWord('URL', 'LOCATION')) cursor.expectOperator('=')
    clauses.url = cursor.expectString("the stage's URL")
  } else if (cursor.takeWord('CONNECTION')) {
    once(clauses.connection !== undefined)
    cursor.expectOperator('=')
    clauses.connection = parseConnectionName(cursor)
  } else if (cursor.takeWord('FILE_FORMAT')) {
    once(clauses.format !== undefined)
    cursor.expectOperator('=')
    clauses.format = parseFormatOptions(cursor)
  } else if (cursor.takeWord('COMMENT', 'COMMENTS')) {
    once(clauses.comment !== undefined)
    cursor.expectOperator('=')
    clauses.comment = cursor.expectString('the comment').value
  } else throw cursor.fail('Expected a clause of the stage here.', { hint: 'The clauses are URL, CONNECTION, FILE_FORMAT and COMMENT.' })
  cursor.takeOperator(',')
}

function parseUnset(cursor: Cursor, changes: Clauses): void {
  if (cursor.takeWord('FILE_FORMAT')) changes.format = []
  else if (cursor.takeWord('COMMENT', 'COMMENTS')) changes.comment = ''
  else throw cursor.fail('Only FILE_FORMAT and COMMENT can be unset.')
  cursor.takeOperator(',')
}

/** `( CONNECTION_NAME = 'name' )`. Inline credentials are refused: they would be stored with the stage and shown with it. */
export function parseConnectionName(cursor: Cursor): Spanned<string> {
  const open = cursor.here()
  cursor.expectOperator('(', "Write CONNECTION = (CONNECTION_NAME = '<connection>').")
  const parameters = parseParameters(cursor, () => isOperator(cursor.peek(), ')') || cursor.peek() === undefined)
  cursor.expectOperator(')')
  const named = parameters.find((parameter) => parameter.name === 'connection_name')
  const other = parameters.find((parameter) => parameter !== named)
  if (other)
    throw sqlError(
      'sql.inline_credentials',
      cursor.text.source,
      other.nameSpan,
      'Only CONNECTION_NAME can stand here: credentials live in a connection.',
    )
  if (!named)
    throw sqlError('sql.inline_credentials', cursor.text.source, open, 'The connection is not named.', {
      hint: "Write (CONNECTION_NAME = '<connection>').",
    })
  return named.value
}

function withoutConnection(cursor: Cursor, url: Spanned<string>) {
  return sqlError(
    'sql.inline_credentials',
    cursor.text.source,
    url.span,
    'The stage does not say through which connection its files are reached.',
    {
      hint: "Add CONNECTION = (CONNECTION_NAME = '<connection>'); for a public bucket, create a connection without credentials first.",
    },
  )
}
