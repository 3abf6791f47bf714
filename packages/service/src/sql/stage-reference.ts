import type { Spanned } from './cursor.ts'
import { stringValue } from './literals.ts'
import { type Span, sqlError } from './position.ts'
import type { ConnectionParameter, FormatOption } from './statement.ts'
import type { Token } from './token.ts'

/** The files of a stage that stand where a table may stand. `path` may hold globs; a backslash takes a character as it is. */
export interface StageReference {
  readonly kind: 'stage'
  readonly stage: string
  readonly path: string
  readonly span: Span
}

/** Files by URL, through a connection that the arguments name, or with a credential for this query alone. */
export interface UrlReference {
  readonly kind: 'url'
  readonly url: string
  readonly span: Span
}

export type FileReference = StageReference | UrlReference

/** What stands in the parentheses after a reference. */
export interface ReferenceArguments {
  readonly files?: Spanned<readonly string[]>
  readonly pattern?: Spanned<string>
  readonly format?: readonly FormatOption[]
  readonly connection?: Spanned<string>
  readonly inline?: InlineConnection
}

/** The parameters of a connection that is used for one query alone. */
export interface InlineConnection {
  readonly parameters: readonly ConnectionParameter[]
  readonly span: Span
}

/** Reads `@name/path`, bare or within a string, or a URL within a string. */
export function readReference(source: string, token: Token): FileReference | undefined {
  if (token.kind === 'stage') return stageReference(source, unescapeBare(token.text.slice(1)), token)
  const value = stringValue(token)
  if (value.startsWith('@')) return stageReference(source, value.slice(1), token)
  const scheme = value.indexOf('://')
  return scheme > 0 && scheme < 20 ? { kind: 'url', url: value, span: token } : undefined
}

function stageReference(source: string, text: string, span: Span): StageReference {
  if (text === '~' || text.startsWith('~/'))
    throw sqlError('sql.user_stage', source, span, 'There is no user stage @~: Sluice keeps no files of its own.')
  const { name, rest } = splitName(text)
  if (name === '' || (rest !== '' && !rest.startsWith('/')))
    throw sqlError('sql.syntax', source, span, 'A stage reference is @name or @name/path.', {
      hint: 'Write the name of the stage after the @.',
    })
  return { kind: 'stage', stage: name, path: rest.slice(1), span }
}

function splitName(text: string): { readonly name: string; readonly rest: string } {
  const mark = text[0]
  if (mark === '"' || mark === '`') {
    const close = text.indexOf(mark, 1)
    return close < 0 ? { name: '', rest: '' } : { name: text.slice(1, close), rest: text.slice(close + 1) }
  }
  const slash = text.indexOf('/')
  return slash < 0 ? { name: text, rest: '' } : { name: text.slice(0, slash), rest: text.slice(slash) }
}

/** A backslash before a blank, a quote, a comma, a parenthesis or a backslash takes it as it is; before anything else it stays, for globs. */
function unescapeBare(text: string): string {
  let value = ''
  for (let index = 0; index < text.length; index++) {
    const next = text[index + 1]
    if (text[index] === '\\' && next !== undefined && ' \t\'"`,;()'.includes(next)) {
      value += next
      index++
    } else value += text[index]
  }
  return value
}

/** Says what a URL in the place of a table needs. */
export function withoutConnection(source: string, span: Span) {
  return sqlError('sql.inline_credentials', source, span, 'A URL in the place of a table says through which connection it is reached.', {
    hint:
      "Write 's3://bucket/file' (CONNECTION => (CONNECTION_NAME = '<connection>')); or give a credential for this query alone, " +
      "(CONNECTION => (ACCESS_KEY_ID = '…' SECRET_ACCESS_KEY = '…')), or (CONNECTION => (METHOD = 'none')) for a public bucket.",
  })
}
