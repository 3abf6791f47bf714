import type { AuditEvent } from '@sluice/core'
import { z } from 'zod'

const event: z.ZodType<AuditEvent> = z.object({
  at: z.string(),
  organization: z.string(),
  project: z.string(),
  actor: z.string(),
  action: z.string(),
  target: z.string(),
  result: z.enum(['ok', 'refused', 'failed']),
  reason: z.string().exactOptional(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  requestId: z.string().exactOptional(),
})
export const auditEventSchema = event.meta({ id: 'AuditEvent' })
