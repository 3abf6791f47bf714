import { route } from '../route.ts'
import { leaseRequestSchema, leaseSchema } from '../schemas/lease.ts'

export const createLeaseRoute = route({
  id: 'lease.create',
  summary: 'Hand out a short-lived credential for exactly this location and access',
  method: 'post',
  path: '/v1/leases',
  body: leaseRequestSchema,
  status: 201,
  answer: leaseSchema,
})
