import type { PatchStep, Remedy } from '@sluice/core'
import { z } from 'zod'
import { jsonSchema } from './common.ts'

const patchStep: z.ZodType<PatchStep> = z.object({
  op: z.enum(['add', 'remove', 'replace']),
  path: z.string(),
  value: jsonSchema.exactOptional(),
})

const remedy: z.ZodType<Remedy> = z.object({
  who: z.enum(['platform', 'cloud-admin', 'data-owner', 'organization']),
  where: z.string(),
  summary: z.string(),
  patch: z.array(patchStep).exactOptional(),
  snippet: z.string().exactOptional(),
  command: z.string().exactOptional(),
  terraform: z.string().exactOptional(),
  document: z.string().exactOptional(),
  risk: z.string().exactOptional(),
  undo: z.string().exactOptional(),
  verify: z.string(),
})
export const remedySchema = remedy.meta({ id: 'Remedy' })
