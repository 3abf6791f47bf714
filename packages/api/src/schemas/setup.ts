import type { JsonObject, Setup, SetupOptions, SetupStep } from '@sluice/core'
import { z } from 'zod'
import { jsonSchema, textMap } from './common.ts'

const step: z.ZodType<SetupStep> = z.object({
  title: z.string(),
  where: z.string(),
  body: z.string(),
  artifact: z.string().exactOptional(),
  link: z.string().exactOptional(),
})
const stepSchema = step.meta({ id: 'SetupStep' })
const document: z.ZodType<JsonObject> = z.record(z.string(), jsonSchema)

const setup: z.ZodType<Setup> = z.object({
  cloud: z.string(),
  method: z.string(),
  promise: z.string(),
  facts: z.array(z.object({ label: z.string(), value: z.string() })),
  artifacts: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      filename: z.string(),
      language: z.enum(['json', 'yaml', 'hcl', 'sh', 'bicep', 'text']),
      text: z.string(),
      document: document.exactOptional(),
    }),
  ),
  routes: z.array(
    z.object({
      id: z.enum(['template', 'terraform', 'cli', 'console']),
      title: z.string(),
      artifacts: z.array(z.string()),
      steps: z.array(stepSchema),
    }),
  ),
  removal: z.array(stepSchema),
  proofs: z.array(z.object({ claim: z.string(), expected: z.enum(['allowed', 'denied']), actual: z.enum(['allowed', 'denied']) })),
  warnings: z.array(z.string()),
})
export const setupSchema = setup.meta({ id: 'Setup' })

const options: z.ZodType<SetupOptions> = z.strictObject({
  roleName: z.string().exactOptional(),
  rolePath: z.string().exactOptional(),
  policyName: z.string().exactOptional(),
  userName: z.string().exactOptional().meta({ description: 'For the method keys: the user that holds the access key.' }),
  accountId: z.string().exactOptional().meta({ description: 'The account, where the connection does not name it yet.' }),
  tags: textMap.exactOptional(),
  permissionsBoundary: z.string().exactOptional(),
  createBucket: z.strictObject({ region: z.string(), kmsKeyArn: z.string().exactOptional() }).exactOptional(),
  bucketAccountId: z.string().exactOptional(),
  projectId: z.string().exactOptional().meta({ description: 'Google: the project that holds pool, custom role and service account.' }),
  poolId: z.string().exactOptional(),
  providerId: z.string().exactOptional(),
  serviceAccountId: z.string().exactOptional(),
  customRoleId: z.string().exactOptional(),
  subscriptionId: z.string().exactOptional().meta({ description: 'Azure.' }),
  resourceGroup: z.string().exactOptional(),
  applicationName: z.string().exactOptional(),
  expiresAt: z.iso.datetime({ offset: true }).exactOptional().meta({ description: 'When a key or SAS that the setup makes shall end.' }),
})
export const setupOptionsSchema = options.meta({ id: 'SetupOptions' })
