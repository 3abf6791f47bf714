import type { Connection, Platform, Setup, SetupOptions } from '@sluice/core'
import { promiseOf } from '../../setup/promise.ts'
import { consoleSteps } from './console-steps.ts'
import { policyArtifacts, setupDocuments } from './documents.ts'
import { planSetup, type SetupPlan } from './plan.ts'

/**
 * What a customer's AWS admin applies so that a connection works: policies, a CloudFormation template, Terraform, scripts and steps by hand.
 * Pure. Everything it writes was checked against AWS's limits.
 */
export function setupAws(connection: Connection, platform: Platform, options: SetupOptions): Setup {
  const plan = planSetup(connection, platform, options)
  const documents = setupDocuments(plan)
  const policies = policyArtifacts(plan, documents)
  const ids = policies.map((artifact) => artifact.id)
  return {
    cloud: connection.cloud,
    method: connection.auth.method,
    promise: promiseOf(plan.access, plan.locations),
    facts: factsOf(plan),
    artifacts: policies,
    routes: [{ id: 'console', title: 'By hand in the AWS console', artifacts: ids, steps: consoleSteps(plan, documents) }],
    removal: [],
    proofs: [],
    warnings: plan.warnings,
  }
}

function factsOf(plan: SetupPlan): Setup['facts'] {
  const { holder } = plan
  return [
    ...(holder.kind === 'role'
      ? [
          { label: 'Our principal', value: holder.aws.principalArn },
          { label: 'Our account', value: holder.aws.accountId },
          { label: 'External id', value: holder.externalId ?? 'none' },
        ]
      : []),
    ...(plan.accountId === undefined ? [] : [{ label: 'Your account', value: plan.accountId }]),
    { label: holder.kind === 'role' ? 'Role name' : 'User name', value: holder.name },
    ...(holder.arn === undefined ? [] : [{ label: holder.kind === 'role' ? 'Role ARN' : 'User ARN', value: holder.arn }]),
    { label: 'Policy name', value: plan.policyName },
  ]
}
