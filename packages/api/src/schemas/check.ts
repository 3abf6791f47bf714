import { CHECKS, type Check, type CheckEvent, type CheckName, type Report } from '@sluice/core'
import { z } from 'zod'
import { providerErrorSchema } from '../problem.ts'
import { diagnosisSchema } from './diagnosis.ts'
import { remedySchema } from './remedy.ts'

const names: readonly CheckName[] = CHECKS.map((check) => check.name)
const checkNameSchema = z.enum(names).meta({ id: 'CheckName' })

const common = { name: checkNameSchema, title: z.string(), severity: z.enum(['required', 'advisory']) }
const ms = z.number()

const check: z.ZodType<Check> = z.discriminatedUnion('status', [
  z.object({ ...common, status: z.literal('passed'), ms, note: z.string().exactOptional() }),
  z.object({
    ...common,
    status: z.literal('failed'),
    ms,
    reason: z.string(),
    message: z.string(),
    provider: providerErrorSchema.exactOptional(),
    remedy: remedySchema,
  }),
  z.object({ ...common, status: z.literal('skipped'), because: z.string(), blockedBy: checkNameSchema.exactOptional() }),
  z.object({ ...common, status: z.literal('inconclusive'), ms, because: z.string(), provider: providerErrorSchema.exactOptional() }),
])
const checkSchema = check.meta({ id: 'Check' })

const report: z.ZodType<Report> = z.object({
  connectionId: z.string(),
  connection: z.string(),
  verdict: z.enum(['passed', 'failed', 'inconclusive']),
  checks: z.array(checkSchema),
  counts: z.object({ passed: z.number(), failed: z.number(), skipped: z.number(), inconclusive: z.number() }),
  leftovers: z.array(z.object({ bucket: z.string(), key: z.string(), versionId: z.string().exactOptional() })),
  diagnosis: diagnosisSchema.exactOptional(),
  startedAt: z.string(),
  ms,
})
export const reportSchema = report.meta({ id: 'Report' })

/** The events of checks while they run. */
export const checkProgressSchemas = [
  z.object({ type: z.literal('checks-planned'), names: z.array(checkNameSchema) }),
  z.object({ type: z.literal('check-started'), name: checkNameSchema }),
  z.object({ type: z.literal('check-finished'), check: checkSchema }),
  z.object({ type: z.literal('waiting-for-propagation'), attempt: z.number(), secondsLeft: z.number() }),
] as const

const event: z.ZodType<CheckEvent> = z.discriminatedUnion('type', [
  ...checkProgressSchemas,
  z.object({ type: z.literal('report'), report: reportSchema }),
])
export const checkEventSchema = event.meta({ id: 'CheckEvent' })
