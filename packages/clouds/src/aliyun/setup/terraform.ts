import { type HclBlock, hclBlock, hclSlots, variableName } from '../../setup/hcl.ts'
import { type Node, type Slot, text } from '../../setup/text.ts'
import type { SetupDocuments } from './documents.ts'
import { ossTargets } from './oss-permissions.ts'
import type { SetupPlan } from './plan.ts'
import { descriptionOf, resourceSlots } from './resource-slots.ts'
import { issuerSlots, PROVIDER_DESCRIPTION } from './trust-policy.ts'

/** The Terraform configuration: one file to put into an empty folder, every value a variable, the role's ARN as output. */
export function terraform(plan: SetupPlan, documents: SetupDocuments): string {
  const resources = [...providerBlocks(plan), ...holderBlocks(plan, documents), ...policyBlocks(plan, documents), ...bucketBlocks(plan)]
  const isRole = plan.holder.kind === 'role'
  const blocks: readonly HclBlock[] = [
    versionBlock(plan),
    ...variableBlocks(plan, hclSlots(resources)),
    { head: 'provider "alicloud"', attributes: { region: { expression: 'var.region' } } },
    accountBlock(plan),
    ...resources,
    isRole
      ? {
          head: 'output "role_arn"',
          attributes: { description: { data: 'ARN of the role' }, value: { expression: 'alicloud_ram_role.sluice.arn' } },
        }
      : {
          head: 'output "user_name"',
          attributes: { description: { data: 'Name of the user' }, value: { expression: 'alicloud_ram_user.sluice.name' } },
        },
  ]
  return blocks.map((block) => hclBlock(block)).join('\n')
}

function usesIssuer({ holder }: SetupPlan): boolean {
  return holder.kind === 'role' && holder.trusted.kind === 'issuer'
}

function versionBlock(plan: SetupPlan): HclBlock {
  const tls = usesIssuer(plan) ? { tls: { data: { source: 'hashicorp/tls', version: '>= 4.0' } } } : {}
  return {
    head: 'terraform',
    attributes: { required_version: { data: '>= 1.3' } },
    blocks: [
      { head: 'required_providers', attributes: { alicloud: { data: { source: 'aliyun/alicloud', version: '>= 1.252.0' } }, ...tls } },
    ],
  }
}

/** Terraform then refuses to touch any other account. */
function accountBlock({ accountId }: SetupPlan): HclBlock {
  const head = 'data "alicloud_account" "current"'
  if (accountId === undefined) return { head }
  return {
    head,
    blocks: [
      {
        head: 'lifecycle',
        blocks: [
          {
            head: 'postcondition',
            attributes: {
              condition: { expression: `self.id == "${accountId}"` },
              error_message: { data: `These credentials do not belong to account ${accountId}.` },
            },
          },
        ],
      },
    ],
  }
}

function variableBlocks(plan: SetupPlan, slots: readonly Slot[]): readonly HclBlock[] {
  const region = plan.createBucket ? 'Region in which the bucket is created' : 'Region the provider works in; RAM itself has none'
  return [
    variable('region', 'string', region, plan.region),
    ...(usesIssuer(plan)
      ? [
          variable(
            'create_oidc_provider',
            'bool',
            'false if another connection of this Sluice has registered the identity provider already',
            true,
          ),
        ]
      : []),
    ...slots.map((slot) => variable(variableName(slot), 'string', slot.description, slot.value)),
  ]
}

function variable(name: string, type: string, description: string, value: Node): HclBlock {
  return {
    head: `variable "${name}"`,
    attributes: { description: { data: description }, type: { expression: type }, default: { data: value } },
  }
}

