import { identifierName, quoteString, stringValue } from './literals.ts'
import { sqlError } from './position.ts'
import type { StatementText } from './statements.ts'
import { isOperator } from './token.ts'

/** Reads the `:a.b[0]['c']` after a `$1`, if it is there: the path as a string of the engine, and where it ends. */
export function readPath(text: StatementText, from: number): { readonly sql: string; readonly end: number } | undefined {
  const { tokens, source } = text
  if (!isOperator(tokens[from], ':')) return undefined
  let path = '$'
  let index = from
  let end = tokens[from]?.end ?? text.end
  while (isOperator(tokens[index], ':') || isOperator(tokens[index], '.') || isOperator(tokens[index], '[')) {
    const inBrackets = isOperator(tokens[index], '[')
    const step = tokens[index + 1]
    if (step && inBrackets && (step.kind === 'number' || step.kind === 'string') && isOperator(tokens[index + 2], ']')) {
      path += step.kind === 'number' ? `[${step.text}]` : `.${quoteKey(stringValue(step))}`
      index += 3
    } else if (step && !inBrackets && (step.kind === 'word' || step.kind === 'identifier')) {
      path += `.${quoteKey(identifierName(step))}`
      index += 2
    } else
      throw sqlError('sql.syntax', source, step ?? { start: text.end, end: text.end }, 'This is not a step of a path.', {
        hint: "Write $1:name, $1:name.inner, $1:list[0] or $1:a['odd name'].",
      })
    end = tokens[index - 1]?.end ?? end
  }
  return { sql: quoteString(path), end }
}

function quoteKey(key: string): string {
  return `"${key.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
