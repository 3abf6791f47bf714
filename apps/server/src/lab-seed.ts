import { accessError } from '@sluice/core'
import type { LabSeed } from '@sluice/lab'
import { z } from 'zod'

const document = z.looseObject({ Statement: z.unknown() })
const named = { name: z.string(), path: z.string().startsWith('/').endsWith('/').exactOptional() }
const holder = { ...named, policies: z.record(z.string(), document).exactOptional(), attached: z.array(z.string()).exactOptional() }
const accessKey = z.strictObject({ id: z.string(), secret: z.string() })
const body = { text: z.string().exactOptional(), base64: z.base64().exactOptional(), file: z.string().exactOptional() }
const hasOneBody = ({ text, base64, file }: { readonly text?: string; readonly base64?: string; readonly file?: string }): boolean =>
  [text, base64, file].filter((given) => given !== undefined).length === 1
const ONE_BODY = 'has exactly one of text, base64 and file'
const object = z.looseObject({ key: z.string(), ...body }).refine(hasOneBody, ONE_BODY)

const blob = z.looseObject({ name: z.string(), ...body }).refine(hasOneBody, ONE_BODY)
const identity = z.looseObject({ name: z.string(), roles: z.array(z.looseObject({ role: z.string() })).exactOptional() })
const azure = z.strictObject({
  storageAccounts: z
    .array(
      z.looseObject({
        name: z.string(),
        containers: z.array(z.looseObject({ name: z.string(), blobs: z.array(blob).exactOptional() })).exactOptional(),
      }),
    )
    .exactOptional(),
  applications: z.array(identity).exactOptional(),
  managedIdentities: z.array(identity).exactOptional(),
})

const binding = z.strictObject({
  role: z.string(),
  member: z.string(),
  condition: z.looseObject({ expression: z.string() }).exactOptional(),
})
const bindings = { bindings: z.array(binding).exactOptional() }
const gcp = z.strictObject({
  projects: z.array(
    z.strictObject({
      id: z.string(),
      number: z.string().regex(/^\d+$/, 'is a number of digits').exactOptional(),
      roles: z.array(z.looseObject({ id: z.string(), permissions: z.array(z.string()) })).exactOptional(),
      serviceAccounts: z
        .array(z.looseObject({ id: z.string(), keys: z.array(z.strictObject({ privateKey: z.string() })).exactOptional(), ...bindings }))
        .exactOptional(),
      pools: z
        .array(
          z.looseObject({ id: z.string(), providers: z.array(z.looseObject({ id: z.string(), issuerUri: z.string() })).exactOptional() }),
        )
        .exactOptional(),
      buckets: z.array(z.looseObject({ name: z.string(), objects: z.array(object).exactOptional(), ...bindings })).exactOptional(),
      ...bindings,
    }),
  ),
})

const ramHolder = { name: holder.name, policies: holder.policies, attached: holder.attached }
const aliyun = z.strictObject({
  accounts: z.array(
    z.strictObject({
      uid: z.string().regex(/^\d{16}$/, 'is the UID of an account, 16 digits'),
      name: z.string().exactOptional(),
      users: z.array(z.looseObject({ ...ramHolder, accessKeys: z.array(accessKey).exactOptional() })).exactOptional(),
      policies: z.array(z.strictObject({ name: z.string(), document })).exactOptional(),
      oidcProviders: z.array(z.looseObject({ name: z.string(), issuer: z.string(), clientIds: z.array(z.string()) })).exactOptional(),
      roles: z.array(z.looseObject({ ...ramHolder, trust: document })).exactOptional(),
      buckets: z.array(z.looseObject({ name: z.string(), region: z.string(), objects: z.array(object).exactOptional() })).exactOptional(),
    }),
  ),
})

/** What a seed must have. What else it may have is the lab's own to refuse: policies, for example, are parsed when they are loaded. */
const seedSchema = z.strictObject({
  accounts: z.array(
    z.strictObject({
      id: z.string().regex(/^\d{12}$/, 'is an account id of 12 digits'),
      name: z.string().exactOptional(),
      users: z.array(z.looseObject({ ...holder, accessKeys: z.array(accessKey).exactOptional() })).exactOptional(),
      policies: z.array(z.looseObject({ ...named, document })).exactOptional(),
      roles: z.array(z.looseObject({ ...holder, trust: document })).exactOptional(),
      keys: z.array(z.looseObject({ region: z.string() })).exactOptional(),
      buckets: z.array(z.looseObject({ name: z.string(), region: z.string(), objects: z.array(object).exactOptional() })).exactOptional(),
    }),
  ),
  azure: azure.exactOptional(),
  gcp: gcp.exactOptional(),
  aliyun: aliyun.exactOptional(),
})

/** Reads what a lab starts with from JSON. */
export function readLabSeed(text: string): LabSeed {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw accessError('lab.bad_seed', { message: 'The seed is not JSON.', cause })
  }
  const result = seedSchema.safeParse(value)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every required part is there; the lab checks the optional ones when it loads them
  if (result.success) return value as LabSeed
  const [issue] = result.error.issues
  throw accessError('lab.bad_seed', { message: `The seed does not fit at ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}.` })
}
