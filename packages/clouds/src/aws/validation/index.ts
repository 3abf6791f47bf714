import { type CheckName, type CheckPlan, type ValidationRun, type ValidationSubject, externalIdOf } from '@sluice/core'
import type { CloudDeps } from '../../deps.ts'
import type { RegionMemory } from '../../store/region-memory.ts'
import { s3Dialect } from '../../s3-protocol/dialect.ts'
import type { ValidationContext } from '../../validation/context.ts'
import { dataPlans } from '../../validation/data-plans.ts'
import { partitionOf } from '../partition.ts'
import { setupAws } from '../setup/index.ts'
import { awsAccess } from './access.ts'
import { configurationWellFormed } from './configuration-check.ts'
import { awsDataRemedies } from './data-remedies.ts'
import { oidcChecks, tokenProbes } from './oidc-checks.ts'
import { oidcRemedies } from './oidc-remedies.ts'
import { roleChecks, rolelessChecks, trustProbes } from './trust-checks.ts'
import { trustRemedies } from './trust-remedies.ts'
import { setupFor } from '../../validation/setup-for.ts'
import { nothingToAsk, wideSession } from '../../validation/trust-checks.ts'

/** The claims to test about a connection to AWS, in six dependent requests at most. */
export function validateAws(deps: CloudDeps, regions: RegionMemory, subject: ValidationSubject): ValidationRun {
  const { connection, locations } = subject
  const platform = deps.platform()
  const { auth } = connection
  const setup = setupFor(subject, platform, setupAws)
  const externalId = externalIdOf(auth)
  const access = awsAccess({ deps, subject, regions })
  const roleAccount = auth.fields['roleArn']?.split(':')[4]
  const trust = trustProbes(deps, access, externalId)
  const tokens = tokenProbes(deps, access)
  const ask = { role: trust.right, oidc: tokens.right }[auth.method]
  const wide = wideSession(ask, access.wide)
  const context: ValidationContext = {
    connection,
    locations,
    access: { ...access, wide },
    clock: deps.clock,
    random: deps.random,
    dialect: s3Dialect('S3'),
    namesRegions: true,
    narrows: ask !== undefined,
    ownerNamedIn: 'requests',
    expectedOwner: connection.settings.expectedBucketOwner ?? connection.pinned?.bucketOwner ?? roleAccount,
    gate: gateOf(),
    remedies: awsDataRemedies(connection, setup, partitionOf(connection, platform)),
    serverRegions: platform.regions,
  }
  const data = dataPlans(context, (bucket, region) => regions.set(bucket, region))

  return {
    checks: [configurationWellFormed(connection, locations, platform), ...trustPlans(), ...dataChecks()],
    leftovers: data.leftovers,
    discovered: data.discovered,
  }

  function gateOf(): CheckName {
    return auth.method === 'none' ? 'configuration-well-formed' : 'trust-accepts-us'
  }

  function trustPlans(): readonly CheckPlan[] {
    if (auth.method === 'oidc') return oidcChecks(tokens, oidcRemedies(connection, platform, setup), data.prefetch)
    const remedies = trustRemedies(connection, platform, setup)
    if (auth.method !== 'role') return rolelessChecks(auth.method, trust, remedies)
    return roleChecks(trust, remedies, externalId === undefined, data.prefetch)
  }

  /** Without a location there is no bucket to ask. */
  function dataChecks(): readonly CheckPlan[] {
    if (locations.length > 0) return data.checks
    return nothingToAsk(data.checks)
  }
}
