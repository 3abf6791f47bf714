import type { Artifact, Connection, Platform, Setup, SetupOptions } from '@sluice/core'
import { ourName } from './console-steps.ts'
import { type SetupDocuments, documentArtifacts, setupDocuments } from './documents.ts'
import { gcloudScript } from './gcloud-script.ts'
import { type SetupPlan, planSetup } from './plan.ts'
import { promiseOfPlan } from './promise.ts'
import { proveSetup } from './proofs.ts'
import { removalSteps, removeScript } from './removal.ts'
import { routesOf } from './routes.ts'
import { terraform } from './terraform.ts'

/**
 * What a customer's Google admin applies so that a connection works: a custom role and who gets it, Terraform, scripts and steps by hand.
 * Pure. Everything it writes is proved by the evaluator of Google's IAM first; a setup that proves wrong is never returned.
 */
export function setupGcp(connection: Connection, platform: Platform, options: SetupOptions): Setup {
  const plan = planSetup(connection, platform, options)
  const documents = setupDocuments(plan)
  const proofs = proveSetup(plan, documents)
  const artifacts = documentArtifacts(documents)
  return {
    cloud: connection.cloud,
    method: connection.auth.method,
    promise: promiseOfPlan(plan),
    facts: factsOf(plan),
    artifacts: [...artifacts, ...templates(plan, documents)],
    routes: routesOf(
      plan,
      documents,
      artifacts.map(({ id }) => id),
    ),
    removal: removalSteps(plan),
    proofs,
    warnings: plan.warnings,
  }
}

function templates(plan: SetupPlan, documents: SetupDocuments): readonly Artifact[] {
  return [
    { id: 'terraform', title: 'Terraform configuration', filename: 'main.tf', language: 'hcl', text: terraform(plan, documents) },
    { id: 'gcloud', title: 'gcloud script', filename: 'setup.sh', language: 'sh', text: gcloudScript(plan, documents) },
    { id: 'remove-script', title: 'Script that removes it all again', filename: 'remove.sh', language: 'sh', text: removeScript(plan) },
  ]
}

function factsOf(plan: SetupPlan): Setup['facts'] {
  const { federation, account, projectId } = plan
  return [
    ...(federation === undefined
      ? []
      : [
          { label: 'Issuer', value: federation.issuerUrl },
          { label: 'Subject', value: federation.subject },
          { label: 'Pool', value: federation.poolId },
          { label: 'Provider', value: federation.providerId },
        ]),
    ...(plan.method === 'service-account-key' ? [] : [{ label: 'Our principal', value: ourName(plan) }]),
    ...(account === undefined ? [] : [{ label: 'Service account', value: account.email ?? account.id }]),
    ...(projectId === undefined ? [] : [{ label: 'Project', value: projectId }]),
    { label: 'Custom role', value: plan.customRoleId },
  ]
}
