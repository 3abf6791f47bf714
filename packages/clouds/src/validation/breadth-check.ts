import type { AccessError, CheckOutcome, CheckPlan } from '@sluice/core'
import { at, needs } from './bucket-checks.ts'
import type { ValidationContext } from './context.ts'
import { probe } from './denial.ts'
import { failed, inconclusive, overLocations, passed } from './outcomes.ts'
import { type LocationProbes, discard } from './probes.ts'

/** One thing the grant should not allow, and how to find out without changing anything. */
interface Excess {
  readonly what: string
  readonly test: () => Promise<boolean | AccessError>
}

/**
 * The grant itself (not the leases we narrow from it) allows no more than was asked. Advisory: the customer decides.
 *
 * Deleting is not tried: there is no request that tells without deleting.
 */
export function grantNoBroader(context: ValidationContext, probes: readonly LocationProbes[]): CheckPlan {
  return {
    name: 'grant-no-broader-than-asked',
    needs: needs(context, ['bucket-is-the-expected-one', 'region-matches']),
    run: (signal) => overLocations(context.locations, (_, index) => breadth(context, at(probes, index), signal)),
  }
}

async function breadth(context: ValidationContext, own: LocationProbes, signal: AbortSignal): Promise<CheckOutcome> {
  const startedAt = context.clock.now()
  const session = await context.access.wide(signal)
  const results = await Promise.all(
    excesses(context, own, signal).map(async (excess) => ({ what: excess.what, allowed: await excess.test() })),
  )
  const ms = context.clock.now() - startedAt
  const found = results.filter((result) => result.allowed === true).map((result) => result.what)
  if (session.root === true) found.unshift('do everything: these are the keys of an account’s root user')
  if (found.length > 0)
    return failed(
      ms,
      'grant.broader',
      `Besides what was asked, the grant lets us ${join(found)}.`,
      context.remedies.broader(own.location, found),
    )
  const unclear = results.find((result) => typeof result.allowed === 'object')
  if (unclear !== undefined && typeof unclear.allowed === 'object') return inconclusive(ms, unclear.allowed)
  return passed(ms, 'Listing, reading and writing were tried; deleting cannot be tried without deleting.')
}

function excesses(context: ValidationContext, own: LocationProbes, signal: AbortSignal): readonly Excess[] {
  const { access } = context.connection
  const list: Excess[] = []
  const name = `${own.location.bucket}/${own.location.prefix}`
  const listing = (what: string, prefix: string): Excess => ({
    what,
    test: () =>
      allowed(
        context,
        async () => (await own.wideStore(signal)).listPage({ prefix, maxKeys: 1 }, signal),
        () => false,
        signal,
      ),
  })
  const reading = (what: string, key: string): Excess => ({
    what,
    test: () => allowed(context, async () => discard(await own.wideStore(signal), key, signal), context.dialect.readWasAllowed, signal),
  })
  const writing = (what: string, key: string): Excess => ({
    what,
    test: async () => {
      const result = await own.phantomWrite('wide', key)(signal)
      return result.ok ? true : verdict(context, result.error, context.dialect.writeWasAllowed)
    },
  })
  if (!access.includes('list')) list.push(listing(`list ${name}`, own.location.prefix))
  else if (own.outsidePrefix !== undefined && context.dialect.listsWholeBuckets !== true)
    list.push(listing(`list outside ${name}`, own.outsidePrefix))
  if (!access.includes('read')) list.push(reading(`read ${name}`, own.absentKey))
  else if (own.outsideKey !== undefined) list.push(reading(`read outside ${name}`, own.outsideKey))
  if (!access.includes('write')) list.push(writing(`write ${name}`, own.absentKey))
  else if (own.outsideKey !== undefined) list.push(writing(`write outside ${name}`, own.outsideKey))
  return list
}

async function allowed(
  context: ValidationContext,
  request: () => Promise<unknown>,
  errorMeansAllowed: (error: AccessError) => boolean,
  signal: AbortSignal,
): Promise<boolean | AccessError> {
  const result = await probe(() => context.clock.now(), request, signal)
  return result.ok ? true : verdict(context, result.error, errorMeansAllowed)
}

function verdict(
  { dialect }: ValidationContext,
  error: AccessError,
  errorMeansAllowed: (error: AccessError) => boolean,
): boolean | AccessError {
  if (errorMeansAllowed(error)) return true
  return dialect.denialOf(error) === undefined ? error : false
}

function join(items: readonly string[]): string {
  const last = items.at(-1) ?? ''
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`
}
