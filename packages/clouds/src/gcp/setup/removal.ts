import type { SetupStep } from '@sluice/core'
import { iamLink } from './console-links.ts'
import type { SetupPlan } from './plan.ts'
import { actingRole, bucketsOf, isImpersonated, removeGrant, scriptHead } from './script-parts.ts'

/** The script that takes back what the gcloud script made. Buckets and their contents stay. */
export function removeScript(plan: SetupPlan): string {
  const purpose = `Removes what the Sluice connection ${plan.connection.name} (${plan.connection.id}) was given.\nBuckets and what is in them stay. Can be run again.`
  return [
    ...scriptHead(plan, 'remove.sh', purpose),
    '',
    ...bucketsOf(plan).map(removeGrant),
    ...(plan.account === undefined ? [] : accountLines(plan)),
    ...(plan.federation === undefined ? [] : poolLines()),
    ...roleLines('role_id'),
    ...(plan.deleteRoleId === undefined ? [] : roleLines('delete_role_id')),
    `printf 'Done. The connection has no access any more.\\n'`,
    '',
  ].join('\n')
}

/** An account that the customer had before stays; only our leave to act as it goes. */
function accountLines(plan: SetupPlan): readonly string[] {
  const remove = [
    '  found gcloud iam service-accounts remove-iam-policy-binding "$account" --member="$us" \\',
    `    --role=${actingRole(plan)} --all || true`,
  ]
  return [
    'if found gcloud iam service-accounts describe "$account"; then',
    ...(isImpersonated(plan) ? remove : []),
    `  if [ "$(gcloud iam service-accounts describe "$account" --format='value(description)')" = "$owner" ]; then`,
    '    gcloud iam service-accounts delete "$account" >/dev/null',
    '  fi',
    'fi',
  ]
}

/** With the pool its provider goes. Both can be brought back for 30 days, and so long their names are taken. */
function poolLines(): readonly string[] {
  const pools = 'gcloud iam workload-identity-pools'
  const where = '--project="$project" --location=global'
  const state = `$(${pools} describe "$pool_id" ${where} --format='value(state)')`
  return [
    `if found ${pools} describe "$pool_id" ${where} && [ "${state}" != DELETED ]; then`,
    `  must_be_ours "workload identity pool $pool_id" "$(${pools} describe "$pool_id" ${where} --format='value(description)')"`,
    `  ${pools} delete "$pool_id" ${where} >/dev/null`,
    'fi',
  ]
}

function roleLines(variable: 'role_id' | 'delete_role_id'): readonly string[] {
  const describe = `gcloud iam roles describe "$${variable}" --project="$project"`
  return [
    `if found ${describe} && [ "$(${describe} --format='value(deleted)')" != True ]; then`,
    `  must_be_ours "role $${variable}" "$(${describe} --format='value(description)')"`,
    `  gcloud iam roles delete "$${variable}" --project="$project" >/dev/null`,
    'fi',
  ]
}

/** How to end the access, whichever way it was set up. */
export function removalSteps(plan: SetupPlan): readonly SetupStep[] {
  const buckets = bucketsOf(plan)
  const project = plan.projectId === undefined ? 'the project' : `project ${plan.projectId}`
  const account = plan.account?.isMade === true ? [`delete the service account ${plan.account.id}@… unless it was there before`] : []
  const pool = plan.federation === undefined ? [] : [`delete the workload identity pool ${plan.federation.poolId}`]
  return [
    { title: 'Set up with Terraform: destroy', where: 'The folder of the configuration', body: 'Run: terraform destroy' },
    {
      title: 'Set up with gcloud: run the removal script',
      where: `Cloud Shell, or a shell with gcloud and access to ${project}`,
      body: 'The script removes only what was made for this connection. Buckets and what is in them stay.',
      artifact: 'remove-script',
    },
    {
      title: 'Set up by hand: take the grants back, then delete what was made',
      where: `Cloud Storage > Buckets > ${buckets.join(', ')} > Permissions, then IAM & Admin`,
      body: `Remove the principal from the bucket, then ${[...account, ...pool, `delete the custom role ${plan.customRoleId}`, ...(plan.deleteRoleId === undefined ? [] : [`delete the custom role ${plan.deleteRoleId}`])].join(', ')}.`,
      link: iamLink(plan, 'roles'),
    },
  ]
}
