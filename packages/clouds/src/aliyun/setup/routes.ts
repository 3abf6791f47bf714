import type { SetupRoute, SetupStep } from '@sluice/core'
import { consoleSteps, neighbourSteps } from './console-steps.ts'
import type { SetupDocuments } from './documents.ts'
import type { SetupPlan } from './plan.ts'
import { rosConsole } from './quick-create.ts'
import { stackName } from './ros.ts'

/** The four ways to apply the setup, the one with the fewest steps first. */
export function routesOf(plan: SetupPlan, documents: SetupDocuments, policyIds: readonly string[]): readonly SetupRoute[] {
  const after = neighbourSteps(plan, documents)
  const extra = policyIds.filter((id) => id.startsWith('bucket-policy'))
  return [
    { id: 'template', title: 'ROS template', artifacts: ['ros', ...extra], steps: [...templateSteps(plan), ...keyStep(plan), ...after] },
    { id: 'terraform', title: 'Terraform', artifacts: ['terraform', ...extra], steps: [terraformStep(plan), ...keyStep(plan), ...after] },
    { id: 'cli', title: 'aliyun CLI', artifacts: ['aliyun-cli', ...extra], steps: [cliStep(plan), ...after] },
    {
      id: 'console',
      title: 'By hand in the Alibaba Cloud console',
      artifacts: policyIds,
      steps: consoleSteps(plan, documents),
    },
  ]
}

function templateSteps(plan: SetupPlan): readonly SetupStep[] {
  const region = plan.createBucket ? ` The bucket is created in the stack's region, so it must be ${plan.region}.` : ''
  const { holder } = plan
  const byIssuer = holder.kind === 'role' && holder.trusted.kind === 'issuer'
  const open = byIssuer
    ? ' Two remain: the fingerprint of the issuer, which RAM > Integrations > SSO shows when the issuer URL is entered there; and CreateOidcProvider, false if another connection of this Sluice has registered the provider already.'
    : ''
  return [
    {
      title: 'Create the stack',
      where: 'ROS > Stacks > Create Stack > Use ROS',
      body: `Choose "Select an Existing Template", then "Enter Template Content" and the template.${region} A link that skips this comes from: sluice setup publish.`,
      artifact: 'ros',
      link: `${rosConsole(plan.region)}/stacks/create`,
    },
    {
      title: 'Look through the values, and create',
      where: 'Configure Parameters',
      body: `Stack name: ${stackName(plan)}. The parameters are filled in; names are yours to change.${open}${changed(plan)} Choose Create.`,
    },
  ]
}

/** AccessKeys are never made by a template or by Terraform: the secret would stay in the stack's outputs or the state file. */
function keyStep({ holder }: SetupPlan): readonly SetupStep[] {
  if (holder.kind === 'role') return []
  return [
    {
      title: 'Create the AccessKey',
      where: 'A shell',
      body: `Run: aliyun ram CreateAccessKey --UserName ${holder.name}. Give both values to Sluice at once: the secret is shown only here.`,
    },
  ]
}

function terraformStep(plan: SetupPlan): SetupStep {
  return {
    title: 'Apply the configuration',
    where: `A shell with Terraform and credentials of ${accountName(plan)}, in a folder that holds main.tf and no other .tf file`,
    body: 'Run: terraform init && terraform apply. Every value is a variable.',
    artifact: 'terraform',
  }
}

function cliStep(plan: SetupPlan): SetupStep {
  return {
    title: 'Run the script',
    where: `A shell with the aliyun CLI and credentials of ${accountName(plan)}, or Cloud Shell`,
    body: 'Read it, then run: bash setup.sh. It stops if the credentials belong to another account, and can be run again.',
    artifact: 'aliyun-cli',
  }
}

/** Only the role's ARN is used by us; it follows from its name. */
function changed({ holder }: SetupPlan): string {
  return holder.kind === 'role' ? ' If you change the name of the role, send its new ARN to whoever sent you this.' : ''
}

function accountName({ accountId }: SetupPlan): string {
  return accountId === undefined ? 'your account' : `account ${accountId}`
}
