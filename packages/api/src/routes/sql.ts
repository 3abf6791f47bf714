import { z } from 'zod'
import { route } from '../route.ts'
import { limitSchema } from '../schemas/common.ts'
import { sqlEventSchema, sqlHistorySchema, sqlRequestSchema } from '../schemas/sql.ts'

export const runSqlRoute = route({
  id: 'sql.run',
  summary: 'Run SQL statements one after another',
  description:
    'Streams one event per line, or server-sent events with progress when Accept asks for text/event-stream. ' +
    'An error before the first result is a problem with its status; a later one is the last event. ' +
    'Its context has line, column, position and length within the SQL. A stream that ends without `end` or `problem` was cut off. ' +
    'Closing the connection cancels the statement.',
  method: 'post',
  path: '/v1/sql',
  body: sqlRequestSchema,
  events: { schema: sqlEventSchema, types: ['application/x-ndjson', 'text/event-stream'] },
})

export const sqlHistoryRoute = route({
  id: 'sql.history',
  summary: 'Statements run, newest first, credentials stripped',
  method: 'get',
  path: '/v1/sql/history',
  query: z.strictObject({ limit: limitSchema(1000).exactOptional() }),
  answer: sqlHistorySchema,
})
