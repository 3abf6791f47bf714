import type { Json } from '@sluice/core'
import { isMisleading } from '../parquet/rewrite.ts'
import type { PlannedFile, Preview, Requests } from '../protocol.ts'
import { failureOf, type ErrorContext } from './failures.ts'
import { checkStatement, Refusal, type Statement } from './fence.ts'
import { literal, openFor, type Instance } from './instance.ts'
import { localFiles, openParquet, showAll, showOnly, type LocalParquet } from './local-parquet.ts'
import { mixedColumns, NOTHING_MIXED, type MixedColumns } from './mixed-columns.ts'
import { parsePlan } from './plan.ts'
import { plannedScans, runQuery } from './queries.ts'
import { slicesOf } from './slices.ts'
import { createStandIn, createView } from './views.ts'

type Begin = Requests['begin']['input']

/** One query in the worker, from its check to its rows. */
export interface Session {
  plan(): Promise<Requests['plan']['output']>
  run(whole: boolean, onRows: (rows: Json[][]) => void): Promise<Requests['run']['output']>
  /** Stops what runs, and whatever the session would run next. To be repeated: between two statements there is nothing to stop. */
  interrupt(): void
  isInterrupted(): boolean
  fraction(): number | undefined
  close(): void
}

/** Checks the statement and opens its session. `parser` only parses. */
export async function beginSession(parser: Instance, begin: Begin): Promise<{ session: Session; preview: Preview | undefined }> {
  const statement = await check(parser, begin)
  return { session: sessionOf(begin, statement), preview: statement.preview }
}

async function check(parser: Instance, { sql, relations }: Begin): Promise<Statement> {
  try {
    const text = String(
      await parser.value(`SELECT json_serialize_sql(${literal(sql)}, skip_null := true, skip_empty := true, skip_default := true)`),
    )
    return checkStatement(
      parsePlan(text),
      relations.map((relation) => relation.view),
    )
  } catch (error) {
    if (!(error instanceof Refusal) || error.failure.position === undefined) throw error
    // The parser counts bytes.
    const position = Buffer.from(sql).subarray(0, error.failure.position).toString().length
    throw new Refusal({ ...error.failure, position })
  }
}

function sessionOf(begin: Begin, statement: Statement): Session {
  const { folder, limits, sql, relations } = begin
  let instance: Instance | undefined
  let parquet: readonly LocalParquet[] = []
  let mixed: ReadonlyMap<string, MixedColumns> = new Map()
  let sliced = false
  let planned = false
  let interrupted = false

  const close = () => {
    instance?.close()
    instance = undefined
  }
  const local = localFiles(folder, relations)
  const context = (): ErrorContext => ({ sql, folder, relations, sliced })
  const explained = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      if (interrupted) throw new Refusal({ reason: 'engine.interrupted', message: 'The query was interrupted.' })
      return await work()
    } catch (error) {
      throw error instanceof Refusal ? error : new Refusal(failureOf(error, context()))
    }
  }
  const opened = async (planning: boolean): Promise<Instance> => {
    close()
    const fresh = await openFor(folder, limits)
    instance = fresh
    for (const relation of relations)
      await (planning && relation.format.type !== 'parquet'
        ? createStandIn(fresh, folder, relation)
        : createView(fresh, folder, relation, mixed.get(relation.view) ?? NOTHING_MIXED))
    return fresh
  }

  return {
    plan: () =>
      explained(async () => {
        if (local.length === 0) return { files: [] }
        parquet = await Promise.all(local.map(openParquet))
        await Promise.all(parquet.filter(({ footer }) => isMisleading(footer)).map(showAll))
        mixed = mixedColumns(parquet)
        const planner = await opened(true)
        const scans = await plannedScans(planner, sql, limits.rows)
        const slices = slicesOf(parquet, scans, statement.references)
        await Promise.all(slices.map(({ file, rowGroups }) => showOnly(file, rowGroups)))
        sliced = true
        planned = scans !== undefined && local.length === relations.flatMap((relation) => relation.files).length
        return { files: slices.map(({ file, spans }): PlannedFile => ({ relation: file.relation, file: file.file, spans })) }
      }),

    run: (whole, onRows) =>
      explained(async () => {
        if (whole) {
          await Promise.all(parquet.map(showAll))
          sliced = false
        }
        // The views read their footers anew with each statement. Stand-ins for text, and an instance that failed to plan, are of no use.
        const engine = planned && !whole && instance ? instance : await opened(false)
        return runQuery(engine, sql, limits, onRows)
      }),

    interrupt() {
      interrupted = true
      instance?.connection.interrupt()
    },
    isInterrupted: () => interrupted,
    fraction: () => {
      const percentage = instance?.connection.progress.percentage ?? -1
      return percentage >= 0 ? Math.min(1, percentage / 100) : undefined
    },
    close,
  }
}
