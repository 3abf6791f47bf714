import { z } from 'zod'
import { route } from '../route.ts'
import { nameParams } from '../schemas/common.ts'
import { connectionSchema } from '../schemas/connection.ts'
import { rotationEventSchema, rotationRequestSchema, rotationSchema } from '../schemas/rotation.ts'

const path = '/v1/connections/{name}/rotation'

export const rotateConnectionRoute = route({
  id: 'connection.rotate',
  summary: 'Give a connection a new secret: it is validated first, and takes over when everything holds',
  description:
    'Answers with what came of it, or with Accept: text/event-stream with each check as it starts and finishes and the rotation last. ' +
    'The present secret stays in use until then; closing the connection leaves the new one waiting.',
  method: 'post',
  path,
  params: nameParams,
  body: rotationRequestSchema,
  answer: rotationSchema,
  events: { schema: rotationEventSchema, types: ['text/event-stream'] },
})

export const abandonRotationRoute = route({
  id: 'connection.rotate-abandon',
  summary: 'Drop the new secret that waits to be validated',
  method: 'delete',
  path,
  params: nameParams,
  answer: z.object({ connection: connectionSchema }),
})
