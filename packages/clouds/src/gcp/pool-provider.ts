import { type JsonObject, accessError } from '@sluice/core'
import { parseJsonObject, jsonText } from '../http/json.ts'

/** A provider of a workload identity pool: what in the customer's project trusts our issuer. */
export interface PoolProvider {
  readonly projectNumber: string
  readonly poolId: string
  readonly providerId: string
}

/** https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools/create */
export const POOL_ID = /^(?!gcp-)[a-z0-9-]{4,32}$/

const NAME =
  /^(?:https:)?(?:\/\/iam\.googleapis\.com\/)?projects\/([^/]+)\/locations\/global\/workloadIdentityPools\/([^/]+)\/providers\/([^/]+)$/

/** Parses the resource name of a provider in any of the forms in which Google shows it. */
export function parseProviderName(text: string): PoolProvider {
  const match = NAME.exec(text)
  if (match === null) throw malformed('it does not have the parts of the name of a provider')
  const [, project = '', poolId = '', providerId = ''] = match
  if (!/^\d{1,19}$/.test(project))
    throw malformed(
      'it names the project by its id, and Google’s token service wants its number',
      `Find the number with: gcloud projects describe ${/^[a-z0-9-]+$/.test(project) ? project : 'PROJECT'} --format='value(projectNumber)'`,
    )
  return poolProvider(project, poolId, providerId)
}

/** A provider by its parts. */
export function poolProvider(projectNumber: string, poolId: string, providerId: string): PoolProvider {
  if (!/^\d{1,19}$/.test(projectNumber)) throw malformed('the number of the project is not one')
  if (!POOL_ID.test(poolId)) throw malformed('the id of the pool has 4 to 32 lower-case letters, digits and hyphens')
  if (!POOL_ID.test(providerId)) throw malformed('the id of the provider has 4 to 32 lower-case letters, digits and hyphens')
  return { projectNumber, poolId, providerId }
}

/** `projects/123/locations/global/workloadIdentityPools/sluice/providers/sluice` */
export function providerName({ providerId, ...pool }: PoolProvider): string {
  return `${poolName(pool)}/providers/${providerId}`
}

export function poolName({ projectNumber, poolId }: Omit<PoolProvider, 'providerId'>): string {
  return `projects/${projectNumber}/locations/global/workloadIdentityPools/${poolId}`
}

/** The audience by which Google's token service knows the provider, and which our tokens carry unless the provider wants another. */
export function providerAudience(provider: PoolProvider): string {
  return `//iam.googleapis.com/${providerName(provider)}`
}

/** What a policy calls the principal that our subject becomes in the pool. */
export function principalOf(pool: Omit<PoolProvider, 'providerId'>, subject: string): string {
  return `principal://iam.googleapis.com/${poolName(pool)}/subject/${subject}`
}

/** What a pasted credential configuration file says. */
export interface CredentialConfiguration {
  readonly provider: PoolProvider
  readonly serviceAccount: string | undefined
}

/** Reads the content of a credential configuration file; undefined for what is no JSON at all. */
export function parseCredentialConfiguration(text: string): CredentialConfiguration | undefined {
  const file = parseJsonObject(text)
  if (file === undefined) return undefined
  const type = jsonText(file['type'])
  if (type === 'service_account')
    throw accessError('gcp.provider.malformed', {
      message: 'This is the key of a service account, not a credential configuration.',
      remedy: 'Use the method service-account-key for it; it is not stored now.',
    })
  if (type !== 'external_account') throw malformed('it is JSON, and not of the type external_account')
  return { provider: parseProviderName(jsonText(file['audience']) ?? ''), serviceAccount: impersonated(file) }
}

function impersonated(file: JsonObject): string | undefined {
  const url = jsonText(file['service_account_impersonation_url'])
  if (url === undefined) return undefined
  const email = /^https:\/\/iamcredentials\.googleapis\.com\/v1\/projects\/-\/serviceAccounts\/([^/:]+):generateAccessToken$/.exec(url)?.[1]
  // An address needs no escape but that of its @.
  if (email === undefined || /%(?!40)/.test(email)) throw malformed('its service_account_impersonation_url is not one of Google')
  return email.replaceAll('%40', '@')
}

function malformed(because: string, remedy?: string): Error {
  return accessError('gcp.provider.malformed', {
    message: `This is not a workload identity provider: ${because}.`,
    ...(remedy === undefined ? {} : { remedy }),
  })
}
