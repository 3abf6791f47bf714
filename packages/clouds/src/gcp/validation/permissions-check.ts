import { type Access, type AccessError, type CheckName, type CheckOutcome, type CheckPlan, type Location, ACCESSES } from '@sluice/core'
import { needs } from '../../validation/bucket-checks.ts'
import type { DataPlans } from '../../validation/data-plans.ts'
import type { ValidationContext } from '../../validation/context.ts'
import { type Probe, once, probe } from '../../validation/denial.ts'
import { failed, inconclusive, overLocations, passed, skipped } from '../../validation/outcomes.ts'
import { type LocationProbes, discard } from '../../validation/probes.ts'
import { probeKey } from '../../validation/write-probes.ts'
import { PERMISSIONS } from '../dialect.ts'
import type { GcpAccess } from './access.ts'
import { grantRemedy } from './data-remedies.ts'
import type { RemedyFacts } from './facts.ts'

/** Whether one access works at one location, as a request of its own showed. */
type Standing = { readonly kind: 'held' } | { readonly kind: 'missing' } | { readonly kind: 'unclear'; readonly error: AccessError }

/** The standing of every access asked for, at each location. */
export type Standings = (index: number, signal: AbortSignal) => Promise<readonly (readonly [Access, Standing])[]>

/**
 * Learns which permissions are held, from requests that change nothing.
 *
 * `testIamPermissions` alone would not do: it answers for the bucket, and says nothing of conditions on names of objects, neither that
 * they let us in nor that they keep us out.
 */
export function permissionStandings(context: ValidationContext, probes: readonly LocationProbes[]): Standings {
  const made = probes.map((own) =>
    once((signal: AbortSignal) =>
      Promise.all(
        ACCESSES.filter((access) => context.connection.access.includes(access)).map(
          async (access): Promise<readonly [Access, Standing]> => [access, await standing(context, own, access, signal)],
        ),
      ),
    ),
  )
  return (index, signal) => {
    const found = made[index]
    if (found === undefined) throw new RangeError(`no location number ${index}`)
    return found(signal)
  }
}

async function standing(context: ValidationContext, own: LocationProbes, access: Access, signal: AbortSignal): Promise<Standing> {
  const result = await request(context, own, access, signal)
  const { dialect } = context
  if (result.ok || (access === 'read' && dialect.readWasAllowed(result.error))) return { kind: 'held' }
  const denial = dialect.denialOf(result.error)
  return denial?.action === PERMISSIONS[access] ? { kind: 'missing' } : { kind: 'unclear', error: result.error }
}

function request(context: ValidationContext, own: LocationProbes, access: Access, signal: AbortSignal): Promise<Probe<unknown>> {
  const { location } = own
  switch (access) {
    case 'list':
      return own.list(signal)
    case 'read':
      // Beside one object, everything is outside of the lease.
      if (location.extent !== 'object') return own.absent(signal)
      return probe(
        () => context.clock.now(),
        async () => discard(await own.store(signal), location.prefix, signal),
        signal,
      )
    case 'write':
      return own.phantomWrite('lease', location.extent === 'object' ? location.prefix : probeKey(context, location))(signal)
    case 'delete':
      return own.phantomDelete?.(signal) ?? Promise.resolve({ ok: true, value: undefined, ms: 0 })
  }
}

/** Our identity holds the permissions that the connection asks for, at each of its locations. */
export function permissionsGranted(context: ValidationContext, access: GcpAccess, standings: Standings, facts: RemedyFacts): CheckPlan {
  return {
    name: 'permissions-granted',
    needs: needs(context, ['bucket-is-the-expected-one', 'region-matches']),
    run: (signal) =>
      overLocations(context.locations, async (location, index) => {
        const startedAt = context.clock.now()
        const found = await standings(index, signal)
        const ms = context.clock.now() - startedAt
        const missing = found.flatMap(([one, { kind }]) => (kind === 'missing' ? [PERMISSIONS[one]] : []))
        if (missing.length > 0) return lacking(access, facts, location, missing, ms, signal)
        const doubt = found.flatMap(([, one]) => (one.kind === 'unclear' ? [one.error] : []))[0]
        // What stands in the way otherwise is for the check to say that meets it.
        if (doubt !== undefined && context.remedies.obstacle?.(doubt, location) === undefined && !isKeyTrouble(context, doubt))
          return inconclusive(ms, doubt)
        return passed(ms, found.map(([one]) => PERMISSIONS[one]).join(', '))
      }),
  }
}

function isKeyTrouble({ dialect }: ValidationContext, error: AccessError): boolean {
  const denial = dialect.denialOf(error)
  return dialect.isKeyState(error) || (denial !== undefined && dialect.isKeyDenial(denial))
}

/** Where the bucket grants what the objects refuse, a condition leaves the location out. */
async function lacking(
  access: GcpAccess,
  facts: RemedyFacts,
  location: Location,
  missing: readonly string[],
  ms: number,
  signal: AbortSignal,
): Promise<CheckOutcome> {
  const held = await access.held(location, signal).catch((): readonly string[] => {
    signal.throwIfAborted()
    return []
  })
  const conditional = missing.filter((permission) => held.includes(permission))
  const where = `gs://${location.bucket}/${location.prefix}`
  const remedy = grantRemedy(facts, location, missing)
  if (conditional.length === missing.length)
    return failed(
      ms,
      'permissions.conditional',
      `The bucket grants ${missing.join(', ')}, but not at ${where}: a condition of the grant leaves it out.`,
      { ...remedy, summary: `Make the condition of the grant cover ${where}. ${remedy.summary}` },
    )
  return failed(ms, 'permissions.missing', `${facts.member} does not hold ${missing.join(', ')} at ${where}.`, remedy)
}

/** Which check is about which access. */
const ABOUT: { readonly [check in CheckName]?: Access } = {
  'lists-under-prefix': 'list',
  'reads-object': 'read',
  'writes-object': 'write',
  'deletes-object': 'delete',
}

/** The checks of the data without those whose permission is missing: `permissions-granted` says that once and for all. */
export function afterPermissions(context: ValidationContext, data: DataPlans, standings: Standings): readonly CheckPlan[] {
  return data.checks.map((plan) => {
    const access = ABOUT[plan.name]
    if (access === undefined || !context.connection.access.includes(access)) return plan
    return {
      ...plan,
      // What is written is what is deleted.
      needs: plan.needs.includes('writes-object') ? plan.needs : needs(context, ['bucket-is-the-expected-one', 'region-matches']),
      run: async (signal) => {
        const lacks = async (index: number): Promise<boolean> =>
          (await standings(index, signal)).some(([one, { kind }]) => one === access && kind === 'missing')
        const found = await Promise.all(context.locations.map((_, index) => lacks(index)))
        if (found.includes(true)) return skipped(`${PERMISSIONS[access]} is missing.`, 'permissions-granted')
        return plan.run(signal)
      },
    }
  })
}
