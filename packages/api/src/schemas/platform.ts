import type { AuthField, Platform } from '@sluice/core'
import { ACCESSES } from '@sluice/core'
import { z } from 'zod'

const platform: z.ZodType<Platform> = z.object({
  aws: z
    .object({
      principalArn: z.string(),
      accountId: z.string(),
      trust: z.enum(['account', 'principal']),
      partition: z.enum(['aws', 'aws-cn', 'aws-us-gov']),
      stsRegion: z.string(),
      templateBucket: z.object({ name: z.string(), region: z.string() }).exactOptional(),
    })
    .exactOptional()
    .meta({ description: 'Absent: Sluice has no identity in AWS, and the role method is refused.' }),
  regions: z.array(z.string()),
  egressAddresses: z.array(z.string()),
})
export const platformSchema = platform.meta({ id: 'Platform' })

const field: z.ZodType<AuthField> = z.object({
  name: z.string(),
  label: z.string(),
  help: z.string(),
  example: z.string(),
  required: z.boolean(),
  secret: z.boolean(),
  sql: z.array(z.string()),
})

export const cloudSchema = z
  .object({
    id: z.string(),
    label: z.string(),
    schemes: z.array(z.string()),
    methods: z.array(
      z.object({
        id: z.enum(['role', 'keys', 'none']),
        label: z.string(),
        summary: z.string(),
        fields: z.array(field.meta({ id: 'AuthField' })),
        narrows: z.boolean(),
        access: z.array(z.enum(ACCESSES)),
      }),
    ),
  })
  .meta({ id: 'Cloud' })
export type CloudView = z.output<typeof cloudSchema>
