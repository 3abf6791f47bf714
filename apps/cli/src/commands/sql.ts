import type { StatementView } from '@sluice/api'
import { ERROR_CODES, isAccessError, type AccessError, type QueryProgress } from '@sluice/core'
import { usage, type Command, type Invocation } from '../invocation.ts'
import { drawTable } from '../output/table.ts'
import { describeError, errorJson } from '../output/problem.ts'
import { painter } from '../output/paint.ts'
import { describeStatement } from '../output/statement.ts'
import { bytes, printable, toSeconds } from '../output/text.ts'
import { underline } from '../output/underline.ts'
import { readInput } from './read-input.ts'

/** A query that fails because of what it says: a failed query, not a mistake on the command line. */
const QUERY_FAILED = 1

/** `sluice sql` */
export const runSql: Command = async (invocation) => {
  if (invocation.options.flag('history')) return await showHistory(invocation)
  const { terminal } = invocation
  const sql = await readSql(invocation)
  const rows = invocation.options.number('maxRows')
  const client = await invocation.client()
  const progress = progressLine(invocation)
  try {
    const request = { sql, ...(rows === undefined ? {} : { limits: { rows } }) }
    // Asked for even where nobody looks: it also keeps the connection of a long, silent query open.
    const onProgress = progress?.show ?? (() => undefined)
    for await (const result of client.sql.run(request, onProgress, terminal.signal)) {
      progress?.clear()
      if (invocation.json) invocation.printJson(result)
      else printResult(invocation, result)
    }
    return 0
  } catch (thrown) {
    // With a place in the text it is shown there; without one it is told as the errors of all commands are.
    if (!isAccessError(thrown) || terminal.signal.aborted) throw thrown
    const isQuery = thrown.code === 'invalid' || thrown.code === 'unsupported'
    if (!isQuery && thrown.context['line'] === undefined) throw thrown
    progress?.clear()
    reportQueryError(invocation, thrown, sql)
    return isQuery ? QUERY_FAILED : ERROR_CODES[thrown.code].exit
  } finally {
    progress?.clear()
  }
}

async function readSql(invocation: Invocation): Promise<string> {
  const [given] = invocation.arguments
  const file = invocation.options.text('file')
  if (given !== undefined && file !== undefined) throw usage('Give a statement or a file, not both.')
  if (file !== undefined) return await readInput(invocation.terminal, file, 'file')
  if (given !== undefined && given !== '-') return given
  if (given === undefined && invocation.terminal.stdin.isTty)
    throw usage('There is no SQL.', 'Give a statement, -f FILE, or SQL on standard input.')
  return await invocation.terminal.stdin.read()
}

async function showHistory(invocation: Invocation): Promise<number> {
  const { statements } = await (await invocation.client()).sql.history({}, invocation.terminal.signal)
  if (invocation.json) invocation.printJson({ statements })
  else {
    const columns = [{ title: 'at', whole: true }, { title: 'ms', align: 'right' as const }, { title: 'result' }, { title: 'statement' }]
    const rows = statements.map((one) => [
      toSeconds(one.at),
      String(Math.round(one.ms)),
      one.ok ? 'ok' : 'failed',
      one.sql.replaceAll(/\s+/g, ' '),
    ])
    invocation.print(drawTable(columns, rows, { width: invocation.terminal.stdout.columns, paint: invocation.paint }))
  }
  return 0
}

function printResult(invocation: Invocation, result: StatementView): void {
  const { body, figures } = describeStatement(result, invocation.terminal.stdout.columns, invocation.paint)
  invocation.print(body)
  for (const warning of result.warnings) invocation.note(`${invocation.paint('yellow', '!')} ${printable(warning)}\n`)
  invocation.note(figures)
}

function reportQueryError(invocation: Invocation, error: AccessError, sql: string): void {
  if (invocation.json) {
    invocation.terminal.stdout.write(errorJson(error))
    return
  }
  const paint = painter(invocation.terminal.stderr, invocation.terminal.environment)
  const { line, column, length } = error.context
  const shown =
    typeof line === 'number' && typeof column === 'number' && !mayHoldSecret(sql)
      ? underline(sql, { line, column, length: typeof length === 'number' ? length : 1 }, paint)
      : ''
  invocation.note(shown + describeError(error, paint, invocation.terminal.stderr.columns))
}

/** Whether SQL may hold a credential: what is written to a terminal ends up in the logs of whatever runs it, so its text is then not repeated. */
function mayHoldSecret(sql: string): boolean {
  return /secret|token|passw|credential|\bsas|[a-z]_?key\b|:\/\/[^\s'"]*[@?]/i.test(sql)
}

/** A line that says how far a statement is; only on a terminal, and gone before anything else is written. */
function progressLine(invocation: Invocation) {
  const { stderr } = invocation.terminal
  if (!stderr.isTty || invocation.json) return undefined
  let drawn = false
  return {
    show: (progress: QueryProgress) => {
      const of = progress.bytesPlanned > 0 ? ` of ${bytes(progress.bytesPlanned)}` : ''
      stderr.write(`\r\u001b[K${progress.phase} · ${bytes(progress.bytesFetched)}${of}`)
      drawn = true
    },
    clear: () => {
      if (drawn) stderr.write('\r\u001b[K')
      drawn = false
    },
  }
}
