import type { Artifact, Connection, Platform, Setup, SetupOptions } from '@sluice/core'
import { promiseOf } from '../../setup/promise.ts'
import { REGION_FACT, STACK_FACT } from '../../setup/stack-facts.ts'
import { ramRoleArn } from '../arn.ts'
import { cliScript } from './cli-script.ts'
import { policyArtifacts, type SetupDocuments, setupDocuments } from './documents.ts'
import { planSetup, type SetupPlan } from './plan.ts'
import { proveSetup } from './proofs.ts'

import { removalSteps, removeScript } from './removal.ts'
import { rosTemplate, stackName } from './ros.ts'
import { routesOf } from './routes.ts'
import { terraform } from './terraform.ts'
import { UNKNOWN_ACCOUNT } from './trust-policy.ts'

/**
 * What a customer's admin in Alibaba Cloud applies so that a connection works: policies, a ROS template, Terraform, scripts and steps by hand.
 * Pure. Everything it writes fits RAM's limits and is proved by the policy evaluator first; a setup that proves wrong is never returned.
 */
export function setupAliyun(connection: Connection, platform: Platform, options: SetupOptions): Setup {
  const plan = planSetup(connection, platform, options)
  const documents = setupDocuments(plan)
  const proofs = proveSetup(plan, documents)
  const policies = policyArtifacts(plan, documents)
  return {
    cloud: connection.cloud,
    method: connection.auth.method,
    promise: promiseOf(plan.access, plan.locations, 'oss://'),
    facts: factsOf(plan),
    artifacts: [...policies, ...templates(plan, documents)],
    routes: routesOf(
      plan,
      documents,
      policies.map((artifact) => artifact.id),
    ),
    removal: removalSteps(plan, documents),
    proofs,
    warnings: [...plan.warnings, ...accountWarnings(plan)],
  }
}

function templates(plan: SetupPlan, documents: SetupDocuments): readonly Artifact[] {
  return [
    { id: 'ros', title: 'ROS template', filename: 'ros.json', language: 'json', text: rosTemplate(plan, documents) },
    { id: 'terraform', title: 'Terraform configuration', filename: 'main.tf', language: 'hcl', text: terraform(plan, documents) },
    { id: 'aliyun-cli', title: 'aliyun CLI script', filename: 'setup.sh', language: 'sh', text: cliScript(plan, documents) },
    { id: 'remove-script', title: 'Script that removes it all again', filename: 'remove.sh', language: 'sh', text: removeScript(plan) },
  ]
}

function accountWarnings({ accountId, holder }: SetupPlan): readonly string[] {
  if (accountId !== undefined || holder.kind === 'user' || holder.trusted.kind === 'principal') return []
  return [
    `The account is not known yet: in the trust policy, put its id in place of ${UNKNOWN_ACCOUNT}. Template, Terraform and script do it themselves.`,
  ]
}

function factsOf(plan: SetupPlan): Setup['facts'] {
  const { holder, accountId } = plan
  const kind = holder.kind === 'role' ? 'Role' : 'User'
  return [
    ...(holder.kind === 'role' ? trustFacts(holder.trusted) : []),
    ...(accountId === undefined ? [] : [{ label: 'Your account', value: accountId }]),
    { label: `${kind} name`, value: holder.name },
    ...(holder.kind === 'user' || accountId === undefined
      ? []
      : [{ label: 'Role ARN', value: ramRoleArn({ accountId, name: holder.name }) }]),
    { label: 'Policy name', value: plan.policyName },
    { label: STACK_FACT, value: stackName(plan) },
    { label: REGION_FACT, value: plan.region },
  ]
}

function trustFacts(trusted: Extract<SetupPlan['holder'], { readonly kind: 'role' }>['trusted']): Setup['facts'] {
  if (trusted.kind === 'principal')
    return [
      { label: 'Our principal', value: trusted.platform.principalArn },
      { label: 'Our account', value: trusted.platform.accountId },
      { label: 'External id', value: trusted.externalId ?? 'none' },
    ]
  return [
    { label: 'Our issuer', value: trusted.issuerUrl },
    { label: 'Client id', value: trusted.audience },
    { label: 'Subject', value: trusted.subject },
    { label: 'Identity provider', value: trusted.providerName },
  ]
}
