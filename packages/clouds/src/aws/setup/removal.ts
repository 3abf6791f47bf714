import type { SetupStep } from '@sluice/core'
import { iamLink, regionalLink } from './console-links.ts'
import { stackName } from './cloudformation.ts'
import type { SetupDocuments } from './documents.ts'
import type { SetupPlan } from './plan.ts'
import { REMOVE_INLINE, REMOVE_MANAGED, scriptHead } from './script-parts.ts'

/** The script that takes back what the CLI script made. Buckets and their contents stay. */
export function removeScript(plan: SetupPlan): string {
  const { kind } = plan.holder
  const name = `--${kind}-name "$${kind}_name"`
  const purpose = `Removes what the Sluice connection ${plan.connection.name} (${plan.connection.id}) was given.\nBuckets and what is in them stay. Can be run again.`
  return [
    ...scriptHead(plan, purpose),
    '',
    `if found aws iam get-${kind} ${name}; then`,
    `  must_be_ours ${kind} get-${kind} ${name}`,
    ...(kind === 'user' ? keyLines() : []),
    ...(kind === 'user'
      ? ['  found aws iam detach-user-policy --user-name "$user_name" --policy-arn "$policy_arn" || true']
      : [`  ${REMOVE_INLINE}`, `  ${REMOVE_MANAGED}`]),
    `  aws iam delete-${kind} ${name}`,
    'fi',
    ...policyLines(),
    `printf 'Done. The connection has no access any more.\\n'`,
    '',
  ].join('\n')
}

function keyLines(): readonly string[] {
  return [
    `  for key in $(aws iam list-access-keys --user-name "$user_name" --query 'AccessKeyMetadata[].AccessKeyId' --output text); do`,
    '    aws iam delete-access-key --user-name "$user_name" --access-key-id "$key"',
    '  done',
  ]
}

function policyLines(): readonly string[] {
  return [
    'if found aws iam get-policy --policy-arn "$policy_arn"; then',
    '  must_be_ours policy get-policy --policy-arn "$policy_arn"',
    `  for version in $(aws iam list-policy-versions --policy-arn "$policy_arn" --query 'Versions[?!IsDefaultVersion].VersionId' --output text); do`,
    '    aws iam delete-policy-version --policy-arn "$policy_arn" --version-id "$version"',
    '  done',
    '  aws iam delete-policy --policy-arn "$policy_arn"',
    'fi',
  ]
}

/** How to end the access, whichever way it was set up. */
export function removalSteps(plan: SetupPlan, documents: SetupDocuments): readonly SetupStep[] {
  const { holder } = plan
  const kept = plan.createBucket ? ` The bucket ${plan.createBucket.name} and what is in it stay.` : ''
  return [
    {
      title: 'Set up with the template: delete the stack',
      where: 'CloudFormation > Stacks',
      body: `Delete the stack ${stackName(plan)}.${kept}`,
      link: regionalLink(plan, 'cloudformation/home', '#/stacks'),
    },
    {
      title: 'Set up with Terraform: destroy',
      where: 'The folder of the configuration',
      body: plan.createBucket
        ? `Run: terraform state rm aws_s3_bucket.data && terraform destroy. The first command keeps the bucket, which is protected from destruction.`
        : 'Run: terraform destroy',
    },
    {
      title: 'Set up with the CLI: run the removal script',
      where: `A shell with credentials of ${plan.accountId === undefined ? 'the account' : `account ${plan.accountId}`}`,
      body: `The script removes only what carries this connection's tag.${kept}`,
      artifact: 'remove-script',
    },
    {
      title: `Set up by hand: delete the ${holder.kind}, then the policy`,
      where: `IAM > ${holder.kind === 'role' ? 'Roles' : 'Users'}, then IAM > Policies`,
      body: `Delete the ${holder.kind} ${holder.name}${documents.permission.kind === 'managed' ? `, then the policy ${plan.policyName}` : ''}.${kept}`,
      link: iamLink(plan.partition, holder.kind === 'role' ? 'roles' : 'users'),
    },
    ...neighbourRemoval(documents),
  ]
}

function neighbourRemoval(documents: SetupDocuments): readonly SetupStep[] {
  const places = [
    ...documents.buckets.map(({ bucket }) => `the bucket policy of ${bucket}`),
    ...documents.keys.flatMap(({ keys }) => keys.map((key) => `the key policy of ${key}`)),
  ]
  if (places.length === 0) return []
  return [
    {
      title: 'Take the statements out of the policies of buckets and keys',
      where: 'S3 and KMS',
      body: `If they were added, remove the statements whose Sid begins with Sluice or LetSluice from ${places.join(', ')}. Once the role is gone they name nobody.`,
    },
  ]
}
