import { z } from 'zod'
import { route } from '../route.ts'
import { limitSchema, nameParams } from '../schemas/common.ts'
import { filePageSchema, stageInputSchema, stageSchema } from '../schemas/stage.ts'

const path = '/v1/stages/{name}'
const one = z.object({ stage: stageSchema })

export const createStageRoute = route({
  id: 'stage.create',
  summary: 'Create a stage',
  method: 'post',
  path: '/v1/stages',
  query: z.strictObject({ mode: z.enum(['create', 'replace', 'if-not-exists']).exactOptional() }),
  body: stageInputSchema,
  status: 201,
  answer: one,
})

export const listStagesRoute = route({
  id: 'stage.list',
  summary: 'List stages in name order',
  method: 'get',
  path: '/v1/stages',
  query: z.strictObject({ limit: limitSchema(1000).exactOptional(), after: z.string().exactOptional() }),
  answer: z.object({ stages: z.array(stageSchema), next: z.string().exactOptional() }),
})

export const showStageRoute = route({
  id: 'stage.show',
  summary: 'Show a stage',
  method: 'get',
  path,
  params: nameParams,
  answer: one,
})

export const deleteStageRoute = route({
  id: 'stage.delete',
  summary: 'Delete a stage; its files stay',
  method: 'delete',
  path,
  params: nameParams,
  query: z.strictObject({ ifExists: z.enum(['true', 'false']).exactOptional() }),
})

export const stageFilesRoute = route({
  id: 'stage.files',
  summary: "One page of a stage's files",
  method: 'get',
  path: `${path}/files`,
  params: nameParams,
  query: z.strictObject({
    path: z.string().exactOptional().meta({ description: 'Relative to the stage.' }),
    delimiter: z.literal('/').exactOptional(),
    continuation: z.string().exactOptional(),
    limit: limitSchema(1000).exactOptional(),
  }),
  answer: filePageSchema,
})
