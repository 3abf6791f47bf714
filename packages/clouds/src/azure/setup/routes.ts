import type { SetupRoute, SetupStep } from '@sluice/core'
import { words } from '../../setup/promise.ts'
import { CUSTOM_DEPLOYMENT_LINK } from './console-links.ts'
import { consoleSteps } from './console-steps.ts'
import type { SetupPlan } from './plan.ts'

/** The ways to apply the setup, the one with the fewest steps first. An account key is only looked up. */
export function routesOf(plan: SetupPlan, documentIds: readonly string[]): readonly SetupRoute[] {
  const told = tellStep(plan)
  const hasTemplate = plan.method !== 'account-key'
  return [
    ...(hasTemplate
      ? [
          {
            id: 'template' as const,
            title: 'Template (ARM or Bicep)',
            artifacts: ['arm-template', 'bicep'],
            steps: [...templateSteps(plan), ...told],
          },
          { id: 'terraform' as const, title: 'Terraform', artifacts: ['terraform'], steps: [...terraformSteps(plan), ...told] },
        ]
      : []),
    { id: 'cli', title: 'Azure CLI', artifacts: ['azure-cli'], steps: [...cliSteps(plan), ...told] },
    { id: 'console', title: 'By hand in the Azure portal', artifacts: documentIds, steps: [...consoleSteps(plan), ...told] },
  ]
}

function templateSteps(plan: SetupPlan): readonly SetupStep[] {
  const group = plan.resourceGroup ?? 'RESOURCE_GROUP'
  const several = plan.accounts.length > 1 ? ' All of the storage accounts must lie in it; otherwise take another way.' : ''
  const made =
    plan.federation === undefined
      ? ''
      : ' It makes a managed identity that trusts our tokens, in place of an application: that takes no right in Entra.'
  return [
    {
      title: 'Deploy the template',
      where: 'Azure portal > Deploy a custom template > Build your own template in the editor',
      body: `Load the file, then Save. Resource group: ${plan.resourceGroup ?? `that of the storage account ${words(plan.accounts, 'and')}`}.${several} Every parameter is filled in. Review + create.${made}${plan.publishes ? ' A link that skips the upload comes from: sluice setup publish.' : ''}`,
      artifact: 'arm-template',
      link: CUSTOM_DEPLOYMENT_LINK,
    },
    {
      title: 'On the command line instead',
      where: 'Cloud Shell, or a shell with the Azure CLI',
      body: `Run: az deployment group create --name sluice --resource-group ${group} --template-file main.bicep${plan.sas === undefined ? '' : ' --query properties.outputs.sasToken.value --output tsv'}`,
      artifact: 'bicep',
    },
    ...(plan.sas === undefined
      ? []
      : [
          {
            title: 'Take the SAS, then delete the deployment',
            where: `Resource groups > ${plan.resourceGroup ?? 'that of the storage account'} > Settings > Deployments > the deployment > Outputs`,
            body: `Copy sasToken. A deployment keeps its outputs, where whoever may read the resource group sees them: delete it once Sluice has the SAS. Nothing else goes with it: az deployment group delete --name sluice --resource-group ${group}`,
          },
        ]),
  ]
}

function terraformSteps(plan: SetupPlan): readonly SetupStep[] {
  const asked = [
    ...(plan.subscriptionId === undefined ? [' -var subscription_id=SUBSCRIPTION_ID'] : []),
    ...(plan.resourceGroup === undefined ? [' -var resource_group_name=RESOURCE_GROUP'] : []),
  ].join('')
  const sas =
    plan.sas === undefined ? '' : ' The SAS is shown by: terraform output -raw sas_token. It and the account’s keys stay in the state.'
  const several = plan.accounts.length > 1 ? ' The storage accounts must lie in one resource group; otherwise take another way.' : ''
  return [
    {
      title: 'Apply the configuration',
      where: 'A shell with Terraform, signed in with az login, in a folder that holds main.tf and no other .tf file',
      body: `Run: terraform init && terraform apply${asked}.${sas}${several}`,
      artifact: 'terraform',
    },
  ]
}

function cliSteps(plan: SetupPlan): readonly SetupStep[] {
  const needs =
    plan.federation === undefined ? '' : ' It registers an application, which takes the right to do so in Entra; it can be run again.'
  return [
    {
      title: 'Run the script',
      where: 'Cloud Shell, or a shell with the Azure CLI, in the subscription of the storage account',
      body: `Read it, then run: bash setup.sh.${needs}`,
      artifact: 'azure-cli',
    },
  ]
}

/** What only the cloud admin knows once it is applied. */
function tellStep({ federation, sas, method }: SetupPlan): readonly SetupStep[] {
  const where = 'sluice connection update, or the page that this came from'
  if (sas !== undefined)
    return [
      {
        title: 'Give Sluice the SAS',
        where,
        body: 'Give the SAS token (--sas-token), or rotate the present one: sluice connection rotate.',
      },
    ]
  if (method === 'account-key')
    return [{ title: 'Give Sluice the key', where: 'sluice connection rotate', body: 'Give the key (--account-key).' }]
  if (federation === undefined || federation.clientId !== undefined) return []
  return [
    {
      title: 'Tell Sluice what was made',
      where,
      body: 'Give the tenant id (--tenant-id) and the client id (--client-id): the script, the template and Terraform print both at the end.',
    },
  ]
}
