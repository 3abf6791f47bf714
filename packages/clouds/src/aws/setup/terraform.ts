import { s3Targets } from '../../setup/s3-permissions.ts'
import { type Node, type Slot, text } from '../../setup/text.ts'
import type { SetupDocuments } from './documents.ts'
import { type HclBlock, hclBlock, hclSlots, variableName } from '../../setup/hcl.ts'
import { ISSUER_TAG, providerSlots } from './oidc-provider.ts'
import { issuerOf, type SetupPlan } from './plan.ts'
import { resourceSlots } from './resource-slots.ts'

/** The Terraform configuration: one file to put into an empty folder, every value a variable, the role's ARN as output. */
export function terraform(plan: SetupPlan, documents: SetupDocuments): string {
  const resources = [
    ...identityProviderBlocks(plan),
    ...holderBlocks(plan, documents),
    ...policyBlocks(plan, documents),
    ...bucketBlocks(plan),
  ]
  const holder = plan.holder.kind
  const blocks: readonly HclBlock[] = [
    versionBlock(issuerOf(plan) === undefined ? '>= 5.0' : '>= 5.81'),
    ...variableBlocks(plan, hclSlots(resources)),
    providerBlock(plan),
    { head: 'data "aws_partition" "current"' },
    ...(issuerOf(plan) === undefined ? [] : [{ head: 'data "aws_caller_identity" "current"' }]),
    ...resources,
    {
      head: `output "${holder}_arn"`,
      attributes: { description: { data: `ARN of the ${holder}` }, value: { expression: `aws_iam_${holder}.sluice.arn` } },
    },
  ]
  return blocks.map((block) => hclBlock(block)).join('\n')
}

// An identity provider without thumbprints needs 5.81.
function versionBlock(version: string): HclBlock {
  return {
    head: 'terraform',
    attributes: { required_version: { data: '>= 1.3' } },
    blocks: [{ head: 'required_providers', attributes: { aws: { data: { source: 'hashicorp/aws', version } } } }],
  }
}

function providerBlock(plan: SetupPlan): HclBlock {
  return {
    head: 'provider "aws"',
    attributes: {
      region: { expression: 'var.region' },
      // Terraform then refuses to touch any other account.
      ...(plan.accountId === undefined ? {} : { allowed_account_ids: { data: [plan.accountId] } }),
    },
  }
}

function variableBlocks(plan: SetupPlan, slots: readonly Slot[]): readonly HclBlock[] {
  const trusts = issuerOf(plan)
  const tags = Object.fromEntries(plan.tags.map(({ key, value }) => [key, value]))
  const region = plan.createBucket ? 'Region in which the bucket is created' : 'Region the provider works in; IAM itself has none'
  return [
    variable('region', 'string', region, plan.region),
    variable('tags', 'map(string)', 'Tags of what is created', tags),
    variable(
      'permissions_boundary_arn',
      'string',
      'Managed policy that bounds the permissions; null for none',
      plan.permissionsBoundary ?? null,
    ),
    ...(trusts === undefined
      ? []
      : [variable('make_identity_provider', 'bool', `false if IAM > Identity providers has ${trusts.path} already`, true)]),
    ...slots.map((slot) => variable(variableName(slot), 'string', slot.description, slot.value)),
  ]
}

function variable(name: string, type: string, description: string, value: Node): HclBlock {
  return {
    head: `variable "${name}"`,
    attributes: { description: { data: description }, type: { expression: type }, default: { data: value } },
  }
}

/** An account has one provider for an issuer: another configuration may have made it, and others may use it when this one goes. */
function identityProviderBlocks(plan: SetupPlan): readonly HclBlock[] {
  const trusts = issuerOf(plan)
  if (trusts === undefined) return []
  const { audience } = providerSlots(trusts)
  return [
    {
      head: 'resource "aws_iam_openid_connect_provider" "sluice"',
      attributes: {
        count: { expression: 'var.make_identity_provider ? 1 : 0' },
        url: { data: trusts.url },
        client_id_list: { data: [text`${audience}`] },
        tags: { data: { [ISSUER_TAG]: trusts.path } },
      },
      blocks: [{ head: 'lifecycle', attributes: { prevent_destroy: { data: true } } }],
    },
  ]
}

