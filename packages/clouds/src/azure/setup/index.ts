import type { Artifact, Connection, Platform, Setup, SetupOptions } from '@sluice/core'
import { jsonText } from '../../setup/json-text.ts'
import { EXCHANGE_AUDIENCE } from '../entra.ts'
import { armTemplate } from './arm.ts'
import { bicepText } from './bicep.ts'
import { cliScript } from './cli-script.ts'
import { type SetupDocuments, documentArtifacts, setupDocuments } from './documents.ts'
import { type SetupPlan, planSetup } from './plan.ts'
import { promiseOfPlan } from './promise.ts'
import { proveSetup } from './proofs.ts'
import { removalSteps, removeScript } from './removal.ts'
import { routesOf } from './routes.ts'
import { templateOf } from './template.ts'
import { terraform } from './terraform.ts'

/**
 * What a customer's Azure admin applies so that a connection works: an application or identity that trusts us, roles under conditions, or a SAS.
 * Pure. What it grants is proved by the evaluators of roles and of SAS first; a setup that proves wrong is never returned.
 */
export function setupAzure(connection: Connection, platform: Platform, options: SetupOptions): Setup {
  const plan = planSetup(connection, platform, options)
  const documents = setupDocuments(plan)
  const proofs = proveSetup(plan, documents)
  const pasted = documentArtifacts(plan, documents)
  return {
    cloud: connection.cloud,
    method: connection.auth.method,
    promise: promiseOfPlan(plan),
    facts: factsOf(plan),
    artifacts: [...pasted, ...templates(plan, documents)],
    routes: routesOf(
      plan,
      pasted.map(({ id }) => id),
    ),
    removal: removalSteps(plan),
    proofs,
    warnings: plan.warnings,
  }
}

function templates(plan: SetupPlan, documents: SetupDocuments): readonly Artifact[] {
  const template = templateOf(plan)
  const remove = removeScript(plan)
  return [
    ...(template === undefined
      ? []
      : [
          {
            id: 'arm-template',
            title: 'ARM template',
            filename: 'azuredeploy.json',
            language: 'json',
            text: jsonText(armTemplate(template)),
          } as const,
          { id: 'bicep', title: 'Bicep', filename: 'main.bicep', language: 'bicep', text: bicepText(template) } as const,
          { id: 'terraform', title: 'Terraform configuration', filename: 'main.tf', language: 'hcl', text: terraform(plan) } as const,
        ]),
    { id: 'azure-cli', title: 'Azure CLI script', filename: 'setup.sh', language: 'sh', text: cliScript(plan, documents) },
    ...(remove === undefined
      ? []
      : [{ id: 'remove-script', title: 'Script that removes it all again', filename: 'remove.sh', language: 'sh', text: remove } as const]),
  ]
}

function factsOf({ federation, ourIdentity, accounts, role, sas, addresses }: SetupPlan): Setup['facts'] {
  return [
    { label: accounts.length > 1 ? 'Storage accounts' : 'Storage account', value: accounts.join(', ') },
    ...(federation === undefined
      ? []
      : [
          { label: 'Issuer', value: federation.issuerUrl },
          { label: 'Subject', value: federation.subject },
          { label: 'Audience', value: EXCHANGE_AUDIENCE },
          federation.clientId === undefined
            ? { label: 'Application', value: federation.applicationName }
            : { label: 'Client id', value: federation.clientId },
        ]),
    ...(ourIdentity === undefined
      ? []
      : [
          { label: 'Object id of our managed identity', value: ourIdentity.objectId },
          { label: 'Client id of our managed identity', value: ourIdentity.clientId },
          { label: 'Tenant', value: ourIdentity.tenantId },
        ]),
    ...(role === undefined ? [] : [{ label: role.isCustom ? 'Custom role' : 'Role', value: role.name }]),
    ...(sas === undefined
      ? []
      : [
          { label: 'Permissions', value: sas.letters },
          { label: 'Ends', value: sas.expiresAt ?? 'after 90 days' },
        ]),
    ...(addresses.length === 0 ? [] : [{ label: 'Our addresses, for a firewall', value: addresses.join(', ') }]),
  ]
}
