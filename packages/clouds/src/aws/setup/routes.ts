import type { SetupRoute, SetupStep } from '@sluice/core'
import { CAPABILITY, PROVIDER_SWITCH, stackName } from './cloudformation.ts'
import { regionalLink } from './console-links.ts'
import { consoleSteps, neighbourSteps } from './console-steps.ts'
import type { SetupDocuments } from './documents.ts'
import { issuerOf, type SetupPlan } from './plan.ts'

/** The four ways to apply the setup, the one with the fewest steps first. */
export function routesOf(plan: SetupPlan, documents: SetupDocuments, policyIds: readonly string[]): readonly SetupRoute[] {
  const after = neighbourSteps(plan, documents)
  const extra = policyIds.filter((id) => id.startsWith('bucket-policy') || id.startsWith('kms-key-policy'))
  return [
    {
      id: 'template',
      title: 'CloudFormation template',
      artifacts: ['cloudformation', ...extra],
      steps: [...templateSteps(plan), ...keyStep(plan), ...after],
    },
    {
      id: 'terraform',
      title: 'Terraform',
      artifacts: ['terraform', ...extra],
      steps: [...terraformSteps(plan), ...keyStep(plan), ...after],
    },
    { id: 'cli', title: 'AWS CLI', artifacts: ['aws-cli', ...extra], steps: [...cliSteps(plan), ...after] },
    { id: 'console', title: 'By hand in the AWS console', artifacts: policyIds, steps: consoleSteps(plan, documents) },
  ]
}

function templateSteps(plan: SetupPlan): readonly SetupStep[] {
  const region = plan.createBucket ? ` The bucket is created in the stack's region, so it must be ${plan.region}.` : ''
  const link = plan.platform.aws?.templateBucket ? ' A link that skips the upload comes from: sluice setup publish.' : ''
  return [
    {
      title: 'Create the stack',
      where: 'CloudFormation > Create stack > With new resources',
      body: `Choose "Choose an existing template", then "Upload a template file" and the template.${region}${link}`,
      artifact: 'cloudformation',
      link: regionalLink(plan, 'cloudformation/home', '#/stacks/create'),
    },
    {
      title: 'Look through the values',
      where: 'Specify stack details',
      body: `Stack name: ${stackName(plan)}. Every parameter is filled in; names and tags are yours to change.${provider('template', plan)}${changed(plan)}`,
    },
    {
      title: 'Acknowledge and create',
      where: 'Configure stack options, then Review and create',
      body: `Tick that the stack creates IAM resources with custom names (${CAPABILITY}), then Submit. On the command line instead: aws cloudformation deploy --template-file cloudformation.json --stack-name ${stackName(plan)} --capabilities ${CAPABILITY} --region ${plan.region}`,
    },
  ]
}

/** Keys are never made by a template or by Terraform: the secret would stay in the stack's outputs or the state file. */
function keyStep(plan: SetupPlan): readonly SetupStep[] {
  if (plan.holder.kind === 'role') return []
  return [
    {
      title: 'Create the access key',
      where: 'A shell',
      body: `Run: aws iam create-access-key --user-name ${plan.holder.name}. Give both values to Sluice at once: the secret is shown only here.`,
    },
  ]
}

function terraformSteps(plan: SetupPlan): readonly SetupStep[] {
  return [
    {
      title: 'Apply the configuration',
      where: `A shell with Terraform and credentials of ${accountName(plan)}, in a folder that holds main.tf and no other .tf file`,
      body: `Run: terraform init && terraform apply. Every value is a variable.${provider('terraform', plan)}`,
      artifact: 'terraform',
    },
  ]
}

function cliSteps(plan: SetupPlan): readonly SetupStep[] {
  return [
    {
      title: 'Run the script',
      where: `A shell with the AWS CLI and credentials of ${accountName(plan)}, or CloudShell`,
      body: 'Read it, then run: bash setup.sh. It stops if the credentials belong to another account, and can be run again.',
      artifact: 'aws-cli',
    },
  ]
}

/** A template cannot look whether the account knows our issuer already. */
function provider(by: 'template' | 'terraform', plan: SetupPlan): string {
  const trusts = issuerOf(plan)
  if (trusts === undefined) return ''
  const change = by === 'template' ? `set ${PROVIDER_SWITCH} to no` : 'add -var make_identity_provider=false'
  return ` If IAM > Identity providers lists ${trusts.path} already, for another connection, ${change}.`
}

/** Only the role's ARN is used by us; it follows from its name and path. */
function changed(plan: SetupPlan): string {
  return plan.holder.kind === 'role' ? ' If you change the name or path of the role, send its new ARN to whoever sent you this.' : ''
}

function accountName(plan: SetupPlan): string {
  return plan.accountId === undefined ? 'your account' : `account ${plan.accountId}`
}
