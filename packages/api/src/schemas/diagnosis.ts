import { CAPABILITIES, type DiagnosisEvent, type DiagnosisReport, type Finding, type OpenQuestion } from '@sluice/core'
import { z } from 'zod'
import { remedySchema } from './remedy.ts'

const actor = z.enum(['platform', 'cloud-admin', 'data-owner', 'organization'])
const settle = z.object({ read: z.string(), by: actor, command: z.string() })

const finding: z.ZodType<Finding> = z.object({
  cause: z.string().meta({ description: 'A code of docs/causes.', example: 'aws.id.object_arn' }),
  title: z.string(),
  meaning: z.string(),
  certainty: z.enum(['proved', 'strong', 'consistent', 'group']),
  alternatives: z.array(z.string()),
  evidence: z.object({ for: z.array(z.string()), against: z.array(z.string()) }),
  affects: z.array(z.enum(CAPABILITIES)),
  remedy: remedySchema,
  links: z.array(z.string()),
  settle: settle.exactOptional(),
})
const findingSchema = finding.meta({ id: 'Finding' })

const question: z.ZodType<OpenQuestion> = z.object({ causes: z.array(z.string()), because: z.string(), settle: settle.exactOptional() })

const state = z.enum(['ok', 'denied', 'unknown', 'skipped'])

const report: z.ZodType<DiagnosisReport> = z.object({
  verdict: z.enum(['ok', 'degraded', 'blocked', 'inconclusive']),
  capabilities: z.object({ assume: state, list: state, read: state, write: state, delete: state }),
  findings: z.array(findingSchema),
  security: z.array(findingSchema),
  cannotTell: z.array(question),
  probes: z.array(
    z.object({
      operation: z.string(),
      target: z.string().exactOptional(),
      outcome: z.enum(['ok', 'refused', 'failed', 'unknown']),
      status: z.number().int().exactOptional(),
      code: z.string().exactOptional(),
      message: z.string().exactOptional(),
      requestId: z.string().exactOptional(),
    }),
  ),
  notes: z.array(z.string()),
})
export const diagnosisSchema = report.meta({ id: 'Diagnosis' })

const event: z.ZodType<DiagnosisEvent> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('probes-started'), asks: z.array(z.string()) }),
  z.object({ type: z.literal('report'), report: diagnosisSchema }),
])
export const diagnosisEventSchema = event.meta({ id: 'DiagnosisEvent' })
