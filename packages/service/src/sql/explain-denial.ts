import { AccessError, diagnoseCase, isAccessError, type Connection, type DiagnosisReport, type Finding } from '@sluice/core'
import type { Caller, Diagnoses } from '../contract.ts'
import type { ServiceDeps } from '../shared/deps.ts'
import { connectionByName, connectionOfStage } from '../stages/stages.ts'
import type { FileReference } from './stage-reference.ts'
import type { Statement } from './statement.ts'

export interface ExplainDeps extends ServiceDeps {
  readonly diagnoses: Pick<Diagnoses, 'explain'>
}

/**
 * What a statement failed with; where the cloud refused, with what is behind it. What the cloud said stays as it is: the cause joins the
 * context, the change the remedy. Of statements over several connections the first that something is wrong with is told.
 */
export async function explainDenial(
  deps: ExplainDeps,
  caller: Caller,
  statement: Statement,
  error: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  if (!isAccessError(error) || error.code !== 'denied' || signal.aborted) return error
  for (const connection of await connectionsOf(deps, caller, statement)) {
    const found = blocker(await deps.diagnoses.explain(connection, {}, signal)) ?? blocker(fromAnswer(error, connection, deps))
    if (found !== undefined) return withFinding(error, connection, found)
  }
  return error
}

/** What the refused answer of a cloud says by itself: for when the connection was probed often enough, or answers otherwise by now. */
export function fromAnswer({ provider }: AccessError, { cloud, auth }: Connection, { clock }: ServiceDeps): DiagnosisReport | undefined {
  if (provider === undefined) return undefined
  const { operation, status, code, message } = provider
  const observation = {
    operation,
    ok: false,
    ...(status === undefined ? {} : { status }),
    ...(code === undefined ? {} : { code }),
    ...(message === undefined ? {} : { message }),
  }
  return diagnoseCase({ cloud, connection: { method: auth.method }, observations: [observation] }, 'en', clock.now())
}

/** The first finding that stands in the way of reading. */
function blocker(report: DiagnosisReport | undefined): Finding | undefined {
  return report?.findings.find(({ affects }) => affects.some((one) => one === 'assume' || one === 'list' || one === 'read'))
}

function withFinding(error: AccessError, { name }: Connection, { cause, certainty, alternatives, meaning, remedy }: Finding): AccessError {
  return new AccessError(error.code, {
    reason: error.reason,
    message: error.message,
    remedy: `${meaning} ${remedy.summary} The whole of it: sluice connection diagnose ${name}`,
    retry: error.retry,
    context: {
      ...error.context,
      cause,
      certainty,
      ...(alternatives.length === 0 ? {} : { alternatives: alternatives.join(' ') }),
    },
    ...(error.provider === undefined ? {} : { provider: error.provider }),
    cause: error,
  })
}

/** The stored connections that a statement reads through, each once. */
export async function connectionsOf(deps: ServiceDeps, caller: Caller, statement: Statement): Promise<readonly Connection[]> {
  const connections = new Map<string, Connection>()
  for (const { reference, connection: named } of referencesOf(statement)) {
    const connection = await connectionBehind(deps, caller, reference, named).catch(ifGone)
    if (connection !== undefined) connections.set(connection.id, connection)
  }
  return [...connections.values()]
}

function referencesOf(statement: Statement): readonly { readonly reference: FileReference; readonly connection?: string }[] {
  if (statement.kind === 'list-stage') return [{ reference: statement.reference }]
  if (statement.kind !== 'query') return []
  return statement.plan.sources.map(({ reference, arguments: { connection } }) => ({
    reference,
    ...(connection === undefined ? {} : { connection: connection.value }),
  }))
}

async function connectionBehind(
  deps: ServiceDeps,
  caller: Caller,
  reference: FileReference,
  named: string | undefined,
): Promise<Connection | undefined> {
  // A credential for one query alone has no connection that could be looked at again.
  if (reference.kind === 'url') return named === undefined ? undefined : (await connectionByName(deps, caller, named)).connection
  const stage = await deps.store.stages.get(caller.project, reference.stage)
  return stage === undefined ? undefined : connectionOfStage(deps, caller, stage)
}

/** Dropped since the statement began. */
function ifGone(error: unknown): undefined {
  if (!isAccessError(error)) throw error
}
