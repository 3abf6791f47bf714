import type { SetupRoute, SetupStep } from '@sluice/core'
import { consoleSteps } from './console-steps.ts'
import type { SetupDocuments } from './documents.ts'
import type { SetupPlan } from './plan.ts'
import { accountName, isImpersonated } from './script-parts.ts'

/** The three ways to apply the setup, the one that keeps track of what it made first. */
export function routesOf(plan: SetupPlan, documents: SetupDocuments, documentIds: readonly string[]): readonly SetupRoute[] {
  const extra = documentIds.filter((id) => id === 'credential-configuration')
  const told = tellStep(plan)
  return [
    { id: 'terraform', title: 'Terraform', artifacts: ['terraform', ...extra], steps: [...terraformSteps(plan), ...told] },
    { id: 'cli', title: 'gcloud', artifacts: ['gcloud', ...extra], steps: [...cliSteps(plan), ...told] },
    {
      id: 'console',
      title: 'By hand in the Google Cloud console',
      artifacts: documentIds,
      steps: [...consoleSteps(plan, documents), ...told],
    },
  ]
}

function terraformSteps(plan: SetupPlan): readonly SetupStep[] {
  const project = plan.projectId === undefined ? ' It asks for the project of the buckets.' : ''
  const variable = plan.projectId === undefined ? ' -var project_id=PROJECT_ID' : ''
  const { account } = plan
  const existing =
    account?.isMade === true && account.email !== undefined
      ? ` Where the account is there already, first: terraform import google_service_account.sluice ${account.email}`
      : ''
  return [
    {
      title: 'Apply the configuration',
      where: `A shell with Terraform and access to ${projectName(plan)}, in a folder that holds main.tf and no other .tf file`,
      body: `Run: terraform init && terraform apply${variable}. Names are variables.${project}${existing}`,
      artifact: 'terraform',
    },
    // A key is never made by Terraform: it would stay in the state file.
    ...(plan.method === 'service-account-key'
      ? [
          {
            title: 'Create the key',
            where: 'A shell with gcloud',
            body: `Where Sluice has no key yet, run: gcloud iam service-accounts keys create sluice-key.json --iam-account=${accountName(plan)}. Give the file to Sluice at once, then delete it.`,
          },
        ]
      : []),
  ]
}

function cliSteps(plan: SetupPlan): readonly SetupStep[] {
  const argument = plan.projectId === undefined ? ' PROJECT_ID' : ''
  return [
    {
      title: 'Run the script',
      where: `Cloud Shell, or a shell with gcloud and access to ${projectName(plan)}`,
      body: `Read it, then run: bash setup.sh${argument}. It changes only what was made for this connection, and can be run again.`,
      artifact: 'gcloud',
    },
  ]
}

/** What only the cloud admin knows once it is applied. */
function tellStep(plan: SetupPlan): readonly SetupStep[] {
  const { federation, account, connection } = plan
  const told = [
    ...(federation !== undefined && federation.projectNumber === undefined ? ['the name of the provider (--provider)'] : []),
    ...(isImpersonated(plan) && connection.auth.fields['serviceAccount'] === undefined
      ? [`the service account ${account?.email ?? `${account?.id ?? ''}@…`} (--service-account)`]
      : []),
    ...(plan.deleteRoleId !== undefined && connection.auth.fields['deleteRole'] === undefined
      ? ['the full name of the role that deletes (--delete-role)']
      : []),
  ]
  if (told.length === 0) return []
  return [
    {
      title: 'Tell Sluice what was made',
      where: 'sluice connection update, or the page that this came from',
      body: `Give ${told.join(', and ')}: the script and Terraform print ${told.length > 1 ? 'them' : 'it'} at the end.`,
    },
  ]
}

function projectName({ projectId }: SetupPlan): string {
  return projectId === undefined ? 'the project of the buckets' : `project ${projectId}`
}
