import { z } from 'zod'

/** https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata */
export const discoverySchema = z
  .object({
    issuer: z.string(),
    jwks_uri: z.string(),
    response_types_supported: z.array(z.string()),
    subject_types_supported: z.array(z.string()),
    id_token_signing_alg_values_supported: z.array(z.string()),
    scopes_supported: z.array(z.string()),
    claims_supported: z.array(z.string()),
  })
  .meta({ id: 'DiscoveryDocument' })

/** Public keys alone: what is not named here does not leave. */
export const keySetSchema = z
  .object({
    keys: z.array(
      z.object({ kty: z.literal('RSA'), kid: z.string(), use: z.literal('sig'), alg: z.string(), n: z.string(), e: z.string() }),
    ),
  })
  .meta({ id: 'KeySet' })

export const issuerSchema = z
  .object({
    url: z.string(),
    discoveryUrl: z.string(),
    keysUrl: z.string(),
    nextKeyAt: z.string().meta({ description: 'When the next key is made and published.' }),
    keys: z.array(
      z.object({
        id: z.string(),
        state: z.enum(['next', 'signing', 'retired']).meta({
          description:
            '`next` is published and waits for its time; `retired` signs no more and stays until every token it signed has ended.',
        }),
        createdAt: z.string(),
        signsFrom: z.string(),
        signsUntil: z.string().exactOptional(),
        publishedUntil: z.string().exactOptional(),
      }),
    ),
  })
  .meta({ id: 'Issuer' })
export type IssuerView = z.output<typeof issuerSchema>
