import type { Artifact, JsonObject } from '@sluice/core'
import { celText } from '../cel.ts'
import { providerAudience } from '../pool-provider.ts'
import { type BucketGrant, bucketGrants } from './conditions.ts'
import type { SetupPlan } from './plan.ts'
import { jsonArtifact, numbered } from '../../setup/artifacts.ts'

/** The documents of one setup, from which every artifact is written. */
export interface SetupDocuments {
  readonly role: JsonObject
  readonly deleteRole: JsonObject | undefined
  readonly grants: readonly BucketGrant[]
  /** Lets in the tokens of this one connection. */
  readonly attributeCondition: string | undefined
  /** What Google's own libraries need to use the pool; known as soon as the provider is. */
  readonly credentialConfiguration: JsonObject | undefined
}

/** What the customer's admin and our scripts know our things by. */
export function ownerOf({ connection }: SetupPlan): string {
  return `Sluice connection ${connection.id}`
}

export const ROLE_TITLES = { custom: 'Sluice', delete: 'Sluice, to narrow leases' } as const
export const DELETE_PERMISSIONS = ['storage.objects.delete'] as const

export const ATTRIBUTE_MAPPING = { 'google.subject': 'assertion.sub' } as const

export function setupDocuments(plan: SetupPlan): SetupDocuments {
  const { federation } = plan
  return {
    role: roleDocument(plan, ROLE_TITLES.custom, plan.permissions),
    deleteRole: plan.deleteRoleId === undefined ? undefined : roleDocument(plan, ROLE_TITLES.delete, DELETE_PERMISSIONS),
    grants: bucketGrants(plan),
    attributeCondition: federation === undefined ? undefined : `assertion.sub == ${celText(federation.subject)}`,
    credentialConfiguration: credentialConfiguration(plan),
  }
}

function roleDocument(plan: SetupPlan, title: string, permissions: readonly string[]): JsonObject {
  return { title, description: ownerOf(plan), stage: 'GA', includedPermissions: permissions }
}

/** https://google.aip.dev/auth/4117 */
function credentialConfiguration({ federation, account }: SetupPlan): JsonObject | undefined {
  if (federation?.projectNumber === undefined) return undefined
  const { projectNumber, poolId, providerId } = federation
  return {
    universe_domain: 'googleapis.com',
    type: 'external_account',
    audience: providerAudience({ projectNumber, poolId, providerId }),
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: 'https://sts.googleapis.com/v1/token',
    credential_source: { file: 'sluice-token.jwt', format: { type: 'text' } },
    ...(account?.email === undefined
      ? {}
      : {
          service_account_impersonation_url: `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${account.email}:generateAccessToken`,
        }),
  }
}

/** The documents as artifacts to paste. */
export function documentArtifacts(documents: SetupDocuments): readonly Artifact[] {
  const { role, deleteRole, grants, credentialConfiguration: configuration } = documents
  const conditional = grants.filter((grant) => grant.condition !== undefined)
  return [
    jsonArtifact('custom-role', 'Custom role: what may be done', role),
    ...(deleteRole === undefined ? [] : [jsonArtifact('delete-role', 'Custom role that leases are narrowed with', deleteRole)]),
    ...conditional.flatMap(({ bucket, condition }, index) =>
      condition === undefined
        ? []
        : [jsonArtifact(numbered('condition', index, conditional), `Condition of the grant on ${bucket}`, { ...condition })],
    ),
    ...(configuration === undefined
      ? []
      : [
          jsonArtifact(
            'credential-configuration',
            'Credential configuration file, for Google’s own tools with a token of ours',
            configuration,
          ),
        ]),
  ]
}
