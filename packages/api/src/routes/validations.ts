import { z } from 'zod'
import { route } from '../route.ts'
import { checkEventSchema, reportSchema } from '../schemas/check.ts'
import { limitSchema, nameParams } from '../schemas/common.ts'

const path = '/v1/connections/{name}/validations'

export const validateRoute = route({
  id: 'connection.validate',
  summary: 'Test every claim about a connection',
  description:
    'Answers with the report, or with Accept: text/event-stream with each check as it starts and finishes and the report last. ' +
    'Closing the connection cancels the checks.',
  method: 'post',
  path,
  params: nameParams,
  body: z.strictObject({
    waitSeconds: z
      .number()
      .int()
      .min(0)
      .max(3600)
      .exactOptional()
      .meta({ description: 'Keep trying until everything holds or this long has passed.' }),
  }),
  answer: reportSchema,
  events: { schema: checkEventSchema, types: ['text/event-stream'] },
})

export const validationHistoryRoute = route({
  id: 'connection.validations',
  summary: 'Earlier reports, newest first',
  method: 'get',
  path,
  params: nameParams,
  query: z.strictObject({ limit: limitSchema(100).exactOptional() }),
  answer: z.object({ reports: z.array(reportSchema) }),
})
