import { ACCESSES, type AuthContext, type AuthField, type CloudMethod, type ParsedAuth, accessError } from '@sluice/core'
import { methodOf, readFields } from '../auth-fields.ts'
import { checkedCustomRole, checkedProject, checkedServiceAccount } from './names.ts'
import { type PoolProvider, parseCredentialConfiguration, parseProviderName, poolProvider, providerName } from './pool-provider.ts'
import { parseServiceAccountKey } from './service-account-key.ts'
import { defaultPoolId, defaultProviderId } from './setup/names.ts'

type Values = { readonly [name: string]: string }

const field = (name: string, label: string, help: string, example: string, sql: readonly string[]): AuthField => ({
  name,
  label,
  help,
  example,
  required: false,
  secret: false,
  sql,
})

/** Fields of every method. */
const COMMON_FIELDS: readonly AuthField[] = [
  field(
    'billingProject',
    'Project to bill',
    'For Requester Pays buckets, where it is not the project of the service account.',
    'acme-analytics',
    ['billing_project', 'user_project'],
  ),
  field(
    'deleteRole',
    'Custom role that deletes',
    'Only for deleting without writing: Google has no role of its own that narrows a lease to that.',
    'projects/acme-data/roles/sluiceLakeDelete',
    ['delete_role'],
  ),
]

const IMPERSONATED = (help: string): AuthField =>
  field('serviceAccount', 'Service account to act as', help, 'sluice-lake@acme-data.iam.gserviceaccount.com', [
    'service_account',
    'impersonate_service_account',
  ])

const FEDERATION_FIELDS: readonly AuthField[] = [
  field(
    'provider',
    'Workload identity provider',
    'Its resource name, or the content of a credential configuration file.',
    'projects/123456789012/locations/global/workloadIdentityPools/sluice-lake/providers/sluice',
    ['provider', 'workload_identity_provider'],
  ),
  field('projectNumber', 'Project number', 'Of the project with the pool: the provider’s name follows from that.', '123456789012', [
    'project_number',
  ]),
  field('poolId', 'Pool', 'With the project number; by default sluice- and the name of the connection.', 'sluice-lake', ['pool_id']),
  field('providerId', 'Provider', 'With the project number; by default sluice.', 'sluice', ['provider_id']),
  IMPERSONATED('Where the bucket grants a service account that we impersonate, instead of the principal itself.'),
  field('audience', 'Allowed audience', 'Where the provider is set to another than its own name.', 'https://sluice.example.com', [
    'audience',
  ]),
  ...COMMON_FIELDS,
]

const KEY_FIELD: AuthField = {
  name: 'key',
  label: 'Service account key',
  help: 'The JSON file, as it is or in base64; it is stored encrypted and never shown again.',
  example: '{"type":"service_account","client_email":"…","private_key_id":"…",…}',
  required: true,
  secret: true,
  sql: ['credential', 'service_account_key'],
}

/** How Google Cloud can be accessed, the ways that store no secret first. */
export const GCP_METHODS: readonly CloudMethod[] = [
  {
    id: 'federation',
    label: 'Workload identity federation',
    summary: 'A workload identity pool in your project trusts our tokens for this one connection; no secret is stored.',
    fields: FEDERATION_FIELDS,
    narrows: true,
    keyless: true,
    access: ACCESSES,
    awaits: ['provider'],
    setups: ['terraform', 'cli', 'console'],
  },
  {
    id: 'grant',
    label: 'Grant to our service account',
    summary: 'Your bucket grants a service account of ours, or yours lets it act as one of yours; no secret is stored.',
    fields: [IMPERSONATED('An account of yours that ours may act as; without it the bucket grants ours directly.'), ...COMMON_FIELDS],
    narrows: true,
    keyless: true,
    access: ACCESSES,
    awaits: [],
    setups: ['terraform', 'cli', 'console'],
    sharesIdentity: ({ gcp }) => gcp !== undefined && !gcp.serviceAccount.includes('{project}'),
  },
  {
    id: 'service-account-key',
    label: 'Service account key',
    summary: 'The key of a service account of yours, stored encrypted. Every lease is narrowed all the same.',
    fields: [KEY_FIELD, ...COMMON_FIELDS],
    narrows: true,
    keyless: false,
    access: ACCESSES,
    awaits: [],
    setups: ['terraform', 'cli', 'console'],
  },
]

