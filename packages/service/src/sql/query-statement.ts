import { type AccessError, asAccessError, type QueryResult } from '@sluice/core'
import { audited } from '../audit/record.ts'
import { shownName } from '../shared/name.ts'
import { withContext } from './locate-error.ts'
import { maskStatement } from './mask.ts'
import { pointAt, type Span } from './position.ts'
import type { QueryPlan } from './query-plan.ts'
import { resolveSources } from './resolve-sources.ts'
import type { Outcome } from './results.ts'
import type { Run, RunDeps } from './run.ts'
import type { StatementText } from './statements.ts'

/** Runs a query: finds its files, hands it to the engine, and maps errors back to what the user wrote. */
export async function runQuery(deps: RunDeps, run: Run, text: StatementText, plan: QueryPlan, signal: AbortSignal): Promise<Outcome> {
  const act = { action: 'sql.query', target: targetOf(plan) }
  const query = () => askEngine(deps, run, text, plan, signal)
  const {
    columns,
    rows,
    truncated,
    warnings = [],
    stats,
  } = await audited(deps, run.caller, act, query, ({ stats }) => ({
    rows: stats.rows,
    files: stats.files,
    bytesFetched: stats.bytesFetched,
    ms: Math.round(stats.ms),
  }))
  return { kind: 'rows', columns, rows, truncated, warnings, stats }
}

async function askEngine(deps: RunDeps, run: Run, text: StatementText, plan: QueryPlan, signal: AbortSignal): Promise<QueryResult> {
  const { limits, onProgress } = run
  onProgress?.({ phase: 'listing', bytesFetched: 0, bytesPlanned: 0 })
  const relations = await resolveSources(deps, run.caller, run.source, plan, signal)
  try {
    return await deps.engine.query({ sql: plan.sql, relations, limits, ...(onProgress ? { onProgress } : {}) }, signal)
  } catch (error) {
    throw mapError(run.source, text, plan, asAccessError(error))
  }
}

/** Makes an engine's error one about the user's text: its offset mapped back, our names of views replaced by what they stand for. */
function mapError(source: string, text: StatementText, plan: QueryPlan, error: AccessError): AccessError {
  const offset = error.context['position']
  const at = typeof offset === 'number' ? tokenAt(text, plan.toSource(offset)) : { start: text.start, end: text.end }
  const message = plan.sources.reduce(
    // What the reference says may hold a credential, which no message repeats.
    (words, { view, span }) =>
      words.replaceAll(`"${view}"`, view).replaceAll(view, maskStatement(source.slice(span.start, span.end), 'parsed')),
    error.message,
  )
  return withContext(error, message, { ...error.context, ...pointAt(source, at) })
}

/** An offset in the user's text, widened to the token it falls into. */
function tokenAt(text: StatementText, span: Span): Span {
  const token = text.tokens.find((candidate) => candidate.end > span.start)
  if (!token || span.end - span.start > 1) return span
  return { start: Math.max(span.start, token.start), end: token.end }
}

/** The stages that a query reads, for the audit log; a URL may say too much. */
function targetOf(plan: QueryPlan): string {
  const names = plan.sources.map(({ reference }) => (reference.kind === 'stage' ? `@${shownName(reference.stage)}` : 'url'))
  return [...new Set(names)].join(' ')
}
