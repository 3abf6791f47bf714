import { z } from 'zod'
import { route } from '../route.ts'
import { limitSchema, nameParams } from '../schemas/common.ts'
import { connectionInputSchema, connectionPatchSchema, connectionSchema, connectionSummarySchema } from '../schemas/connection.ts'

const path = '/v1/connections/{name}'
const saved = z.object({ connection: connectionSchema, warnings: z.array(z.string()) })
const one = z.object({ connection: connectionSchema })

const plan = z
  .object({
    stages: z.array(z.string()).meta({ description: 'Stages that use it: while there are any, it cannot be deleted.' }),
    customerMayRemove: z.array(z.string()).meta({ description: 'What the customer can remove in their cloud afterwards.' }),
  })
  .meta({ id: 'DeletionPlan' })

export const createConnectionRoute = route({
  id: 'connection.create',
  summary: 'Create a connection; its external id is issued at once',
  method: 'post',
  path: '/v1/connections',
  query: z.strictObject({
    replace: z
      .enum(['true', 'false'])
      .exactOptional()
      .meta({ description: 'Replace a connection of this name; it keeps its id and external id.' }),
  }),
  body: connectionInputSchema,
  status: 201,
  answer: saved,
})

export const listConnectionsRoute = route({
  id: 'connection.list',
  summary: 'List connections in name order',
  method: 'get',
  path: '/v1/connections',
  query: z.strictObject({ limit: limitSchema(1000).exactOptional(), after: z.string().exactOptional() }),
  answer: z.object({
    connections: z.array(connectionSummarySchema),
    next: z.string().exactOptional().meta({ description: 'Pass it as `after` for the next page; absent on the last.' }),
  }),
})

export const showConnectionRoute = route({
  id: 'connection.show',
  summary: 'Show a connection with its external id',
  method: 'get',
  path,
  params: nameParams,
  answer: one,
})

export const updateConnectionRoute = route({
  id: 'connection.update',
  summary: 'Change a connection; its external id never changes',
  method: 'patch',
  path,
  params: nameParams,
  query: z.strictObject({
    version: limitSchema(Number.MAX_SAFE_INTEGER)
      .exactOptional()
      .meta({ description: 'The version the change is based on; another one is a conflict.' }),
  }),
  body: connectionPatchSchema,
  answer: saved,
})

export const disableConnectionRoute = route({
  id: 'connection.disable',
  summary: 'Disable a connection and end its leases',
  method: 'post',
  path: `${path}/disable`,
  params: nameParams,
  answer: one,
})

export const enableConnectionRoute = route({
  id: 'connection.enable',
  summary: 'Enable a disabled connection',
  method: 'post',
  path: `${path}/enable`,
  params: nameParams,
  answer: one,
})

export const deletionPlanRoute = route({
  id: 'connection.deletion-plan',
  summary: 'What deleting a connection would break, and what the customer could then remove',
  method: 'get',
  path: `${path}/deletion-plan`,
  params: nameParams,
  answer: plan,
})

export const deleteConnectionRoute = route({
  id: 'connection.delete',
  summary: 'Delete a connection, its secret and its leases',
  method: 'delete',
  path,
  params: nameParams,
  answer: plan,
})