/** Checks a method's inputs without asking Google, and splits them into what is stored openly and what goes to the vault. */
export function parseGcpAuth(method: string, fields: Values, context: AuthContext): ParsedAuth {
  const chosen = methodOf(GCP_METHODS, method, 'gcp')
  const { values, warnings } = readFields(chosen, fields)
  checkSettings(context)
  const common = commonFields(values)
  if (chosen.id === 'federation') return { auth: { method: 'federation', fields: { ...federation(values, context), ...common } }, warnings }
  if (chosen.id === 'grant') return { auth: { method: 'grant', fields: { ...grant(values, context), ...common } }, warnings }
  return parseKey(values, common, context, warnings)
}

function checkSettings({ settings }: AuthContext): void {
  const refuse = (setting: string, because: string): never => {
    throw accessError('gcp.setting', { message: `The setting ${setting} does not fit Cloud Storage: ${because}.` })
  }
  if (settings.acl !== undefined) refuse('acl', 'access is granted by IAM alone (uniform bucket-level access)')
  if (settings.encryption?.algorithm === 'aws:kms:dsse') refuse('encryption', 'it has no double encryption')
  const keys = [settings.encryption?.keyId, ...(settings.kmsReadKeys ?? []), ...(settings.kmsWriteKeys ?? [])]
  if (keys.some((key) => key !== undefined && !/^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/.test(key)))
    refuse('encryption', 'a key is written projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY')
  if (settings.expectedBucketOwner !== undefined && !/^\d{1,19}$/.test(settings.expectedBucketOwner))
    refuse('expectedBucketOwner', 'a bucket belongs to a project, and Google tells which by its number')
}

function commonFields({ billingProject, deleteRole }: Values): Values {
  return {
    ...(billingProject === undefined ? {} : { billingProject: checkedProject(billingProject) }),
    ...(deleteRole === undefined ? {} : { deleteRole: checkedCustomRole(deleteRole) }),
  }
}

function federation(values: Values, context: AuthContext): Values {
  if (context.platform.issuer === undefined)
    throw accessError('gcp.no_issuer', { message: 'This Sluice is no OpenID Connect issuer, so no workload identity pool can trust it.' })
  const pasted = values['provider'] === undefined ? undefined : parseCredentialConfiguration(values['provider'])
  const provider = pasted?.provider ?? providerFrom(values, context)
  const serviceAccount = values['serviceAccount'] ?? pasted?.serviceAccount
  return {
    ...(provider === undefined ? {} : { provider: providerName(provider) }),
    ...(serviceAccount === undefined ? {} : { serviceAccount: checkedServiceAccount(serviceAccount) }),
    ...(values['audience'] === undefined ? {} : { audience: values['audience'] }),
  }
}

/** The provider: given, or made from the project's number and names that we also write into the setup; absent while not even that is known. */
function providerFrom(values: Values, context: AuthContext): PoolProvider | undefined {
  const { provider: given, projectNumber, poolId, providerId } = values
  if (given !== undefined) {
    const provider = parseProviderName(given)
    const contradiction = [
      projectNumber !== undefined && projectNumber !== provider.projectNumber && 'projectNumber',
      poolId !== undefined && poolId !== provider.poolId && 'poolId',
      providerId !== undefined && providerId !== provider.providerId && 'providerId',
    ].find(Boolean)
    if (contradiction)
      throw accessError('gcp.provider.malformed', {
        message: `The provider’s name and ${contradiction} contradict each other.`,
        remedy: 'Give the provider’s name alone.',
      })
    return provider
  }
  if (projectNumber === undefined && poolId === undefined && providerId === undefined) return undefined
  if (projectNumber === undefined)
    throw accessError('gcp.provider.malformed', {
      message: 'A pool or provider is named, and not the number of its project.',
      remedy: 'Give projectNumber too, or the provider’s whole name.',
    })
  return poolProvider(projectNumber, poolId ?? defaultPoolId(context.connectionName), providerId ?? defaultProviderId())
}

function grant({ serviceAccount }: Values, context: AuthContext): Values {
  if (context.platform.gcp === undefined)
    throw accessError('gcp.no_identity', { message: 'This Sluice has no service account of its own that a customer could grant anything.' })
  return serviceAccount === undefined ? {} : { serviceAccount: checkedServiceAccount(serviceAccount) }
}

function parseKey(values: Values, common: Values, context: AuthContext, warnings: readonly string[]): ParsedAuth {
  const text = values['key'] ?? ''
  const { clientEmail, privateKeyId, validBefore } = parseServiceAccountKey(text)
  return {
    auth: {
      method: 'service-account-key',
      fields: { clientEmail, privateKeyId, ...common },
      secretId: context.secretId,
      ...(validBefore === undefined ? {} : { secretExpiresAt: validBefore }),
    },
    secret: { key: text },
    warnings:
      validBefore === undefined
        ? [...warnings, 'The key of a service account does not expire by itself: rotate it, or use federation, which needs no key.']
        : warnings,
  }
}
