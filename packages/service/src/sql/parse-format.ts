import type { Cursor } from './cursor.ts'
import { stringValue } from './literals.ts'
import { sqlError } from './position.ts'
import type { FormatOption } from './statement.ts'
import type { Token } from './token.ts'

/** `( OPTION = value … )` of a FILE_FORMAT clause, commas optional. */
export function parseFormatOptions(cursor: Cursor): readonly FormatOption[] {
  cursor.expectOperator('(', 'Write FILE_FORMAT = (TYPE = CSV SKIP_HEADER = 1), options in parentheses.')
  const options: FormatOption[] = []
  const given = new Set<string>()
  while (!cursor.takeOperator(')')) {
    const name = cursor.expectName('a format option')
    cursor.expectOperator('=', 'Format options are written OPTION = value.')
    const span = cursor.here()
    const value = optionValue(cursor)
    const option = { name: name.value.toUpperCase(), span: name.span, value, valueSpan: span }
    if (given.has(option.name))
      throw sqlError('sql.duplicate_option', cursor.text.source, name.span, 'This format option was given before.')
    given.add(option.name)
    options.push(option)
    cursor.takeOperator(',')
  }
  return options
}

function optionValue(cursor: Cursor): string | number | boolean {
  const token = cursor.next()
  const value = token ? valueOf(token) : undefined
  if (value === undefined)
    throw cursor.fail("Expected the option's value: a word, a number or a string in single quotes.", token ? { span: token } : {})
  return value
}

function valueOf(token: Token): string | number | boolean | undefined {
  if (token.kind === 'string') return stringValue(token)
  if (token.kind === 'number') return Number(token.text.replaceAll('_', ''))
  if (token.kind !== 'word') return undefined
  const word = token.text.toLowerCase()
  return word === 'true' ? true : word === 'false' ? false : token.text
}
