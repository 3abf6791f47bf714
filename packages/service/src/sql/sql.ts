import type { QueryLimits } from '@sluice/core'
import type { Caller, Sql, SqlRequest, StatementResult } from '../contract.ts'
import { newId } from '../shared/ids.ts'
import { type ExplainDeps, explainDenial } from './explain-denial.ts'
import { DEFAULT_QUERY_LIMITS, MAXIMUM_QUERY_LIMITS, queryLimits } from './limits.ts'
import { locateError } from './locate-error.ts'
import { maskStatement } from './mask.ts'
import { parseStatement } from './parse.ts'
import type { Run, RunDeps } from './run.ts'
import { runStatement } from './run-statement.ts'
import { droppedStaleLeases } from './stale-lease.ts'
import { splitStatements, type StatementText } from './statements.ts'
import type { Statement } from './statement.ts'

export interface SqlDeps extends RunDeps, ExplainDeps {
  /** What a query may use when the caller says nothing, and at most. */
  readonly limits?: { readonly defaults: QueryLimits; readonly maximum: QueryLimits }
}

/** Of a script that could not be understood, more is not worth keeping. */
const MAX_REMEMBERED = 10_000

/**
 * The use cases of SQL. A script is parsed as a whole before its first statement runs: a slip of the pen in the last one leaves nothing half done.
 * Statements are remembered with their credentials stripped, those that could not be understood as their keywords only.
 */
export function createSql(deps: SqlDeps): Sql {
  const limits = deps.limits ?? { defaults: DEFAULT_QUERY_LIMITS, maximum: MAXIMUM_QUERY_LIMITS }

  const remember = async (caller: Caller, sql: string, startedAt: number, ok: boolean) => {
    const now = deps.clock.now()
    const at = new Date(startedAt).toISOString()
    await deps.store.history.add({
      id: newId('query', deps.random),
      project: caller.project,
      sql,
      at,
      ok,
      ms: Math.max(0, now - startedAt),
    })
  }

  async function* run(caller: Caller, request: SqlRequest, signal: AbortSignal): AsyncGenerator<StatementResult> {
    const script = await parseScript(caller, request.sql)
    const context: Run = {
      caller,
      source: request.sql,
      limits: queryLimits(request.limits, limits.defaults, limits.maximum),
      onProgress: request.onProgress,
    }
    for (const { text, statement } of script) {
      const startedAt = deps.clock.now()
      const shown = maskStatement(request.sql.slice(text.start, text.end), 'parsed')
      let ok = false
      try {
        signal.throwIfAborted()
        const runOnce = () => runStatement(deps, context, text, statement, signal)
        const outcome = await runOnce().catch(async (error: unknown) => {
          if (signal.aborted || !(await droppedStaleLeases(deps, caller, statement, error))) throw error
          return runOnce()
        })
        ok = true
        await remember(caller, shown, startedAt, ok)
        yield { statement: shown, ...outcome }
      } catch (error) {
        if (!ok) await remember(caller, shown, startedAt, ok)
        throw locateError(await explainDenial(deps, caller, statement, error, signal), request.sql, text)
      }
    }
  }

  const parseScript = async (caller: Caller, sql: string) => {
    const startedAt = deps.clock.now()
    try {
      return splitStatements(sql).map((text): { readonly text: StatementText; readonly statement: Statement } => ({
        text,
        statement: parseStatement(text),
      }))
    } catch (error) {
      await remember(caller, maskStatement(sql.slice(0, MAX_REMEMBERED), 'not-understood'), startedAt, false)
      throw locateError(error, sql, { start: 0, end: sql.length })
    }
  }

  return { run, history: (caller, limit) => deps.store.history.list(caller.project, limit) }
}