function holderBlocks(plan: SetupPlan, documents: SetupDocuments): readonly HclBlock[] {
  const { holderName, path } = resourceSlots(plan)
  const names = { name: { data: text`${holderName}` }, path: { data: text`${path}` } }
  const common = { permissions_boundary: { expression: 'var.permissions_boundary_arn' }, tags: { expression: 'var.tags' } }
  if (documents.trust === undefined) return [{ head: 'resource "aws_iam_user" "sluice"', attributes: { ...names, ...common } }]
  return [
    {
      head: 'resource "aws_iam_role" "sluice"',
      attributes: {
        ...names,
        description: { data: 'Lets Sluice use the locations of one connection' },
        max_session_duration: { data: 3600 },
        ...common,
        assume_role_policy: { json: documents.trust.node },
        ...(issuerOf(plan) === undefined ? {} : { depends_on: { expression: '[aws_iam_openid_connect_provider.sluice]' } }),
      },
    },
  ]
}

function policyBlocks(plan: SetupPlan, documents: SetupDocuments): readonly HclBlock[] {
  const { policyName } = resourceSlots(plan)
  const holder = plan.holder.kind
  const { node, kind } = documents.permission
  const name = { data: text`${policyName}` }
  const attached = { [holder]: { expression: `aws_iam_${holder}.sluice.name` } }
  if (kind === 'inline')
    return [{ head: `resource "aws_iam_${holder}_policy" "sluice"`, attributes: { name, ...attached, policy: { json: node } } }]
  return [
    {
      head: 'resource "aws_iam_policy" "sluice"',
      attributes: {
        name,
        description: { data: 'What Sluice may do in the locations of one connection' },
        tags: { expression: 'var.tags' },
        policy: { json: node },
      },
    },
    {
      head: `resource "aws_iam_${holder}_policy_attachment" "sluice"`,
      attributes: { ...attached, policy_arn: { expression: 'aws_iam_policy.sluice.arn' } },
    },
  ]
}

function bucketBlocks(plan: SetupPlan): readonly HclBlock[] {
  const [target] = s3Targets(plan.locations)
  if (plan.createBucket === undefined || target === undefined) return []
  const bucket = { bucket: { expression: 'aws_s3_bucket.data.id' } }
  const kms = plan.createBucket.kmsKeyArn
  const key: Slot = { slot: true, name: 'BucketKmsKeyArn', value: kms ?? '', description: 'KMS key that encrypts the bucket by default' }
  return [
    {
      head: 'resource "aws_s3_bucket" "data"',
      attributes: { bucket: { data: text`${target.bucket}` }, tags: { expression: 'var.tags' } },
      // Taking our access away must never take the customer's data away.
      blocks: [{ head: 'lifecycle', attributes: { prevent_destroy: { data: true } } }],
    },
    {
      head: 'resource "aws_s3_bucket_public_access_block" "data"',
      attributes: {
        ...bucket,
        block_public_acls: { data: true },
        block_public_policy: { data: true },
        ignore_public_acls: { data: true },
        restrict_public_buckets: { data: true },
      },
    },
    {
      head: 'resource "aws_s3_bucket_ownership_controls" "data"',
      attributes: bucket,
      blocks: [{ head: 'rule', attributes: { object_ownership: { data: 'BucketOwnerEnforced' } } }],
    },
    {
      head: 'resource "aws_s3_bucket_server_side_encryption_configuration" "data"',
      attributes: bucket,
      blocks: [
        {
          head: 'rule',
          ...(kms === undefined ? {} : { attributes: { bucket_key_enabled: { data: true } } }),
          blocks: [
            {
              head: 'apply_server_side_encryption_by_default',
              attributes:
                kms === undefined
                  ? { sse_algorithm: { data: 'AES256' } }
                  : { sse_algorithm: { data: 'aws:kms' }, kms_master_key_id: { data: text`${key}` } },
            },
          ],
        },
      ],
    },
  ]
}
