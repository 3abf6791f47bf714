import { type CheckPlan, type Setup, type ValidationRun, type ValidationSubject, externalIdOf, isAccessError } from '@sluice/core'
import type { CloudDeps } from '../../deps.ts'
import type { RegionMemory } from '../../store/region-memory.ts'
import type { ValidationContext } from '../../validation/context.ts'
import { dataPlans } from '../../validation/data-plans.ts'
import { once } from '../../validation/denial.ts'
import { withoutMeaning } from '../../validation/trust-checks.ts'
import { OSS_DIALECT } from '../dialect.ts'
import { setupAliyun } from '../setup/index.ts'
import { aliyunAccess } from './access.ts'
import { configurationWellFormed } from './configuration-check.ts'
import { aliyunDataRemedies } from './data-remedies.ts'
import { oidcChecks } from './oidc-checks.ts'
import { oidcRemedies } from './oidc-remedies.ts'
import { keyChecks, roleChecks, trustProbes } from './trust-checks.ts'
import { trustRemedies } from './trust-remedies.ts'

/** The claims to test about a connection to OSS, in six dependent requests at most. */
export function validateAliyun(deps: CloudDeps, regions: RegionMemory, subject: ValidationSubject): ValidationRun {
  const { connection, locations } = subject
  const platform = deps.platform()
  const { auth, settings, pinned } = connection
  const setup = setupOf(subject, deps)
  const expectedOwner = settings.expectedBucketOwner ?? pinned?.bucketOwner ?? auth.fields['roleArn']?.split(':')[3]
  const access = aliyunAccess({ deps, subject, regions, expectedOwner })
  const trust = trustProbes(deps, access)
  const usesKeys = auth.method === 'keys'

  // Once the trust is proved its own session serves as the wide one: the role is not assumed once more.
  const wide = once(async (signal: AbortSignal) => {
    if (usesKeys) return access.wide(signal)
    const right = await trust.right(signal)
    if (!right.ok) throw right.error
    return right.value
  })
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
    return data.checks.map((plan) => withoutMeaning(plan.name, 'The connection has no location and no stage yet.'))
  }
}

/** The setup, for the documents that remedies quote; none where it cannot be written yet. */
function setupOf(subject: ValidationSubject, deps: CloudDeps): Setup | undefined {
  const { connection, locations } = subject
  try {
    return setupAliyun({ ...connection, locations }, deps.platform(), {})
  } catch (error) {
    if (isAccessError(error)) return undefined
    throw error
  }
}
