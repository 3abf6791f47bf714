import { z } from 'zod'
import { route } from '../route.ts'
import { auditEventSchema } from '../schemas/audit.ts'
import { limitSchema } from '../schemas/common.ts'

export const listAuditRoute = route({
  id: 'audit.list',
  summary: 'Who did what, where, with which result; newest first',
  method: 'get',
  path: '/v1/audit',
  query: z.strictObject({
    limit: limitSchema(1000).exactOptional(),
    action: z.string().exactOptional().meta({ example: 'connection.create' }),
  }),
  answer: z.object({ events: z.array(auditEventSchema) }),
})
