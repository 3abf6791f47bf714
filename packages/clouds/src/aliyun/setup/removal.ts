import type { SetupStep } from '@sluice/core'
import { ossLink, ramLink } from './console-links.ts'
import type { SetupDocuments } from './documents.ts'
import type { SetupPlan } from './plan.ts'
import { rosConsole } from './quick-create.ts'
import { stackName } from './ros.ts'
import { operationsOf, scriptHead } from './script-parts.ts'
import { PROVIDER_DESCRIPTION } from './trust-policy.ts'

/** The script that takes back what the CLI script made. Buckets and their contents stay. */
export function removeScript(plan: SetupPlan): string {
  const { kind } = plan.holder
  const { noun, name } = operationsOf(plan.holder)
  const policy = '--PolicyType Custom --PolicyName "$policy_name"'
  const purpose = `Removes what the Sluice connection ${plan.connection.name} (${plan.connection.id}) was given.\nBuckets and what is in them stay. Can be run again.`
  return [
    ...scriptHead(plan, purpose),
    '',
    `if found ram Get${noun} ${name}; then`,
    `  must_be_ours ${kind} "$${kind}_name" ram Get${noun} ${name}`,
    ...(kind === 'user' ? keyLines() : []),
    `  found ram DetachPolicyFrom${noun} ${policy} ${name} || true`,
    `  cloud ram Delete${noun} ${name} >/dev/null`,
    'fi',
    `if found ram GetPolicy ${policy}; then`,
    `  must_be_ours policy "$policy_name" ram GetPolicy ${policy}`,
    `  default="$(cloud ram GetPolicy ${policy} | field DefaultVersion)"`,
    `  for version in $(cloud ram ListPolicyVersions ${policy} | field VersionId); do`,
    '    if [ "$version" != "$default" ]; then',
    '      cloud ram DeletePolicyVersion --PolicyName "$policy_name" --VersionId "$version" >/dev/null',
    '    fi',
    '  done',
    '  cloud ram DeletePolicy --PolicyName "$policy_name" >/dev/null',
    'fi',
    ...(trustsIssuer(plan) ? providerLines() : []),
    `printf 'Done. The connection has no access any more.\\n'`,
    '',
  ].join('\n')
}

function keyLines(): readonly string[] {
  return [
    '  for key in $(cloud ram ListAccessKeys --UserName "$user_name" | field AccessKeyId); do',
    '    cloud ram DeleteAccessKey --UserName "$user_name" --UserAccessKeyId "$key" >/dev/null',
    '  done',
  ]
}

/** The provider goes with the last role that trusts it, and only if one of our setups has made it. */
function providerLines(): readonly string[] {
  return [
    '# The roles of the account that trust the identity provider.',
    'trusting() {',
    '  local answer role marker',
    '  answer="$(cloud ram ListRoles)"',
    '  while :; do',
    `    for role in $(printf '%s\\n' "$answer" | field RoleName); do`,
    '      case "$(cloud ram GetRole --RoleName "$role")" in',
    `        *":oidc-provider/$provider_name\\\\\\""*) printf '%s\\n' "$role" ;;`,
    '      esac',
    '    done',
    `    marker="$(printf '%s\\n' "$answer" | field Marker)"`,
    '    if [ -z "$marker" ]; then return 0; fi',
    '    answer="$(cloud ram ListRoles --Marker "$marker")"',
    '  done',
    '}',
    'if found ims GetOIDCProvider --OIDCProviderName "$provider_name"; then',
    '  maker="$(cloud ims GetOIDCProvider --OIDCProviderName "$provider_name")"',
    '  others="$(trusting)"',
    '  if [ -n "$others" ]; then',
    `    printf 'The identity provider %s stays: other roles trust it.\\n' "$provider_name"`,
    '  else',
    '    case "$maker" in',
    `      *"${PROVIDER_DESCRIPTION}"*) cloud ims DeleteOIDCProvider --OIDCProviderName "$provider_name" >/dev/null ;;`,
    `      *) printf 'The identity provider %s stays: it was not made by a setup of ours.\\n' "$provider_name" ;;`,
    '    esac',
    '  fi',
    'fi',
  ]
}

function trustsIssuer({ holder }: SetupPlan): boolean {
  return holder.kind === 'role' && holder.trusted.kind === 'issuer'
}

/** How to end the access, whichever way it was set up. */
export function removalSteps(plan: SetupPlan, documents: SetupDocuments): readonly SetupStep[] {
  const { holder } = plan
  const kept = plan.createBucket ? ` The bucket ${plan.createBucket.name} and what is in it stay.` : ''
  const page = holder.kind === 'role' ? 'roles' : 'users'
  return [
    {
      title: 'Set up with the template: delete the stack',
      where: 'ROS > Stacks',
      body: `Delete the stack ${stackName(plan)}.${kept}`,
      link: `${rosConsole(plan.region)}/stacks`,
    },
    {
      title: 'Set up with Terraform: destroy',
      where: 'The folder of the configuration',
      body: terraformRemoval(plan),
    },
    {
      title: 'Set up with the CLI: run the removal script',
      where: `A shell with credentials of ${plan.accountId === undefined ? 'the account' : `account ${plan.accountId}`}`,
      body: `The script removes only what names this connection in its description.${kept}`,
      artifact: 'remove-script',
    },
    {
      title: `Set up by hand: delete the ${holder.kind}, then the policy`,
      where: `RAM > Identities > ${holder.kind === 'role' ? 'Roles' : 'Users'}, then RAM > Permissions > Policies`,
      body: `Delete the ${holder.kind} ${holder.name}, then the policy ${plan.policyName}.${kept}`,
      link: ramLink(page),
    },
    ...providerRemoval(plan),
    ...documents.buckets.map(({ bucket }) => ({
      title: `Take the statements out of the policy of the bucket ${bucket}`,
      where: `OSS > ${bucket} > Permission Control > Bucket Policy`,
      body: `If they were added, remove the statements that name assumed-role/${holder.name}. Once the role is gone they name nobody.`,
      link: ossLink(plan.region, bucket, 'permission/policy'),
    })),
  ]
}

/** What other connections or the customer's data depend on is protected from destruction, and has to be let go of first. */
function terraformRemoval(plan: SetupPlan): string {
  const kept = [
    ...(plan.createBucket ? ['alicloud_oss_bucket.data'] : []),
    ...(trustsIssuer(plan) ? ["'alicloud_ims_oidc_provider.sluice[0]'"] : []),
  ]
  if (kept.length === 0) return 'Run: terraform destroy'
  return `Run: terraform state rm ${kept.join(' ')} && terraform destroy. The first command keeps what is protected from destruction.`
}

function providerRemoval({ holder }: SetupPlan): readonly SetupStep[] {
  if (holder.kind !== 'role' || holder.trusted.kind !== 'issuer') return []
  return [
    {
      title: 'Delete the identity provider, if nothing else trusts it',
      where: `RAM > Integrations > SSO > Role-based SSO > OIDC > ${holder.trusted.providerName}`,
      body: 'The template, Terraform and the steps by hand leave it: roles of other connections may trust it. The removal script looks for them and deletes it where there are none.',
      link: ramLink('providers'),
    },
  ]
}