/** The identity provider, with the fingerprint of whoever certifies the issuer at this moment. */
function providerBlocks({ holder }: SetupPlan): readonly HclBlock[] {
  if (holder.kind !== 'role' || holder.trusted.kind !== 'issuer') return []
  const { provider, issuerUrl, audience } = issuerSlots(holder.trusted)
  return [
    { head: 'data "tls_certificate" "issuer"', attributes: { url: { data: text`${issuerUrl}` } } },
    {
      head: 'resource "alicloud_ims_oidc_provider" "sluice"',
      attributes: {
        count: { expression: 'var.create_oidc_provider ? 1 : 0' },
        oidc_provider_name: { data: text`${provider}` },
        issuer_url: { data: text`${issuerUrl}` },
        client_ids: { data: [text`${audience}`] },
        fingerprints: { expression: '[data.tls_certificate.issuer.certificates[0].sha1_fingerprint]' },
        description: { data: PROVIDER_DESCRIPTION },
      },
      // Other connections of this Sluice use it too.
      blocks: [{ head: 'lifecycle', attributes: { prevent_destroy: { data: true } } }],
    },
  ]
}

function holderBlocks(plan: SetupPlan, documents: SetupDocuments): readonly HclBlock[] {
  const { holderName } = resourceSlots(plan)
  if (documents.trust === undefined)
    return [
      {
        head: 'resource "alicloud_ram_user" "sluice"',
        attributes: { name: { data: text`${holderName}` }, comments: { data: descriptionOf(plan) } },
      },
    ]
  return [
    {
      head: 'resource "alicloud_ram_role" "sluice"',
      attributes: {
        role_name: { data: text`${holderName}` },
        description: { data: descriptionOf(plan) },
        max_session_duration: { data: 3600 },
        assume_role_policy_document: { json: documents.trust.node },
        ...(usesIssuer(plan) ? { depends_on: { expression: '[alicloud_ims_oidc_provider.sluice]' } } : {}),
      },
    },
  ]
}

function policyBlocks(plan: SetupPlan, documents: SetupDocuments): readonly HclBlock[] {
  const { policyName } = resourceSlots(plan)
  const { kind } = plan.holder
  const name = kind === 'role' ? 'alicloud_ram_role.sluice.role_name' : 'alicloud_ram_user.sluice.name'
  return [
    {
      head: 'resource "alicloud_ram_policy" "sluice"',
      attributes: {
        policy_name: { data: text`${policyName}` },
        description: { data: descriptionOf(plan) },
        rotate_strategy: { data: 'DeleteOldestNonDefaultVersionWhenLimitExceeded' },
        policy_document: { json: documents.permission.node },
      },
    },
    {
      head: `resource "alicloud_ram_${kind}_policy_attachment" "sluice"`,
      attributes: {
        policy_name: { expression: 'alicloud_ram_policy.sluice.policy_name' },
        policy_type: { data: 'Custom' },
        [`${kind}_name`]: { expression: name },
      },
    },
  ]
}

function bucketBlocks(plan: SetupPlan): readonly HclBlock[] {
  const [target] = ossTargets(plan.locations)
  if (plan.createBucket === undefined || target === undefined) return []
  const bucket = { bucket: { expression: 'alicloud_oss_bucket.data.bucket' } }
  const kms = plan.createBucket.kmsKeyArn
  const key: Slot = {
    slot: true,
    name: 'BucketKmsKeyId',
    value: kms?.split('/')[1] ?? '',
    description: 'Id of the KMS key that encrypts the bucket by default',
  }
  return [
    {
      head: 'resource "alicloud_oss_bucket" "data"',
      attributes: { bucket: { data: text`${target.bucket}` } },
      blocks: [
        {
          head: 'server_side_encryption_rule',
          attributes:
            kms === undefined
              ? { sse_algorithm: { data: 'AES256' } }
              : { sse_algorithm: { data: 'KMS' }, kms_master_key_id: { data: text`${key}` } },
        },
        // Taking our access away must never take the customer's data away.
        { head: 'lifecycle', attributes: { prevent_destroy: { data: true } } },
      ],
    },
    { head: 'resource "alicloud_oss_bucket_acl" "data"', attributes: { ...bucket, acl: { data: 'private' } } },
    {
      head: 'resource "alicloud_oss_bucket_public_access_block" "data"',
      attributes: { ...bucket, block_public_access: { data: true } },
    },
  ]
}
