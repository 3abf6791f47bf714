import type { Cursor, Spanned } from './cursor.ts'
import { quoteIdentifier, stringValue } from './literals.ts'
import { sqlError } from './position.ts'
import type { ConnectionParameter, CreateMode, Statement } from './statement.ts'

const PARAMETER_HINT = "Parameters are written NAME = 'value', separated by blanks or commas."

/** `[OR REPLACE]` was read before the object's kind, `IF NOT EXISTS` stands after it; both together contradict each other. */
export function parseMode(cursor: Cursor, orReplace: boolean): CreateMode {
  const at = cursor.here()
  if (!cursor.takeWord('IF')) return orReplace ? 'replace' : 'create'
  cursor.expectWord('NOT')
  cursor.expectWord('EXISTS')
  if (orReplace)
    throw cursor.fail('OR REPLACE and IF NOT EXISTS contradict each other.', {
      hint: 'Keep OR REPLACE to change what exists, or IF NOT EXISTS to leave it alone.',
      span: at,
    })
  return 'if-not-exists'
}

/** `IF EXISTS`, where it stands. */
export function parseIfExists(cursor: Cursor): boolean {
  if (!cursor.takeWord('IF')) return false
  cursor.expectWord('EXISTS')
  return true
}

/** The rest of `CREATE [OR REPLACE] CONNECTION`. */
export function parseCreateConnection(cursor: Cursor, orReplace: boolean): Statement {
  const mode = parseMode(cursor, orReplace)
  const name = cursor.expectName('the name of the connection')
  cursor.takeOperator(',')
  const parameters = parseParameters(cursor, () => cursor.peek() === undefined)
  const storageType = parameters.find((parameter) => parameter.name === 'storage_type')
  if (!storageType)
    throw cursor.fail('The connection does not say its STORAGE_TYPE.', {
      hint: `CREATE CONNECTION ${quoteIdentifier('name')} STORAGE_TYPE = 's3' ROLE_ARN = 'arn:aws:iam::<account>:role/<role>'`,
    })
  return {
    kind: 'create-connection',
    name,
    mode,
    storageType: storageType.value,
    parameters: parameters.filter((parameter) => parameter !== storageType),
  }
}

/** `NAME = 'value'` again and again until `ended`; commas between them are optional. */
export function parseParameters(cursor: Cursor, ended: () => boolean): readonly ConnectionParameter[] {
  const parameters: ConnectionParameter[] = []
  const given = new Set<string>()
  while (!ended()) {
    const name = cursor.expectName('the name of a parameter')
    cursor.expectOperator('=', PARAMETER_HINT)
    const value = parameterValue(cursor)
    const parameter = { name: name.value.toLowerCase(), nameSpan: name.span, value }
    if (given.has(parameter.name)) throw sqlError('sql.duplicate_option', cursor.text.source, name.span, 'This parameter was given before.')
    given.add(parameter.name)
    parameters.push(parameter)
    cursor.takeOperator(',')
  }
  return parameters
}

function parameterValue(cursor: Cursor): Spanned<string> {
  const token = cursor.peek()
  if (token?.kind === 'string') {
    cursor.next()
    return { value: stringValue(token), span: token }
  }
  if (token?.kind === 'word' && ['true', 'false'].includes(token.text.toLowerCase())) {
    cursor.next()
    return { value: token.text.toLowerCase(), span: token }
  }
  throw cursor.fail("Expected the parameter's value here: a string in single quotes.", { hint: PARAMETER_HINT })
}
