import type { Cell, Column, QueryLimits, QueryProgress, QueryStats } from '@sluice/core'
import { z } from 'zod'
import { problemSchema } from '../problem.ts'

const column: z.ZodType<Column> = z.object({ name: z.string(), type: z.string() })

const stats: z.ZodType<QueryStats> = z.object({
  rows: z.number(),
  bytesFetched: z.number(),
  objectBytes: z.number(),
  requests: z.number(),
  files: z.number(),
  filesPruned: z.number(),
  ms: z.number(),
})

const progress: z.ZodType<QueryProgress> = z.object({
  phase: z.enum(['listing', 'planning', 'fetching', 'running']),
  bytesFetched: z.number(),
  bytesPlanned: z.number(),
  fraction: z.number().exactOptional(),
})

// Cells are whatever JSON carried: looking at each of a million again would find nothing.
const rows = z.array(z.custom<readonly Cell[]>((row) => Array.isArray(row)).meta({ type: 'array', items: {} }))

export const statementResultSchema = z
  .object({
    statement: z.string(),
    kind: z.enum(['rows', 'done']),
    columns: z.array(column),
    rows,
    truncated: z.boolean(),
    message: z.string().exactOptional(),
    warnings: z.array(z.string()),
    stats: stats.exactOptional(),
  })
  .meta({ id: 'StatementResult' })
export type StatementView = z.output<typeof statementResultSchema>

/** What running SQL streams. The stream ends with `end` or `problem`: without either it was cut off. */
export const sqlEventSchema = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('progress'), progress }),
    z.object({ type: z.literal('result'), result: statementResultSchema }),
    z.object({ type: z.literal('problem'), problem: problemSchema }),
    z.object({ type: z.literal('end'), statements: z.number().int() }),
  ])
  .meta({ id: 'SqlEvent' })
export type SqlEvent = z.output<typeof sqlEventSchema>

const positive = z.number().int().positive().exactOptional()
const limits: z.ZodType<Partial<QueryLimits>> = z.strictObject({
  memoryBytes: positive,
  diskBytes: positive,
  rows: positive,
  milliseconds: positive,
  threads: positive,
})

export const sqlRequestSchema = z
  .strictObject({ sql: z.string().min(1).meta({ example: 'SELECT * FROM @acme/cities.csv' }), limits: limits.exactOptional() })
  .meta({ id: 'SqlRequest' })

export const sqlHistorySchema = z.object({
  statements: z.array(z.object({ id: z.string(), sql: z.string(), at: z.string(), ok: z.boolean(), ms: z.number() })),
})
