import { sqlError } from './position.ts'
import { isOperator, isSignificant, type Token } from './token.ts'
import { tokenize } from './tokenizer.ts'

/** One statement of a script: its significant tokens, with offsets into the whole script. */
export interface StatementText {
  readonly source: string
  readonly start: number
  readonly end: number
  readonly tokens: readonly Token[]
}

/** More than a person writes, less than what would hold the server up. */
const MAX_SCRIPT_CHARACTERS = 1_000_000

/** Cuts a script at its semicolons. Empty statements vanish. Throws `sql.syntax` for a string, name or comment that is not closed. */
export function splitStatements(source: string): readonly StatementText[] {
  if (source.length > MAX_SCRIPT_CHARACTERS)
    throw sqlError(
      'sql.too_long',
      source,
      { start: 0, end: 0 },
      `The text has ${source.length} characters; at most ${MAX_SCRIPT_CHARACTERS} are taken.`,
    )
  const statements: StatementText[] = []
  let tokens: Token[] = []
  const finish = () => {
    const first = tokens[0]
    const last = tokens.at(-1)
    if (first && last) statements.push({ source, start: first.start, end: last.end, tokens })
    tokens = []
  }
  for (const token of tokenize(source)) {
    if (token.problem) throw sqlError('sql.syntax', source, token, token.problem.message, { hint: token.problem.hint })
    if (isOperator(token, ';')) finish()
    else if (isSignificant(token)) tokens.push(token)
  }
  finish()
  return statements
}
