import type { AccessError, CheckOutcome, CheckPlan, ObjectStore } from '@sluice/core'
import { unsignedLease } from '../unsigned-lease.ts'
import { at, needs } from './bucket-checks.ts'
import type { ValidationContext } from './context.ts'
import { type Probe, probe } from './denial.ts'
import { failed, inconclusive, overLocations, passed, skipped } from './outcomes.ts'
import { type LocationProbes, discard } from './probes.ts'

type OutsideCheck = 'lease-refuses-listing-outside' | 'lease-refuses-reading-outside' | 'lease-refuses-writing-outside'

const NOT_NARROWED = 'Keys cannot be narrowed: a lease allows all that the key allows.'

/** The leases we hand out end where the location ends. A refusal counts only when it can be nothing else. */
export function leaseRefusals(context: ValidationContext, probes: readonly LocationProbes[]): readonly CheckPlan[] {
  const plan = (name: OutsideCheck, run: (own: LocationProbes, signal: AbortSignal) => Promise<CheckOutcome>): CheckPlan => ({
    name,
    needs: needs(context, ['bucket-is-the-expected-one', 'region-matches']),
    run: (signal) => {
      if (!context.narrows) return Promise.resolve(skipped(NOT_NARROWED))
      return overLocations(context.locations, async (location, index) => {
        if (location.extent === 'bucket') return skipped('The location is the whole bucket: nothing in it lies outside.')
        const own = at(probes, index)
        const lease = await own.lease(signal)
        if (lease.ok && !lease.value.narrowed) return skipped(lease.value.reach ?? NOT_NARROWED)
        return run(own, signal)
      })
    },
  })
  return [
    plan('lease-refuses-listing-outside', (own, signal) => listing(context, own, signal)),
    plan('lease-refuses-reading-outside', (own, signal) => reading(context, own, signal)),
    plan('lease-refuses-writing-outside', (own, signal) => writing(context, own, signal)),
  ]
}

/**
 * The lease was allowed something outside. Where everybody is, without any credential, no lease could refuse it: that is the bucket's
 * doing, not the lease's.
 */
async function tooWide(
  context: ValidationContext,
  own: LocationProbes,
  ms: number,
  what: string,
  request: (store: ObjectStore) => Promise<unknown>,
  meansAllowed: (error: AccessError) => boolean,
  signal: AbortSignal,
): Promise<CheckOutcome> {
  const unsigned = await ask(context, () => request(context.access.open(own.location, unsignedLease(own.location), undefined)), signal)
  if (unsigned.ok || meansAllowed(unsigned.error))
    return skipped(`The bucket lets everybody ${what}, without a credential: no lease can refuse it.`)
  return failed(
    ms,
    'lease.too_wide',
    `A lease for ${own.location.bucket}/${own.location.prefix} was allowed to ${what} outside it.`,
    context.remedies.leaseTooWide(own.location),
  )
}

async function listing(context: ValidationContext, own: LocationProbes, signal: AbortSignal): Promise<CheckOutcome> {
  const request = (store: ObjectStore) => store.listPage({ prefix: own.outsidePrefix ?? '', maxKeys: 1 }, signal)
  const store = await own.store(signal)
  const result = await ask(context, () => request(store), signal)
  if (result.ok) return tooWide(context, own, result.ms, 'list', request, () => false, signal)
  return (await isRefusal(context, own, result.error, signal)) ? passed(result.ms) : inconclusive(result.ms, result.error)
}

async function reading(context: ValidationContext, own: LocationProbes, signal: AbortSignal): Promise<CheckOutcome> {
  const request = (store: ObjectStore) => discard(store, own.outsideKey ?? '', signal)
  const store = await own.store(signal)
  const result = await ask(context, () => request(store), signal)
  if (result.ok || context.dialect.readWasAllowed(result.error))
    return tooWide(context, own, result.ms, 'read', request, context.dialect.readWasAllowed, signal)
  const denial = context.dialect.denialOf(result.error)
  if (denial !== undefined && !context.dialect.deniesReading(denial)) return readingKnownKey(context, own, signal)
  return (await isRefusal(context, own, result.error, signal)) ? passed(result.ms) : inconclusive(result.ms, result.error)
}

/** Where the store gives no reason: a lease for a folder that holds nothing must not read an object that the location's lease reads. */
async function readingKnownKey(context: ValidationContext, own: LocationProbes, signal: AbortSignal): Promise<CheckOutcome> {
  const startedAt = context.clock.now()
  const list = await own.list(signal)
  const known = list.ok ? list.value.objects.find((object) => object.size > 0) : undefined
  const ms = (): number => context.clock.now() - startedAt
  if (known === undefined)
    return {
      status: 'inconclusive',
      ms: ms(),
      because: `${context.dialect.service} refuses without its reason, and there is no object to prove it with.`,
    }
  const store = await own.store(signal)
  const control = await ask(context, () => discard(store, known.key, signal), signal)
  if (!control.ok) return inconclusive(ms(), control.error)
  const elsewhere = { ...own.location, prefix: `${own.absentKey}/`, extent: 'folder' as const }
  const lease = await ask(context, () => context.access.narrowLease(elsewhere, signal), signal)
  if (!lease.ok) return inconclusive(ms(), lease.error)
  const narrow: ObjectStore = context.access.open(own.location, lease.value, context.expectedOwner)
  const request = (opened: ObjectStore) => discard(opened, known.key, signal)
  const result = await ask(context, () => request(narrow), signal)
  if (result.ok) return tooWide(context, own, ms(), 'read', request, () => false, signal)
  return context.dialect.denialOf(result.error) === undefined
    ? inconclusive(ms(), result.error)
    : passed(ms(), 'Proved with a lease for an empty folder.')
}

async function writing(context: ValidationContext, own: LocationProbes, signal: AbortSignal): Promise<CheckOutcome> {
  const key = own.outsideKey ?? ''
  const result = await own.phantomWrite('lease', key)(signal)
  const { phantomWrite, writeWasAllowed } = context.dialect
  const request = (store: ObjectStore) => phantomWrite(store, key, 'outside', signal)
  if (result.ok || writeWasAllowed(result.error)) return tooWide(context, own, result.ms, 'write', request, writeWasAllowed, signal)
  return (await isRefusal(context, own, result.error, signal)) ? passed(result.ms) : inconclusive(result.ms, result.error)
}

/**
 * Whether an error outside the location is the lease's refusal. Where the store words it as it words a credential that does not hold,
 * it is one only when the same lease was let in inside: there, whatever comes of the request itself.
 */
async function isRefusal(context: ValidationContext, own: LocationProbes, error: AccessError, signal: AbortSignal): Promise<boolean> {
  const { denialOf, isAbsence, refusesOutside } = context.dialect
  if (denialOf(error) !== undefined) return true
  if (refusesOutside?.(error) !== true) return false
  const inside = await Promise.all([own.list(signal), own.absent(signal)])
  return inside.some((result) => result.ok || isAbsence(result.error) || denialOf(result.error) !== undefined)
}

function ask<T>(context: ValidationContext, request: () => Promise<T>, signal: AbortSignal): Promise<Probe<T>> {
  return probe(() => context.clock.now(), request, signal)
}
