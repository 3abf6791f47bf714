import { accessError, type Artifact, type Connection, type Platform, type Setup, type SetupOptions } from '@sluice/core'
import { outermost } from '../../setup/locations.ts'
import { promiseOf } from '../../setup/promise.ts'
import { REGION_FACT, STACK_FACT } from '../../setup/stack-facts.ts'
import { cliScript } from './cli-script.ts'
import { cloudFormation, stackName } from './cloudformation.ts'
import { policyArtifacts, type SetupDocuments, setupDocuments } from './documents.ts'
import type { PrincipalTrust } from './holder.ts'
import type { IssuerTrust } from './oidc-provider.ts'
import { planSetup, type SetupPlan } from './plan.ts'
import { proveSetup } from './proofs.ts'

import { removalSteps, removeScript } from './removal.ts'
import { routesOf } from './routes.ts'
import { terraform } from './terraform.ts'

/**
 * What a customer's AWS admin applies so that a connection works: policies, a CloudFormation template, Terraform, scripts and steps by hand.
 * Pure. Everything it writes fits AWS's limits and is proved by the policy evaluator first; a setup that proves wrong is never returned.
 */
export function setupAws(connection: Connection, platform: Platform, options: SetupOptions): Setup {
  if (connection.auth.method === 'none') return publicSetup(connection)
  const plan = planSetup(connection, platform, options)
  const documents = setupDocuments(plan)
  const proofs = proveSetup(plan, documents)
  const policies = policyArtifacts(plan, documents)
  const ids = policies.map((artifact) => artifact.id)
  return {
    cloud: connection.cloud,
    method: connection.auth.method,
    promise: promiseOf(plan.access, plan.locations, 's3://'),
    facts: factsOf(plan),
    artifacts: [...policies, ...templates(plan, documents)],
    routes: routesOf(plan, documents, ids),
    removal: removalSteps(plan, documents),
    proofs,
    warnings: plan.warnings,
  }
}

function templates(plan: SetupPlan, documents: SetupDocuments): readonly Artifact[] {
  return [
    {
      id: 'cloudformation',
      title: 'CloudFormation template',
      filename: 'cloudformation.json',
      language: 'json',
      text: cloudFormation(plan, documents),
    },
    { id: 'terraform', title: 'Terraform configuration', filename: 'main.tf', language: 'hcl', text: terraform(plan, documents) },
    { id: 'aws-cli', title: 'AWS CLI script', filename: 'setup.sh', language: 'sh', text: cliScript(plan, documents) },
    {
      id: 'remove-script',
      title: 'Script that removes it all again',
      filename: 'remove.sh',
      language: 'sh',
      text: removeScript(plan),
    },
  ]
}

/** Public buckets are read without an identity: there is nothing to apply, and we never help to make a bucket public. */
function publicSetup(connection: Connection): Setup {
  const locations = outermost(connection)
  if (connection.access.some((access) => access === 'write' || access === 'delete'))
    throw accessError('setup.anonymous_writes', { message: `Connection ${connection.name} has no identity, so it can only list and read.` })
  return {
    cloud: connection.cloud,
    method: 'none',
    promise: promiseOf(connection.access, locations, 's3://'),
    facts: [],
    artifacts: [],
    routes: [],
    removal: [],
    proofs: [],
    warnings: ['Sluice reads this without an identity, so anybody else can too.'],
  }
}

function factsOf(plan: SetupPlan): Setup['facts'] {
  const { holder } = plan
  const kind = holder.kind === 'role' ? 'Role' : 'User'
  return [
    ...(holder.kind === 'role' ? trustFacts(holder.trusts) : []),
    ...(plan.accountId === undefined ? [] : [{ label: 'Your account', value: plan.accountId }]),
    { label: `${kind} name`, value: holder.name },
    ...(holder.arn === undefined ? [] : [{ label: `${kind} ARN`, value: holder.arn }]),
    { label: 'Policy name', value: plan.policyName },
    { label: STACK_FACT, value: stackName(plan) },
    { label: REGION_FACT, value: plan.region },
  ]
}

function trustFacts(trusts: PrincipalTrust | IssuerTrust): Setup['facts'] {
  if (trusts.kind === 'principal')
    return [
      { label: 'Our principal', value: trusts.aws.principalArn },
      { label: 'Our account', value: trusts.aws.accountId },
      { label: 'External id', value: trusts.externalId ?? 'none' },
    ]
  return [
    { label: 'Our issuer', value: trusts.url },
    { label: 'Subject', value: trusts.subject },
    { label: 'Audience', value: trusts.audience },
    { label: 'Identity provider', value: trusts.providerArn },
  ]
}
