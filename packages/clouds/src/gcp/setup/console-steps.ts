import type { SetupStep } from '@sluice/core'
import { bucketLink, iamLink } from './console-links.ts'
import { DELETE_PERMISSIONS, type SetupDocuments } from './documents.ts'
import type { SetupPlan } from './plan.ts'
import { accountName, actingRole, isImpersonated } from './script-parts.ts'
import { numbered } from '../../setup/artifacts.ts'

/** The same by hand, in the order in which each thing is there when the next one needs it. */
export function consoleSteps(plan: SetupPlan, documents: SetupDocuments): readonly SetupStep[] {
  return [
    ...poolSteps(plan, documents),
    ...accountSteps(plan),
    roleStep(plan, plan.customRoleId, plan.permissions, 'custom-role'),
    ...(plan.deleteRoleId === undefined ? [] : [roleStep(plan, plan.deleteRoleId, DELETE_PERMISSIONS, 'delete-role')]),
    ...grantSteps(plan, documents),
    ...keyStep(plan),
  ]
}

function poolSteps(plan: SetupPlan, documents: SetupDocuments): readonly SetupStep[] {
  const { federation } = plan
  if (federation === undefined) return []
  const audience = federation.audience === undefined ? 'Default audience' : `Allowed audience ${federation.audience}`
  return [
    {
      title: 'Create the workload identity pool and its provider',
      where: 'IAM & Admin > Workload Identity Federation > Create pool',
      body: `Pool ID: ${federation.poolId}. Provider: OpenID Connect (OIDC), provider ID ${federation.providerId}, issuer ${federation.issuerUrl}. ${audience}. Attribute mapping: google.subject = assertion.sub. Attribute condition: ${documents.attributeCondition ?? ''}`,
      link: iamLink(plan, 'workload-identity-pools/create'),
    },
  ]
}

function accountSteps(plan: SetupPlan): readonly SetupStep[] {
  const { account } = plan
  if (account === undefined) return []
  const name = accountName(plan)
  return [
    ...(account.isMade
      ? [
          {
            title: 'Create the service account',
            where: 'IAM & Admin > Service Accounts > Create service account',
            body: `Service account ID: ${account.id}. Give it no role in the project. Leave this out where the account exists.`,
            link: iamLink(plan, 'serviceaccounts/create'),
          },
        ]
      : []),
    ...(isImpersonated(plan)
      ? [
          {
            title: 'Let us act as the service account',
            where: `IAM & Admin > Service Accounts > ${name} > Principals with access > Grant access`,
            body: `New principal: ${ourName(plan)}. Role: ${roleTitle(actingRole(plan))}.`,
            link: iamLink(plan, 'serviceaccounts'),
          },
        ]
      : []),
  ]
}

function roleStep(plan: SetupPlan, id: string, permissions: readonly string[], artifact: string): SetupStep {
  return {
    title: id === plan.customRoleId ? 'Create the custom role' : 'Create the role that leases are narrowed with',
    where: 'IAM & Admin > Roles > Create role',
    body: `ID: ${id}. Role launch stage: General Availability. Add permissions: ${permissions.join(', ')}.`,
    artifact,
    link: iamLink(plan, 'roles/create'),
  }
}

function grantSteps(plan: SetupPlan, documents: SetupDocuments): readonly SetupStep[] {
  const conditional = documents.grants.filter((grant) => grant.condition !== undefined)
  return documents.grants.map((grant) => {
    const { bucket, condition } = grant
    const limited =
      condition === undefined
        ? ''
        : ` Add IAM condition: title ${condition.title ?? ''}, Condition editor, and paste the expression: ${condition.expression}`
    return {
      title: `Grant the role on ${bucket}`,
      where: `Cloud Storage > Buckets > ${bucket} > Permissions > Grant access`,
      body: `New principal: ${holderName(plan)}. Role: Custom > ${plan.customRoleId}.${limited}`,
      ...(condition === undefined ? {} : { artifact: numbered('condition', conditional.indexOf(grant), conditional) }),
      link: bucketLink(bucket),
    }
  })
}

function keyStep(plan: SetupPlan): readonly SetupStep[] {
  if (plan.method !== 'service-account-key') return []
  return [
    {
      title: 'Create the key',
      where: `IAM & Admin > Service Accounts > ${accountName(plan)} > Keys > Add key > Create new key`,
      body: 'Key type: JSON. Give the file to Sluice at once, then delete it. Leave this out where Sluice has a key already.',
      link: iamLink(plan, 'serviceaccounts'),
    },
  ]
}

/** Who we are, as the console takes it. */
export function ourName({ federation, ourAccount }: SetupPlan): string {
  if (federation === undefined) return ourAccount ?? ''
  const { projectNumber = 'PROJECT_NUMBER', poolId, subject } = federation
  return `principal://iam.googleapis.com/projects/${projectNumber}/locations/global/workloadIdentityPools/${poolId}/subject/${subject}`
}

function holderName(plan: SetupPlan): string {
  if (plan.account === undefined) return ourName(plan)
  return accountName(plan)
}

function roleTitle(role: ReturnType<typeof actingRole>): string {
  return role === 'roles/iam.workloadIdentityUser' ? `Workload Identity User (${role})` : `Service Account Token Creator (${role})`
}
