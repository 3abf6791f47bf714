import { type AccessError, asAccessError, type AuditEvent } from '@sluice/core'
import { withContext } from './locate-error.ts'
import { pointAt, type Span } from './position.ts'
import type { QueryPlan } from './query-plan.ts'
import { resolveSources } from './resolve-sources.ts'
import type { Outcome } from './results.ts'
import type { Run, RunDeps } from './run.ts'
import type { StatementText } from './statements.ts'

/** Runs a query: finds its files, hands it to the engine, and maps errors back to what the user wrote. */
export async function runQuery(deps: RunDeps, run: Run, text: StatementText, plan: QueryPlan, signal: AbortSignal): Promise<Outcome> {
  try {
    run.onProgress?.({ phase: 'listing', bytesFetched: 0, bytesPlanned: 0 })
    const relations = await resolveSources(deps, run.caller, run.source, plan, signal)
    const query = { sql: plan.sql, relations, limits: run.limits, ...(run.onProgress ? { onProgress: run.onProgress } : {}) }
    const { columns, rows, truncated, stats } = await deps.engine.query(query, signal)
    const details = { rows: stats.rows, files: stats.files, bytesFetched: stats.bytesFetched, ms: Math.round(stats.ms) }
    await audit(deps, run, plan, { result: 'ok', details })
    return { kind: 'rows', columns, rows, truncated, warnings: [], stats }
  } catch (error) {
    const mapped = mapError(run.source, text, plan, asAccessError(error))
    const result = mapped.code === 'denied' || mapped.code === 'forbidden' ? 'refused' : 'failed'
    await audit(deps, run, plan, { result, reason: mapped.reason, details: {} })
    throw mapped
  }
}

/** Makes an engine's error one about the user's text: its offset mapped back, our names of views replaced by what they stand for. */
function mapError(source: string, text: StatementText, plan: QueryPlan, error: AccessError): AccessError {
  if (typeof error.context['line'] === 'number') return error
  const offset = error.context['position']
  const at = typeof offset === 'number' ? tokenAt(text, plan.toSource(offset)) : { start: text.start, end: text.end }
  const message = plan.sources.reduce(
    (words, { view, span }) => words.replaceAll(`"${view}"`, view).replaceAll(view, source.slice(span.start, span.end)),
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

async function audit(deps: RunDeps, run: Run, plan: QueryPlan, event: Pick<AuditEvent, 'result' | 'reason' | 'details'>): Promise<void> {
  const { caller } = run
  const names = plan.sources.map(({ reference }) => (reference.kind === 'stage' ? `@${reference.stage}` : 'url'))
  await deps.store.audit.append({
    at: new Date(deps.clock.now()).toISOString(),
    organization: caller.organization,
    project: caller.project,
    actor: caller.actor,
    action: 'sql.query',
    target: [...new Set(names)].join(' '),
    requestId: caller.requestId,
    ...event,
  })
}
