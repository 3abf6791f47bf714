import { cursorOver, type Cursor } from './cursor.ts'
import { parseCreateConnection, parseIfExists } from './parse-connection.ts'
import { parseAlterStage, parseCreateStage, parseListStage, parseShowStages, stageName } from './parse-stage.ts'
import { sqlError } from './position.ts'
import { planQuery } from './query-plan.ts'
import type { StatementText } from './statements.ts'
import type { Statement } from './statement.ts'
import { isOperator, isWord } from './token.ts'

const SUPPORTED =
  'Sluice runs CREATE, ALTER, DROP, SHOW and DESC of connections and stages, LIST @stage, and queries: SELECT, WITH … SELECT, VALUES and FROM.'

/** Parses one statement: Sluice's own by their grammar, queries for their stage references. Throws `invalid` or `unsupported`, pointing at the token. */
export function parseStatement(text: StatementText): Statement {
  const cursor = cursorOver(text)
  const token = cursor.peek()
  if (isWord(token, 'SELECT', 'WITH', 'VALUES', 'FROM') || isOperator(token, '(')) return { kind: 'query', plan: planQuery(text) }
  if (cursor.takeWord('CREATE')) return parseCreate(cursor)
  if (cursor.takeWord('DROP')) return parseDrop(cursor)
  if (cursor.takeWord('ALTER')) {
    if (cursor.takeWord('STAGE')) return parseAlterStage(cursor)
  } else if (cursor.takeWord('DESC', 'DESCRIBE')) {
    const statement = parseDescribe(cursor)
    if (statement) return statement
  } else if (cursor.takeWord('SHOW')) {
    if (cursor.takeWord('STAGES')) return parseShowStages(cursor)
    if (cursor.takeWord('CONNECTIONS')) {
      cursor.expectEnd('SHOW CONNECTIONS stands alone.')
      return { kind: 'show-connections' }
    }
  } else if (cursor.takeWord('LIST', 'LS')) return parseListStage(cursor)
  throw unsupported(text)
}

function parseCreate(cursor: Cursor): Statement {
  let orReplace = false
  if (cursor.takeWord('OR')) {
    cursor.expectWord('REPLACE')
    orReplace = true
  }
  if (cursor.takeWord('CONNECTION')) return parseCreateConnection(cursor, orReplace)
  if (cursor.takeWord('STAGE')) return parseCreateStage(cursor, orReplace)
  throw unsupported(cursor.text)
}

function parseDrop(cursor: Cursor): Statement {
  const kind = cursor.takeWord('CONNECTION') ? 'drop-connection' : cursor.takeWord('STAGE') ? 'drop-stage' : undefined
  if (!kind) throw unsupported(cursor.text)
  const ifExists = parseIfExists(cursor)
  const name = kind === 'drop-stage' ? stageName(cursor) : cursor.expectName('the name of the connection')
  cursor.expectEnd('DROP takes one name.')
  return { kind, name, ifExists }
}

function parseDescribe(cursor: Cursor): Statement | undefined {
  const kind = cursor.takeWord('CONNECTION') ? 'describe-connection' : cursor.takeWord('STAGE') ? 'describe-stage' : undefined
  if (!kind) return undefined
  const name = kind === 'describe-stage' ? stageName(cursor) : cursor.expectName('the name of the connection')
  cursor.expectEnd('DESC takes one name.')
  return { kind, name }
}

function unsupported(text: StatementText) {
  const [first, second] = text.tokens
  const span = { start: first?.start ?? text.start, end: (second?.kind === 'word' ? second : first)?.end ?? text.end }
  return sqlError('sql.unsupported_statement', text.source, span, 'This statement is not one that Sluice runs.', { hint: SUPPORTED })
}
