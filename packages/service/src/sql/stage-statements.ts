import type { AccessError, Stage } from '@sluice/core'
import { compilePattern } from '../stages/pattern.ts'
import { requireCloud } from '../shared/lookup.ts'
import { connectionOfStage } from '../stages/stages.ts'
import { filesOfReference, formatOfClause } from './resolve-sources.ts'
import { done, listRows, type Outcome, type ShownStage, stageRows } from './results.ts'
import { everyPage, ifFound, pointing, type Run, type RunDeps, type StatementOf } from './run.ts'

/** What is wrong with the name of a stage; everything else that the service refuses is about its URL. */
const OF_NAME = ['name.invalid', 'stage.reserved_name', 'stage.exists']

export function createStage(deps: RunDeps, run: Run, statement: StatementOf<'create-stage'>): Promise<Outcome> {
  const name = statement.name.value
  const where = (error: AccessError) => {
    if (error.reason === 'store.missing') return statement.connection.span
    return OF_NAME.includes(error.reason) ? statement.name.span : statement.url.span
  }
  return pointing(run, where, async () => {
    const format = statement.format ? formatOfClause(run.source, statement.format) : undefined
    const isKept = statement.mode === 'if-not-exists' && (await ifFound(() => deps.stages.get(run.caller, name)))
    if (isKept) return done(`Stage ${name} exists already; it stays as it is.`)
    const input = {
      name,
      connection: statement.connection.value,
      url: statement.url.value,
      ...(format ? { format } : {}),
      ...(statement.comment === undefined ? {} : { comment: statement.comment }),
    }
    const stage = await deps.stages.create(run.caller, input, statement.mode)
    return done(`Stage ${stage.name} ${statement.mode === 'replace' ? 'created or replaced' : 'created'}.`)
  })
}

export function alterStage(deps: RunDeps, run: Run, statement: StatementOf<'alter-stage'>): Promise<Outcome> {
  const { changes, name } = statement
  const where = changes.url?.span ?? changes.connection?.span ?? name.span
  return pointing(run, where, async () => {
    const get = () => deps.stages.get(run.caller, name.value)
    const stage = statement.ifExists ? await ifFound(get) : await pointing(run, name.span, get)
    if (!stage) return done(`There is no stage ${name.value}; nothing to alter.`)
    const { connection, url } = await shown(deps, run, stage)
    await deps.stages.create(
      run.caller,
      {
        name: stage.name,
        connection: changes.connection?.value ?? connection.name,
        url: changes.url?.value ?? url,
        format: changes.format ? formatOfClause(run.source, changes.format) : stage.format,
        comment: changes.comment ?? stage.comment,
      },
      'replace',
    )
    return done(`Stage ${stage.name} altered.`)
  })
}

export function dropStage(deps: RunDeps, run: Run, statement: StatementOf<'drop-stage'>): Promise<Outcome> {
  return pointing(run, statement.name.span, async () => {
    await deps.stages.delete(run.caller, statement.name.value, statement.ifExists)
    return done(`Stage ${statement.name.value} dropped; its files stay where they are.`)
  })
}

export function describeStage(deps: RunDeps, run: Run, statement: StatementOf<'describe-stage'>): Promise<Outcome> {
  return pointing(run, statement.name.span, async () => {
    const stage = await deps.stages.get(run.caller, statement.name.value)
    return stageRows([await shown(deps, run, stage)])
  })
}

export async function showStages(deps: RunDeps, run: Run, statement: StatementOf<'show-stages'>): Promise<Outcome> {
  const all = await everyPage((options) => deps.stages.list(run.caller, options))
  const isLike = statement.like === undefined ? () => true : compilePattern(likePattern(statement.like))
  const some = all.filter((stage) => isLike(stage.name)).slice(0, statement.limit ?? all.length)
  return stageRows(await Promise.all(some.map((stage) => shown(deps, run, stage))))
}

export function listStage(deps: RunDeps, run: Run, statement: StatementOf<'list-stage'>, signal: AbortSignal): Promise<Outcome> {
  const where = (error: AccessError) =>
    error.reason === 'stage.pattern' && statement.pattern ? statement.pattern.span : statement.reference.span
  return pointing(run, where, async () => {
    const wanted = statement.pattern ? { pattern: statement.pattern.value } : {}
    return listRows(await filesOfReference(deps, run.caller, statement.reference, wanted, signal), run.limits.rows)
  })
}

async function shown(deps: RunDeps, run: Run, stage: Stage): Promise<ShownStage> {
  const connection = await connectionOfStage(deps, run.caller, stage)
  const cloud = requireCloud(deps.clouds, connection.cloud)
  return { stage, connection, cloud, url: cloud.format(stage.location) }
}

/** LIKE as a regular expression: `%` any characters, `_` one, a backslash takes the next as it is; without regard to case. */
function likePattern(like: string): string {
  let pattern = '(?is)'
  for (let index = 0; index < like.length; index++) {
    const character = like[index] ?? ''
    if (character === '%') pattern += '.*'
    else if (character === '_') pattern += '.'
    else {
      const literal = character === '\\' && index + 1 < like.length ? (like[++index] ?? '') : character
      pattern += '\\.+*?()|[]{}^$'.includes(literal) ? `\\${literal}` : literal
    }
  }
  return pattern
}
