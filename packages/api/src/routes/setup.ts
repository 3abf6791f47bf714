import { z } from 'zod'
import { route } from '../route.ts'
import { nameParams } from '../schemas/common.ts'
import { setupOptionsSchema, setupSchema } from '../schemas/setup.ts'

export const showSetupRoute = route({
  id: 'setup.show',
  summary: 'What the cloud admin applies: policies, templates, commands, steps',
  method: 'get',
  path: '/v1/connections/{name}/setup',
  params: nameParams,
  query: setupOptionsSchema,
  answer: setupSchema,
})

export const publishSetupRoute = route({
  id: 'setup.publish',
  summary: 'Upload the template to the template bucket and get the quick-create link',
  method: 'post',
  path: '/v1/connections/{name}/setup/publish',
  params: nameParams,
  body: setupOptionsSchema,
  answer: z.object({ templateUrl: z.string(), quickCreateUrl: z.string() }),
})
