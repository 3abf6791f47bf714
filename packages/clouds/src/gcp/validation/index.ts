import type { CheckName, CheckPlan, ValidationRun, ValidationSubject } from '@sluice/core'
import type { CloudDeps } from '../../deps.ts'
import type { ValidationContext } from '../../validation/context.ts'
import { dataPlans } from '../../validation/data-plans.ts'
import { nothingToAsk } from '../../validation/trust-checks.ts'
import { GCS_DIALECT } from '../dialect.ts'
import type { Signers } from '../lease.ts'
import { gcpAccess } from './access.ts'
import { configurationWellFormed } from './configuration-check.ts'
import { gcpDataRemedies } from './data-remedies.ts'
import { remedyFacts } from './facts.ts'
import { afterPermissions, permissionStandings, permissionsGranted } from './permissions-check.ts'
import { trustChecks } from './trust-checks.ts'

/** The claims to test about a connection to Google Cloud. */
export function validateGcp(deps: CloudDeps, signers: Signers, subject: ValidationSubject): ValidationRun {
  const { connection, locations } = subject
  const platform = deps.platform()
  const access = gcpAccess({ deps, signers, subject })
  const facts = remedyFacts(subject, platform)
  const context: ValidationContext = {
    connection,
    locations,
    access,
    clock: deps.clock,
    random: deps.random,
    dialect: GCS_DIALECT,
    namesRegions: true,
    narrows: true,
    expectedOwner: connection.settings.expectedBucketOwner ?? connection.pinned?.bucketOwner,
    ownerNamedIn: 'nothing',
    gate: gateOf(),
    remedies: gcpDataRemedies(facts),
    serverRegions: platform.regions,
  }
  const data = dataPlans(context, () => undefined)
  const standings = permissionStandings(context, data.probes)

  return {
    checks: [
      configurationWellFormed(connection, locations, platform),
      ...trustChecks({ deps, context, access, facts, prefetch }),
      ...dataChecks(),
    ],
    leftovers: data.leftovers,
    discovered: data.discovered,
  }

  /** What the first writes wait for starts with the lease: that way a validation needs six dependent requests at most. */
  function prefetch(signal: AbortSignal): void {
    data.prefetch(signal)
    if (connection.access.includes('delete')) for (const own of data.probes) void own.phantomDelete?.(signal)
  }

  /** A bucket that grants our own account is all the trust there is. */
  function gateOf(): CheckName {
    const direct = connection.auth.method === 'grant' && connection.auth.fields['serviceAccount'] === undefined
    return direct ? 'platform-identity-works' : 'trust-accepts-us'
  }

  /** Without a location there is no bucket to ask. */
  function dataChecks(): readonly CheckPlan[] {
    const checks = [permissionsGranted(context, access, standings, facts), ...afterPermissions(context, data, standings)]
    if (locations.length > 0) return checks
    return nothingToAsk(checks)
  }
}
