import type { CheckEvent } from '@sluice/core'
import { z } from 'zod'
import { checkProgressSchemas, reportSchema } from './check.ts'
import { textMap } from './common.ts'
import { connectionSchema, secretExpiresAtSchema } from './connection.ts'

export const rotationRequestSchema = z
  .strictObject({
    auth: textMap.exactOptional().meta({
      description: "The fields of the connection's method that are new. Absent: the new secret that waits is tried again.",
      example: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: '…' },
    }),
    secretExpiresAt: secretExpiresAtSchema.exactOptional(),
    waitSeconds: z
      .number()
      .int()
      .min(0)
      .max(3600)
      .exactOptional()
      .meta({ description: 'Keep trying until everything holds or this long has passed.' }),
  })
  .meta({ id: 'RotationRequest' })

export const rotationSchema = z
  .object({
    outcome: z
      .enum(['switched', 'kept'])
      .meta({ description: '`kept`: the connection goes on with its present secret, and the new one waits.' }),
    connection: connectionSchema,
    report: reportSchema.meta({ description: 'Of the validation with the new secret.' }),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'Rotation' })
export type RotationView = z.output<typeof rotationSchema>

/** What is told while a secret is rotated; what came of it is last. */
export type RotationEventView =
  | Exclude<CheckEvent, { readonly type: 'report' }>
  | { readonly type: 'rotation'; readonly rotation: RotationView }

const event: z.ZodType<RotationEventView> = z.discriminatedUnion('type', [
  ...checkProgressSchemas,
  z.object({ type: z.literal('rotation'), rotation: rotationSchema }),
])
export const rotationEventSchema = event.meta({ id: 'RotationEvent' })
