import { createConnection, describeConnection, dropConnection, showConnections } from './connection-statements.ts'
import { runQuery } from './query-statement.ts'
import type { Outcome } from './results.ts'
import type { Run, RunDeps } from './run.ts'
import { alterStage, createStage, describeStage, dropStage, listStage, showStages } from './stage-statements.ts'
import type { StatementText } from './statements.ts'
import type { Statement } from './statement.ts'

/** Runs one statement. Errors are AccessErrors that point into the user's text. */
export function runStatement(deps: RunDeps, run: Run, text: StatementText, statement: Statement, signal: AbortSignal): Promise<Outcome> {
  switch (statement.kind) {
    case 'query':
      return runQuery(deps, run, text, statement.plan, signal)
    case 'create-connection':
      return createConnection(deps, run, statement)
    case 'drop-connection':
      return dropConnection(deps, run, statement)
    case 'describe-connection':
      return describeConnection(deps, run, statement)
    case 'show-connections':
      return showConnections(deps, run)
    case 'create-stage':
      return createStage(deps, run, statement)
    case 'alter-stage':
      return alterStage(deps, run, statement)
    case 'drop-stage':
      return dropStage(deps, run, statement)
    case 'describe-stage':
      return describeStage(deps, run, statement)
    case 'show-stages':
      return showStages(deps, run, statement)
    case 'list-stage':
      break
  }
  return listStage(deps, run, statement, signal)
}
