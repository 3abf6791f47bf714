import type { LeaseSecret } from '@sluice/core'
import { z } from 'zod'
import { accessSchema, locationSchema } from './common.ts'

/** What is handed out: never a secret of the connection's own. */
export type LeaseSecretView = Exclude<LeaseSecret, { readonly kind: 'stored' }>

const secret: z.ZodType<LeaseSecretView> = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('aws'),
    accessKeyId: z.string(),
    secretAccessKey: z.string(),
    sessionToken: z.string().exactOptional(),
  }),
  z.object({ kind: z.literal('bearer'), token: z.string() }),
  z.object({ kind: z.literal('sas'), query: z.string() }),
  z.object({ kind: z.literal('oss'), accessKeyId: z.string(), accessKeySecret: z.string(), securityToken: z.string().exactOptional() }),
  z.object({ kind: z.literal('anonymous') }),
])

export const leaseRequestSchema = z
  .strictObject({
    connection: z.string().meta({ example: 'acme' }),
    location: z.string().exactOptional().meta({ description: "URL within the connection's locations; absent: its only location." }),
    access: z
      .array(accessSchema)
      .min(1)
      .meta({ example: ['read'] }),
    minimumSeconds: z.number().int().positive().exactOptional(),
  })
  .meta({ id: 'LeaseRequest' })

export const leaseSchema = z
  .object({
    id: z.string(),
    location: locationSchema,
    access: z.array(accessSchema),
    narrowed: z.boolean().meta({ description: 'Whether the cloud itself enforces location and access.' }),
    reach: z.string().exactOptional().meta({ description: 'Where it is not narrowed: what the credential reaches instead.' }),
    expiresAt: z.string().nullable().meta({ description: 'ISO time; null where the credential has no known end.' }),
    secret,
  })
  .meta({ id: 'Lease' })
export type LeaseView = z.output<typeof leaseSchema>
