import { type HclBlock, hclBlock, hclSlots, hclString, variableName } from '../../setup/hcl.ts'
import { type Node, type Slot, text } from '../../setup/text.ts'
import { ATTRIBUTE_MAPPING, DELETE_PERMISSIONS, ROLE_TITLES, type SetupDocuments, ownerOf } from './documents.ts'
import { OPTION_RULES } from './option-rules.ts'
import type { SetupPlan } from './plan.ts'
import { actingRole, isImpersonated } from './script-parts.ts'

const PROJECT = { expression: 'var.project_id' }

/** The Terraform configuration: one file to put into an empty folder, names as variables, and as output what Sluice must be told. */
export function terraform(plan: SetupPlan, documents: SetupDocuments): string {
  const resources = [...federationBlocks(plan, documents), ...accountBlocks(plan), ...roleBlocks(plan), ...grantBlocks(plan, documents)]
  const blocks: readonly HclBlock[] = [
    versionBlock,
    variable('project_id', 'Project of the buckets, in which everything is made', plan.projectId ?? null),
    ...hclSlots(resources).map((slot) => variable(variableName(slot), slot.description, slot.value)),
    { head: 'provider "google"', attributes: { project: PROJECT } },
    ...resources,
    ...outputBlocks(plan),
  ]
  return blocks.map((block) => hclBlock(block)).join('\n')
}

const versionBlock: HclBlock = {
  head: 'terraform',
  attributes: { required_version: { data: '>= 1.3' } },
  blocks: [{ head: 'required_providers', attributes: { google: { data: { source: 'hashicorp/google', version: '>= 5.0' } } } }],
}

function variable(name: string, description: string, value: Node): HclBlock {
  return {
    head: `variable "${name}"`,
    attributes: { description: { data: description }, type: { expression: 'string' }, default: { data: value } },
  }
}

function slot(name: string, value: string, description: string, rule: keyof typeof OPTION_RULES): Slot {
  return { slot: true, name, value, description, pattern: OPTION_RULES[rule].pattern.source }
}

function federationBlocks(plan: SetupPlan, documents: SetupDocuments): readonly HclBlock[] {
  const { federation } = plan
  if (federation === undefined) return []
  const { poolId, providerId, issuerUrl, audience } = federation
  return [
    {
      head: 'resource "google_iam_workload_identity_pool" "sluice"',
      attributes: {
        project: PROJECT,
        workload_identity_pool_id: { data: text`${slot('PoolId', poolId, 'Id of the workload identity pool', 'poolId')}` },
        display_name: { data: 'Sluice' },
        description: { data: ownerOf(plan) },
      },
    },
    {
      head: 'resource "google_iam_workload_identity_pool_provider" "sluice"',
      attributes: {
        project: PROJECT,
        workload_identity_pool_id: { expression: 'google_iam_workload_identity_pool.sluice.workload_identity_pool_id' },
        workload_identity_pool_provider_id: {
          data: text`${slot('ProviderId', providerId, 'Id of the provider in the pool', 'providerId')}`,
        },
        display_name: { data: 'Sluice' },
        description: { data: ownerOf(plan) },
        attribute_mapping: { data: ATTRIBUTE_MAPPING },
        attribute_condition: { data: documents.attributeCondition ?? '' },
      },
      blocks: [
        {
          head: 'oidc',
          attributes: { issuer_uri: { data: issuerUrl }, ...(audience === undefined ? {} : { allowed_audiences: { data: [audience] } }) },
        },
      ],
    },
  ]
}

function accountBlocks(plan: SetupPlan): readonly HclBlock[] {
  const { account } = plan
  if (account === undefined) return []
  return [
    ...(account.isMade
      ? [
          {
            head: 'resource "google_service_account" "sluice"',
            attributes: {
              project: PROJECT,
              account_id: {
                data: text`${slot('ServiceAccountId', account.id, 'Service account, the part before the @', 'serviceAccountId')}`,
              },
              display_name: { data: 'Sluice' },
              description: { data: ownerOf(plan) },
            },
          },
        ]
      : []),
    ...(isImpersonated(plan)
      ? [
          {
            head: 'resource "google_service_account_iam_member" "sluice"',
            attributes: {
              service_account_id: account.isMade
                ? { expression: 'google_service_account.sluice.name' }
                : { data: `projects/-/serviceAccounts/${account.email ?? ''}` },
              role: { data: actingRole(plan) },
              member: ourMember(plan),
            },
          },
        ]
      : []),
  ]
}

function roleBlocks(plan: SetupPlan): readonly HclBlock[] {
  const role = (name: string, id: Slot, title: string, permissions: readonly string[]): HclBlock => ({
    head: `resource "google_project_iam_custom_role" "${name}"`,
    attributes: {
      project: PROJECT,
      role_id: { data: text`${id}` },
      title: { data: title },
      description: { data: ownerOf(plan) },
      permissions: { data: permissions },
    },
  })
  return [
    role('sluice', slot('CustomRoleId', plan.customRoleId, 'Id of the custom role', 'customRoleId'), ROLE_TITLES.custom, plan.permissions),
    ...(plan.deleteRoleId === undefined
      ? []
      : [
          role(
            'delete',
            slot('DeleteRoleId', plan.deleteRoleId, 'Id of the role that leases are narrowed with', 'customRoleId'),
            ROLE_TITLES.delete,
            DELETE_PERMISSIONS,
          ),
        ]),
  ]
}

function grantBlocks(plan: SetupPlan, documents: SetupDocuments): readonly HclBlock[] {
  return documents.grants.map(({ bucket, condition }, index, all) => ({
    head: `resource "google_storage_bucket_iam_member" "sluice${all.length > 1 ? `_${index + 1}` : ''}"`,
    attributes: {
      bucket: { data: bucket },
      role: { expression: 'google_project_iam_custom_role.sluice.name' },
      member: holderMember(plan),
    },
    ...(condition === undefined
      ? {}
      : {
          blocks: [
            {
              head: 'condition',
              attributes: {
                title: { data: condition.title ?? '' },
                description: { data: condition.description ?? '' },
                expression: { data: condition.expression },
              },
            },
          ],
        }),
  }))
}

type Value = NonNullable<HclBlock['attributes']>[string]

function ourMember({ federation, ourAccount }: SetupPlan): Value {
  if (federation === undefined) return { data: `serviceAccount:${ourAccount ?? ''}` }
  const subject = hclString(federation.subject).slice(1, -1)
  return { expression: `"principal://iam.googleapis.com/\${google_iam_workload_identity_pool.sluice.name}/subject/${subject}"` }
}

function holderMember(plan: SetupPlan): Value {
  const { account } = plan
  if (account === undefined) return ourMember(plan)
  return account.isMade ? { expression: 'google_service_account.sluice.member' } : { data: `serviceAccount:${account.email ?? ''}` }
}

function outputBlocks(plan: SetupPlan): readonly HclBlock[] {
  const output = (name: string, description: string, expression: string): HclBlock => ({
    head: `output "${name}"`,
    attributes: { description: { data: description }, value: { expression } },
  })
  return [
    ...(plan.federation === undefined
      ? []
      : [output('provider', 'Name of the workload identity provider', 'google_iam_workload_identity_pool_provider.sluice.name')]),
    ...(plan.account?.isMade === true ? [output('service_account', 'The service account', 'google_service_account.sluice.email')] : []),
    ...(plan.deleteRoleId === undefined
      ? []
      : [output('delete_role', 'The role that leases are narrowed with', 'google_project_iam_custom_role.delete.name')]),
  ]
}
