import { z } from 'zod'
import { route } from '../route.ts'
import { cloudSchema, platformSchema } from '../schemas/platform.ts'

export const healthRoute = route({
  id: 'health.show',
  summary: 'Whether the server answers',
  method: 'get',
  path: '/v1/health',
  answer: z.object({ status: z.literal('ok'), version: z.string() }),
  open: true,
})

export const platformRoute = route({
  id: 'platform.show',
  summary: 'Who Sluice is to each cloud',
  method: 'get',
  path: '/v1/platform',
  answer: platformSchema,
})

export const cloudsRoute = route({
  id: 'cloud.list',
  summary: 'The clouds, their authentication methods and the fields of each',
  method: 'get',
  path: '/v1/clouds',
  answer: z.object({ clouds: z.array(cloudSchema) }),
})

export const openapiRoute = route({
  id: 'openapi.print',
  summary: 'This document',
  method: 'get',
  path: '/v1/openapi.json',
  answer: z.record(z.string(), z.unknown()),
  open: true,
})
