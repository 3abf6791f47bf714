import { type CheckPlan, type Connection, type ValidationRun, type ValidationSubject, accessError, parseSas } from '@sluice/core'
import type { CloudDeps } from '../../deps.ts'
import { breadth } from './key-checks.ts'
import type { ValidationContext } from '../../validation/context.ts'
import { dataPlans } from '../../validation/data-plans.ts'
import { inconclusive, skipped } from '../../validation/outcomes.ts'
import { nothingToAsk, wideSession, withoutMeaning } from '../../validation/trust-checks.ts'
import type { AbortedUploads } from '../blocks.ts'
import type { AzureMemory } from '../lease.ts'
import { setupAzure } from '../setup/index.ts'
import { azureAccess } from './access.ts'
import { configurationWellFormed } from './configuration-check.ts'
import { azureDataRemedies } from './data-remedies.ts'
import { AZURE_DIALECT } from './dialect.ts'
import { azureObstacles } from './obstacles.ts'
import { beforeAsking, sasChecks } from './sas-checks.ts'
import { sasRemedies } from './sas-remedies.ts'
import { containerExists, credentialAccepted, federationChecks, identityWorks, mayDelegate, trustProbes } from './trust-checks.ts'
import { trustRemedies } from './trust-remedies.ts'
import { setupFor } from '../../validation/setup-for.ts'

/** The claims to test about a connection to Blob Storage. What a SAS says of itself is looked at before anything is asked. */
export function validateAzure(
  deps: CloudDeps,
  memory: AzureMemory & { readonly aborted: AbortedUploads },
  subject: ValidationSubject,
): ValidationRun {
  const { connection, locations } = subject
  const platform = deps.platform()
  const { method } = connection.auth
  const stored = method === 'sas' || method === 'account-key'
  const access = azureAccess(deps, memory, subject)
  const obstacles = azureObstacles(connection, platform)
  const remedies = trustRemedies(connection, platform, setupFor(subject, platform, setupAzure))
  const trust = trustProbes(deps, access)
  const wide = wideSession(stored ? undefined : trust.right, access.wide)
  const gate = stored ? 'trust-accepts-us' : 'permissions-granted'
  const context: ValidationContext = {
    connection,
    locations,
    access: { ...access, wide },
    clock: deps.clock,
    random: deps.random,
    dialect: AZURE_DIALECT,
    namesRegions: true,
    narrows: !stored,
    ownerNamedIn: 'nothing',
    expectedOwner: undefined,
    gate,
    remedies: azureDataRemedies(connection, locations, platform, subject.secret?.['sasToken']),
    serverRegions: platform.regions,
  }
  const data = dataPlans(context, () => undefined)
  const meanwhile = (signal: AbortSignal): void => {
    for (const location of locations) void trust.key(location, signal)
    data.prefetch(signal)
  }

  return {
    checks: [configurationWellFormed(connection, locations, platform), ...(locations.length > 0 ? checks() : nothingToAsk(checks()))],
    leftovers: data.leftovers,
    discovered: () => ({}),
  }

  function checks(): readonly CheckPlan[] {
    return [...identityPlans(), ...data.checks.flatMap(dataPlan)]
  }

  function identityPlans(): readonly CheckPlan[] {
    if (method === 'federation')
      return [
        identityWorks(trust, remedies),
        ...federationChecks(trust, remedies, meanwhile),
        mayDelegate(trust, locations, ['endpoint-allowed'], remedies, obstacles),
      ]
    if (method === 'managed-identity')
      return [identityWorks(trust, remedies), mayDelegate(trust, locations, ['endpoint-allowed'], remedies, obstacles)]
    const accepted = credentialAccepted(access, context, ['endpoint-allowed'], remedies, obstacles)
    if (method === 'account-key') return [...breadth(connection, locations), accepted]
    return [...sasPlans(), accepted]
  }

  function sasPlans(): readonly CheckPlan[] {
    const parsed = parseSas(subject.secret?.['sasToken'] ?? '')
    if (!parsed.ok) return []
    const remedies = sasRemedies(connection, locations)
    return sasChecks({ sas: parsed.sas, connection, locations, platform, now: () => deps.clock.now(), remedies })
  }

  /** What must hold before the first request to the storage account. */
  function beforeAccount(): CheckPlan['needs'] {
    if (method === 'federation') return ['trust-accepts-us']
    if (method === 'managed-identity') return ['platform-identity-works']
    const parsed = parseSas(subject.secret?.['sasToken'] ?? '')
    return method === 'sas' && parsed.ok ? beforeAsking(parsed.sas) : ['configuration-well-formed']
  }

  /**
   * A check of the data. Azure says whether there is a container only to who may use it, so that this is known too late to be waited for:
   * each looks for itself, and leaves a container that is missing to the check that says so.
   */
  function dataPlan(plan: CheckPlan): readonly CheckPlan[] {
    if (plan.name === 'endpoint-allowed') return [{ ...plan, needs: beforeAccount() }]
    if (plan.name === 'bucket-is-the-expected-one') return [containerExists(access, context, [gate], obstacles)]
    if (plan.name === 'region-matches') return regionHidden(connection)
    if (plan.name === 'grant-no-broader-than-asked' && stored)
      return [withoutMeaning(plan.name, 'What a SAS or key reaches stands in it: no request tells more.')]
    const needs = plan.needs.filter((name) => name !== 'bucket-is-the-expected-one' && name !== 'region-matches')
    return [{ ...plan, needs, run: async (signal) => (await missing(signal)) ?? plan.run(signal) }]
  }

  async function missing(signal: AbortSignal) {
    for (const location of locations)
      if ((await access.first(location, signal).catch(() => undefined)) === 'missing')
        return skipped(`There is no container named ${location.bucket}.`, 'bucket-is-the-expected-one')
    return undefined
  }
}

/** Azure does not say in which region an account is: a claim that depends on it cannot be told. */
function regionHidden({ settings }: Connection): readonly CheckPlan[] {
  if (settings.sameRegion === undefined) return []
  const hidden = accessError('validation.unclear', { message: 'Azure does not say in which region a storage account is.' })
  return [{ name: 'region-matches', needs: ['configuration-well-formed'], run: () => Promise.resolve(inconclusive(0, hidden)) }]
}
