import { LANGUAGES } from '@sluice/core'
import { z } from 'zod'
import { route } from '../route.ts'
import { jsonSchema, nameParams } from '../schemas/common.ts'
import { diagnosisEventSchema, diagnosisSchema } from '../schemas/diagnosis.ts'

export const diagnoseRoute = route({
  id: 'connection.diagnose',
  summary: 'Find out why a connection is refused, with proof and what to change',
  description:
    'Probes the customer’s cloud, changing nothing unless `write` is given, and explains what comes back. At most six times a minute for each connection. ' +
    'With Accept: text/event-stream, tells what it asks for as it goes, and the report last.',
  method: 'post',
  path: '/v1/connections/{name}/diagnoses',
  params: nameParams,
  body: z.strictObject({
    write: z.boolean().exactOptional().meta({ description: 'Also write one small object of ours, and delete it again.' }),
    evidence: jsonSchema.exactOptional().meta({ description: 'A case document whose parts join what the probes see.' }),
    language: z.enum(LANGUAGES).exactOptional(),
  }),
  answer: diagnosisSchema,
  events: { schema: diagnosisEventSchema, types: ['text/event-stream'] },
})
