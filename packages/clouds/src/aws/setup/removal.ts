import type { SetupStep } from '@sluice/core'
import { iamLink, regionalLink } from './console-links.ts'
import { stackName } from './cloudformation.ts'
import type { SetupDocuments } from './documents.ts'
import { ISSUER_TAG, type IssuerTrust } from './oidc-provider.ts'
import { issuerOf, type SetupPlan } from './plan.ts'
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
    ...(issuerOf(plan) === undefined ? [] : providerLines()),
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

/** The provider goes with the last role that trusts it, and only if one of our scripts has made it. */
function providerLines(): readonly string[] {
  const provider = '--open-id-connect-provider-arn "$provider_arn"'
  return [
    `if found aws iam get-open-id-connect-provider ${provider}; then`,
    `  maker="$(aws iam get-open-id-connect-provider ${provider} --query "Tags[?Key=='${ISSUER_TAG}'].Value | [0]" --output text)"`,
    '  others="$(aws iam list-roles --output text \\',
    `    --query "Roles[?contains(to_string(AssumeRolePolicyDocument), '\\"$provider_arn\\"')].RoleName")"`,
    '  if [ -n "$others" ]; then',
    `    printf 'The identity provider %s stays: other roles trust it.\\n' "$issuer"`,
    '  elif [ "$maker" != "$issuer" ]; then',
    `    printf 'The identity provider %s stays: it was not made by a setup of ours.\\n' "$issuer"`,
    '  else',
    `    aws iam delete-open-id-connect-provider ${provider}`,
    '  fi',
    'fi',
  ]
}

/** How to end the access, whichever way it was set up. */
export function removalSteps(plan: SetupPlan, documents: SetupDocuments): readonly SetupStep[] {
  const { holder } = plan
  const trusts = issuerOf(plan)
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
      body: terraformRemoval(plan),
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
    ...(trusts === undefined ? [] : [providerRemoval(plan, trusts)]),
    ...neighbourRemoval(documents),
  ]
}

/** What other connections or the customer's data depend on is protected from destruction, and has to be let go of first. */
function terraformRemoval(plan: SetupPlan): string {
  const kept = [
    ...(plan.createBucket ? ['aws_s3_bucket.data'] : []),
    ...(issuerOf(plan) === undefined ? [] : ["'aws_iam_openid_connect_provider.sluice[0]'"]),
  ]
  if (kept.length === 0) return 'Run: terraform destroy'
  return `Run: terraform state rm ${kept.join(' ')} && terraform destroy. The first command keeps what is protected from destruction.`
}

function providerRemoval(plan: SetupPlan, trusts: IssuerTrust): SetupStep {
  return {
    title: 'Delete the identity provider, if nothing else trusts it',
    where: `IAM > Identity providers > ${trusts.path}`,
    body: 'The template, Terraform and the steps by hand leave it: roles of other connections may trust it. The removal script looks for them and deletes it where there are none.',
    link: iamLink(plan.partition, 'identity_providers'),
  }
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
