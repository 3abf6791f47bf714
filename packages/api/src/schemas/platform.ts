import type { AuthField, Platform, StoreCapabilities } from '@sluice/core'
import { ACCESSES } from '@sluice/core'
import { z } from 'zod'

const bucket = z.object({ name: z.string(), region: z.string() })

const platform: z.ZodType<Platform> = z.object({
  aws: z
    .object({
      principalArn: z.string(),
      accountId: z.string(),
      trust: z.enum(['account', 'principal']),
      partition: z.enum(['aws', 'aws-cn', 'aws-us-gov']),
      stsRegion: z.string(),
      templateBucket: bucket.exactOptional(),
    })
    .exactOptional()
    .meta({ description: 'Absent: Sluice has no identity in AWS, and the role method is refused.' }),
  gcp: z.object({ serviceAccount: z.string() }).exactOptional().meta({ description: 'Absent: no Google identity of ours can be granted.' }),
  azure: z.object({ clientId: z.string(), objectId: z.string(), tenantId: z.string() }).exactOptional(),
  aliyun: z
    .object({
      principalArn: z.string(),
      accountId: z.string(),
      stsRegion: z.string(),
      templateBucket: bucket.exactOptional(),
    })
    .exactOptional()
    .meta({ description: 'Absent: Sluice has no identity in Alibaba Cloud, and the role method is refused.' }),
  issuer: z
    .object({ url: z.string() })
    .exactOptional()
    .meta({ description: 'Sluice as OpenID Connect issuer, for the methods oidc and federation.' }),
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

const capabilities: z.ZodType<StoreCapabilities> = z.object({
  presign: z.boolean(),
  conditionalPut: z.boolean(),
  versions: z.boolean(),
  listStartAfter: z.boolean(),
  multipart: z.boolean(),
  minPartBytes: z.number().int(),
  maxParts: z.number().int(),
  equalParts: z.boolean().exactOptional().meta({ description: 'Parts of an upload all have one size, but for the last.' }),
  maxKeysPerPage: z.number().int(),
})

export const cloudSchema = z
  .object({
    id: z.string(),
    label: z.string(),
    schemes: z.array(z.string()),
    storageTypes: z.array(z.string()).meta({ description: "SQL's storage types that mean this cloud." }),
    takesEndpoint: z.boolean().meta({ description: 'Whether its connections name an endpoint of their own.' }),
    presets: z
      .array(z.object({ id: z.string(), label: z.string(), endpoint: z.string().exactOptional() }))
      .meta({ description: 'Stores known by name, for the setting `preset`; what differs between customers stands in braces.' }),
    capabilities,
    methods: z.array(
      z.object({
        id: z.string(),
        label: z.string(),
        summary: z.string(),
        fields: z.array(field.meta({ id: 'AuthField' })),
        narrows: z.boolean().meta({ description: "Whether the cloud itself enforces a lease's location and access." }),
        keyless: z.boolean().meta({ description: 'Whether it works without a stored secret.' }),
        access: z.array(z.enum(ACCESSES)),
        awaits: z.array(z.string()).meta({ description: 'Fields known only after the setup was applied.' }),
        setups: z.array(z.enum(['template', 'terraform', 'cli', 'console'])),
      }),
    ),
  })
  .meta({ id: 'Cloud' })
export type CloudView = z.output<typeof cloudSchema>
