import type { Connection } from '@sluice/core'
import { requireCloud } from '../shared/lookup.ts'
import { connectionInput } from './connection-parameters.ts'
import { connectionRows, done, type Outcome, type ShownConnection } from './results.ts'
import { everyPage, ifFound, pointing, type Run, type RunDeps, type StatementOf } from './run.ts'

export function createConnection(deps: RunDeps, run: Run, statement: StatementOf<'create-connection'>): Promise<Outcome> {
  return pointing(run, statement.name.span, async () => {
    const input = connectionInput(run.source, statement, deps.connections.clouds())
    const isKept = statement.mode === 'if-not-exists' && (await ifFound(() => deps.connections.get(run.caller, input.name)))
    if (isKept) return done(`Connection ${input.name} exists already; it stays as it is.`)
    const isReplace = statement.mode === 'replace'
    const { connection, warnings } = await (isReplace
      ? deps.connections.replace(run.caller, input)
      : deps.connections.create(run.caller, input))
    const { auth } = connection
    const issued = auth.externalId?.kind === 'issued' ? ` Its external id is ${auth.externalId.value}.` : ''
    return done(`Connection ${connection.name} ${isReplace ? 'created or replaced' : 'created'}.${issued}`, warnings)
  })
}

export function dropConnection(deps: RunDeps, run: Run, statement: StatementOf<'drop-connection'>): Promise<Outcome> {
  const name = statement.name.value
  return pointing(run, statement.name.span, async () => {
    const isAbsent = statement.ifExists && !(await ifFound(() => deps.connections.get(run.caller, name)))
    if (isAbsent) return done(`There is no connection ${name}; nothing to drop.`)
    const plan = await deps.connections.delete(run.caller, name)
    return done([`Connection ${name} dropped.`, ...plan.customerMayRemove].join(' '))
  })
}

export function describeConnection(deps: RunDeps, run: Run, statement: StatementOf<'describe-connection'>): Promise<Outcome> {
  return pointing(run, statement.name.span, async () =>
    connectionRows([await deps.connections.get(run.caller, statement.name.value)].map(shownBy(deps))),
  )
}

export async function showConnections(deps: RunDeps, run: Run): Promise<Outcome> {
  const all = await everyPage((options) => deps.connections.list(run.caller, options))
  return connectionRows(all.map(shownBy(deps)))
}

/** A connection with its cloud and whom the customer must trust: shown beside the external id, so that nobody has to ask for it. */
function shownBy(deps: RunDeps): (connection: Connection) => ShownConnection {
  return (connection) => {
    const cloud = requireCloud(deps.clouds, connection.cloud)
    return { connection, cloud, principal: cloud.principal(connection, deps.platform()) }
  }
}
