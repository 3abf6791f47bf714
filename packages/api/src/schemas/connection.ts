import {
  CONNECTION_STATES,
  EXPIRY_WARNINGS,
  type Connection,
  type ConnectionSettings,
  type Expiry,
  type ExternalId,
  type NextSecret,
} from '@sluice/core'
import { z } from 'zod'
import { accessSchema, cloudIdSchema, locationSchema, nameSchema, purposeSchema, textMap, type LocationView } from './common.ts'

/** What stands where a secret is kept: one can see that there is one, never what it is. */
export const MASK = '********'

const settings: z.ZodType<ConnectionSettings> = z.strictObject({
  region: z.string().exactOptional().meta({ description: 'Pinned region; absent means discovered.' }),
  sameRegion: z.enum(['required', 'advisory']).exactOptional(),
  expectedBucketOwner: z.string().exactOptional(),
  requesterPays: z.boolean().exactOptional(),
  encryption: z
    .strictObject({ algorithm: z.enum(['AES256', 'aws:kms', 'aws:kms:dsse']), keyId: z.string().exactOptional() })
    .exactOptional(),
  kmsReadKeys: z.array(z.string()).exactOptional(),
  kmsWriteKeys: z.array(z.string()).exactOptional(),
  storageClass: z.string().exactOptional(),
  acl: z.string().exactOptional(),
  endpoint: z.string().exactOptional().meta({ description: 'Clouds that take one only.' }),
  preset: z
    .string()
    .exactOptional()
    .meta({ description: 'Which of the stores that speak the protocol it is: one of the presets of GET /v1/clouds.', example: 'r2' }),
  addressing: z.enum(['virtual-host', 'path']).exactOptional(),
})
export const settingsSchema = settings.meta({ id: 'ConnectionSettings' })

const inputShape = {
  description: z.string().max(2000).exactOptional(),
  labels: textMap.exactOptional(),
  locations: z
    .array(z.string())
    .max(100)
    .exactOptional()
    .meta({ example: ['s3://test-bucket-123/data/'] }),
  purposes: z.array(purposeSchema).exactOptional(),
  settings: settingsSchema.exactOptional(),
}

export const secretExpiresAtSchema = z.iso
  .datetime({ offset: true })
  .meta({ description: 'When the secret ends, where its owner has said so; what the secret says of itself is known already.' })

export const connectionInputSchema = z
  .strictObject({
    name: nameSchema,
    cloud: z.string().meta({ example: 'aws' }),
    method: z.string().exactOptional().meta({
      description: 'One of the methods of GET /v1/clouds. Left out only where a credential in a URL says it.',
      example: 'role',
    }),
    credentialInUrl: z.enum(['refuse', 'store']).exactOptional().meta({
      description:
        'What becomes of a credential in the URL of a location: refused unless told, or taken out and stored as if its fields had been given.',
    }),
    auth: textMap
      .default({})
      .meta({ description: "The method's fields, as GET /v1/clouds names them.", example: { accountId: '987654321987' } }),
    secretExpiresAt: secretExpiresAtSchema.exactOptional(),
    singleFile: z.enum(['object', 'folder']).exactOptional(),
    ...inputShape,
  })
  .meta({ id: 'ConnectionInput' })

export const connectionPatchSchema = z
  .strictObject({
    name: nameSchema.exactOptional(),
    auth: textMap.exactOptional(),
    secretExpiresAt: secretExpiresAtSchema.exactOptional(),
    ...inputShape,
  })
  .meta({ id: 'ConnectionPatch' })

/**
 * How a connection authenticates, as it is shown: the method, its open values by name, the external id where there is one,
 * and of a stored secret only that there is one.
 */
export interface AuthView {
  readonly method: string
  readonly externalId?: ExternalId
  readonly secret?: typeof MASK
  /** ISO time at which the secret ends, where it says so itself. */
  readonly secretExpiresAt?: string
  readonly [field: string]: string | ExternalId | undefined
}

const expiry: z.ZodType<Expiry> = z.object({
  endsAt: z.string(),
  secondsLeft: z.number().int().meta({ description: 'As of this answer; negative when it is over.' }),
  warning: z.enum(EXPIRY_WARNINGS.map(({ warning }) => warning)).exactOptional(),
})
const expirySchema = expiry.meta({
  id: 'Expiry',
  description: 'How near the end of the secret is, where it is known. `warning` is absent while it is over 30 days away.',
})

const externalId: z.ZodType<ExternalId> = z.union([
  z.object({ kind: z.enum(['issued', 'chosen']), value: z.string() }),
  z.object({ kind: z.literal('none') }),
])
const auth: z.ZodType<AuthView> = z
  .object({
    method: z.string(),
    externalId: externalId.exactOptional(),
    secret: z.literal(MASK).exactOptional(),
    secretExpiresAt: z.string().exactOptional(),
  })
  .catchall(z.string())
  .meta({ description: "Besides these, the method's open fields by name, as GET /v1/clouds names them." })

/** A connection as it is shown. */
export type ConnectionView = Omit<Connection, 'auth' | 'next' | 'locations' | 'organization' | 'project'> & {
  readonly auth: AuthView
  /** How near the end of its secret is, where that is known. */
  readonly expiry?: Expiry
  /** A new secret that waits to be validated, while there is one. */
  readonly next?: Omit<NextSecret, 'auth'> & { readonly auth: AuthView; readonly expiry?: Expiry }
  readonly locations: readonly LocationView[]
}

const connection: z.ZodType<ConnectionView> = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  labels: textMap,
  cloud: cloudIdSchema,
  auth,
  expiry: expirySchema.exactOptional(),
  next: z
    .object({
      auth,
      expiry: expirySchema.exactOptional(),
      addedAt: z.string(),
      checked: z.object({ at: z.string(), verdict: z.enum(['failed', 'inconclusive']) }).exactOptional(),
    })
    .exactOptional()
    .meta({ description: 'A new secret that is to take the place of the present one once it has passed validation.' }),
  locations: z.array(locationSchema),
  purposes: z.array(purposeSchema),
  access: z.array(accessSchema),
  settings: settingsSchema,
  state: z.enum(CONNECTION_STATES),
  firstPassedAt: z.string().exactOptional(),
  pinned: z.object({ bucketOwner: z.string().exactOptional(), region: z.string().exactOptional() }).exactOptional(),
  createdAt: z.string(),
  updatedAt: z.string(),
  version: z.number().int(),
})
export const connectionSchema = connection.meta({ id: 'Connection' })

/** A connection in a list: no external id, no account. */
export const connectionSummarySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    cloud: cloudIdSchema,
    method: z.string(),
    expiry: expirySchema.exactOptional(),
    locations: z.array(z.string()),
    access: z.array(accessSchema),
    state: z.enum(CONNECTION_STATES),
    updatedAt: z.string(),
  })
  .meta({ id: 'ConnectionSummary' })
export type ConnectionSummary = z.output<typeof connectionSummarySchema>
