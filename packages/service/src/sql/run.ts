import { type AccessError, asAccessError, isAccessError, type Engine, type QueryLimits } from '@sluice/core'
import type { Caller, Connections, Leases, SqlRequest, Stages } from '../contract.ts'
import type { ServiceDeps } from '../shared/deps.ts'
import { locateError } from './locate-error.ts'
import type { Span } from './position.ts'
import type { Statement } from './statement.ts'

/** What running statements needs from outside. */
export interface RunDeps extends ServiceDeps {
  readonly connections: Connections
  readonly stages: Stages
  readonly leases: Leases
  readonly engine: Engine
}

/** On whose behalf statements run, and the whole text they stand in. */
export interface Run {
  readonly caller: Caller
  readonly source: string
  readonly limits: QueryLimits
  readonly onProgress: SqlRequest['onProgress']
}

/** The statements of one kind. */
export type StatementOf<Kind extends Statement['kind']> = Extract<Statement, { readonly kind: Kind }>

/** Does something for a statement; an error that does not know where it belongs points at `where`. */
export async function pointing<Result>(
  run: Run,
  where: Span | ((error: AccessError) => Span),
  action: () => Promise<Result>,
): Promise<Result> {
  try {
    return await action()
  } catch (thrown) {
    const error = asAccessError(thrown)
    throw locateError(error, run.source, typeof where === 'function' ? where(error) : where)
  }
}

/** What `get` finds, or nothing where it says not found. */
export async function ifFound<Found>(get: () => Promise<Found>): Promise<Found | undefined> {
  try {
    return await get()
  } catch (error) {
    if (isAccessError(error) && error.code === 'not_found') return undefined
    throw error
  }
}

const PAGE = 500

/** Everything of a list that is given out in pages by name. */
export async function everyPage<Item extends { readonly name: string }>(
  list: (options: { readonly limit: number; readonly after?: string }) => Promise<readonly Item[]>,
): Promise<readonly Item[]> {
  const all: Item[] = []
  for (;;) {
    const last = all.at(-1)
    const page = await list({ limit: PAGE, ...(last ? { after: last.name } : {}) })
    all.push(...page)
    if (page.length < PAGE) return all
  }
}
