import { type CheckPlan, type ValidationRun, type ValidationSubject, externalIdOf } from '@sluice/core'
import type { CloudDeps } from '../../deps.ts'
import type { RegionMemory } from '../../store/region-memory.ts'
import type { ValidationContext } from '../../validation/context.ts'
import { dataPlans } from '../../validation/data-plans.ts'
import { nothingToAsk, wideSession } from '../../validation/trust-checks.ts'
import { OSS_DIALECT } from '../dialect.ts'
import { setupAliyun } from '../setup/index.ts'
import { aliyunAccess } from './access.ts'
import { configurationWellFormed } from './configuration-check.ts'
import { aliyunDataRemedies } from './data-remedies.ts'
import { oidcChecks } from './oidc-checks.ts'
import { oidcRemedies } from './oidc-remedies.ts'
import { keyChecks, roleChecks, trustProbes } from './trust-checks.ts'
import { trustRemedies } from './trust-remedies.ts'
import { setupFor } from '../../validation/setup-for.ts'

/** The claims to test about a connection to OSS, in six dependent requests at most. */
export function validateAliyun(deps: CloudDeps, regions: RegionMemory, subject: ValidationSubject): ValidationRun {
  const { connection, locations } = subject
  const platform = deps.platform()
  const { auth, settings, pinned } = connection
  const setup = setupFor(subject, platform, setupAliyun)
  const expectedOwner = settings.expectedBucketOwner ?? pinned?.bucketOwner ?? auth.fields['roleArn']?.split(':')[3]
  const access = aliyunAccess({ deps, subject, regions, expectedOwner })
  const trust = trustProbes(deps, access)
  const usesKeys = auth.method === 'keys'

  const wide = wideSession(usesKeys ? undefined : trust.right, access.wide)
  const context: ValidationContext = {
    connection,
    locations,
    access: { ...access, wide, facts: async (location, signal) => access.about(location, (await wide(signal)).lease, signal) },
    clock: deps.clock,
    random: deps.random,
    dialect: OSS_DIALECT,
    namesRegions: true,
    narrows: !usesKeys,
    expectedOwner,
    ownerNamedIn: usesKeys ? 'nothing' : 'leases',
    gate: 'trust-accepts-us',
    remedies: aliyunDataRemedies(connection, setup),
    serverRegions: platform.regions,
  }
  const data = dataPlans(context, (bucket, region) => regions.set(bucket, region))

  return {
    checks: [configurationWellFormed(connection, locations, platform), ...trustPlans(), ...dataChecks()],
    leftovers: data.leftovers,
    discovered: data.discovered,
  }

  function trustPlans(): readonly CheckPlan[] {
    const shared = { trust, access, meanwhile: data.prefetch }
    if (auth.method === 'oidc') return oidcChecks({ ...shared, remedies: oidcRemedies(connection, platform, setup) })
    const remedies = trustRemedies(connection, platform, setup)
    if (usesKeys) return keyChecks({ trust, remedies })
    return roleChecks({ ...shared, remedies }, deps.random, externalIdOf(auth) === undefined)
  }

  /** Without a location there is no bucket to ask. */
  function dataChecks(): readonly CheckPlan[] {
    if (locations.length > 0) return data.checks
    return nothingToAsk(data.checks)
  }
}
