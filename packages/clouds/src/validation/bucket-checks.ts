import { type AccessError, type CheckName, type CheckOutcome, type CheckPlan, accessError } from '@sluice/core'
import type { ValidationContext } from './context.ts'
import { probe } from './denial.ts'
import { unclear } from './obstacles.ts'
import { failed, inconclusive, overLocations, passed, skipped } from './outcomes.ts'
import { type LocationProbes, discard } from './probes.ts'

/** The endpoint passes the egress policy: decided before a connection is made, so a time-out later does not undo it. */
export function endpointAllowed(context: ValidationContext, probes: readonly LocationProbes[]): CheckPlan {
  return {
    name: 'endpoint-allowed',
    needs: ['configuration-well-formed'],
    run: (signal) =>
      overLocations(context.locations, async (_, index) => {
        const face = await at(probes, index).face(signal)
        if (face.ok) return passed(face.ms)
        if (face.error.reason === 'egress.refused')
          return failed(face.ms, 'egress.refused', face.error.message, {
            who: 'platform',
            where: 'the egress policy of this Sluice, or the connection’s endpoint',
            summary: face.error.remedy,
            verify: `sluice connection validate ${context.connection.name}`,
          })
        if (face.error.reason === 'network.dns') return inconclusive(face.ms, face.error)
        return passed(face.ms)
      }),
  }
}

/** The bucket is there and belongs to whom we expect: as it says itself, or as the answer to a request that names the expected owner shows. */
export function bucketIsExpected(context: ValidationContext, probes: readonly LocationProbes[], learn: (owner: string) => void): CheckPlan {
  return {
    name: 'bucket-is-the-expected-one',
    needs: needs(context, ['endpoint-allowed']),
    run: (signal) =>
      overLocations(context.locations, async (location, index) => {
        const at1 = at(probes, index)
        const face = await at1.face(signal)
        if (!face.ok) return unclear(context, location, face.ms, face.error)
        if (!face.value.exists)
          return failed(face.ms, 'bucket.missing', `There is no bucket named ${location.bucket}.`, context.remedies.bucketMissing(location))
        const expected = context.expectedOwner
        const facts = await at1.facts(signal)
        const owner = facts.ok ? facts.value.owner : undefined
        if (owner !== undefined) learn(owner)
        if (expected === undefined) return passed(face.ms, 'Nobody in particular is expected to own it.')
        if (owner === undefined) return ownership(context, at1, expected, face.ms, signal)
        if (owner === expected) return passed(face.ms)
        const message = `The bucket ${location.bucket} belongs to account ${owner}, not to ${expected}.`
        return failed(face.ms, 'bucket.foreign', message, context.remedies.bucketOwner(location, expected))
      }),
  }
}

/**
 * Any request that succeeds while naming the owner proves it. Where all are refused, the same requests without the name decide:
 * what only works without it belongs to somebody else.
 */
async function ownership(
  context: ValidationContext,
  probes: LocationProbes,
  expected: string,
  ms: number,
  signal: AbortSignal,
): Promise<CheckOutcome> {
  const { location } = probes
  const { dialect, ownerNamedIn } = context
  if (ownerNamedIn === 'nothing') return inconclusive(ms, unknownOwner(context, location.bucket))
  const named = await Promise.all([probes.list(signal), probes.absent(signal)])
  if (named.some((result) => result.ok || dialect.isAbsence(result.error))) return passed(ms)
  if (ownerNamedIn === 'leases') return inconclusive(ms, unknownOwner(context, location.bucket))

  const wide = await probe(
    () => context.clock.now(),
    () => context.access.wide(signal),
    signal,
  )
  if (!wide.ok) return inconclusive(wide.ms, wide.error)
  const attempt = async (owner: string | undefined) => {
    const store = context.access.open(location, wide.value.lease, owner)
    return Promise.all([
      probe(
        () => context.clock.now(),
        () => store.listPage({ prefix: location.prefix, maxKeys: 1 }, signal),
        signal,
      ),
      probe(
        () => context.clock.now(),
        () => discard(store, `${probes.absentKey}-owner`, signal),
        signal,
      ),
      probe(
        () => context.clock.now(),
        () => dialect.phantomWrite(store, probes.absentKey, 'owner', signal),
        signal,
      ),
    ])
  }
  const answers = await attempt(expected)
  if (answers.some((result) => result.ok || dialect.isAbsence(result.error))) return passed(ms)
  const errors = [...named, ...answers].flatMap((result) => (result.ok ? [] : [result.error]))
  const unclear = errors.find((error) => dialect.denialOf(error) === undefined && error.provider?.status !== 403)
  if (unclear !== undefined) return inconclusive(ms, unclear)

  const anonymousOwner = await attempt(undefined)
  if (anonymousOwner.some((result) => result.ok || dialect.isAbsence(result.error)))
    return failed(
      ms,
      'bucket.foreign',
      `The bucket ${location.bucket} does not belong to account ${expected}: ${dialect.service} serves us only when no owner is named.`,
      context.remedies.bucketOwner(location, expected),
      errors[0],
    )
  const denials = errors.flatMap((error) => dialect.denialOf(error) ?? [])
  // A reason is given only to callers of the owner's account or organization.
  if (denials.some((denial) => !denial.bare) && wide.value.accountId === expected)
    return passed(ms, `${dialect.service} refuses us with its reason, as it does only in the owner’s account.`)
  const first = errors[0]
  if (denials.length > 0 && denials.every((denial) => denial.bare) && wide.value.accountId === expected)
    return failed(
      ms,
      'bucket.owner_unconfirmed',
      `Nothing confirms that account ${expected} owns ${location.bucket}: ${dialect.service} refuses every request without its reason, as it does when the bucket is another account’s.`,
      context.remedies.bucketOwner(location, expected),
      first,
    )
  return first === undefined ? skipped('Nothing to ask the bucket with.') : inconclusive(ms, first)
}

/** The bucket's region is known and is the pinned one, and one of ours where the connection asks for that. */
export function regionMatches(
  context: ValidationContext,
  probes: readonly LocationProbes[],
  learn: (bucket: string, region: string) => void,
): CheckPlan {
  return {
    name: 'region-matches',
    needs: ['endpoint-allowed'],
    run: (signal) =>
      overLocations(context.locations, async (location, index) => {
        const face = await at(probes, index).face(signal)
        if (!face.ok) {
          const told = context.remedies.obstacle?.(face.error, location) !== undefined
          return told ? skipped(face.error.message, 'bucket-is-the-expected-one') : inconclusive(face.ms, face.error)
        }
        if (!face.value.exists) return skipped(`There is no bucket named ${location.bucket}.`, 'bucket-is-the-expected-one')
        const got = face.value.region
        const wanted = context.connection.settings.region ?? context.connection.pinned?.region
        if (got === undefined) {
          if (!context.namesRegions) return passed(face.ms, `This store names no region; requests are signed for ${wanted ?? 'us-east-1'}.`)
          const { hiddenRegion } = context.dialect
          const depends = wanted !== undefined || context.connection.settings.sameRegion !== undefined
          if (hiddenRegion !== undefined && !depends) return passed(face.ms, hiddenRegion)
          return inconclusive(face.ms, unknownRegion(context, location.bucket))
        }
        learn(location.bucket, got)
        if (wanted !== undefined && wanted !== got)
          return failed(
            face.ms,
            'region.mismatch',
            `bucket region not match, want[${wanted}] got[${got}]`,
            context.remedies.region(location, wanted, got),
          )
        const required = context.connection.settings.sameRegion
        if (required !== undefined && !context.serverRegions.includes(got)) {
          const ours = context.serverRegions.join(', ')
          const message = `bucket region not match, want[${ours}] got[${got}]`
          if (required === 'required') return failed(face.ms, 'region.not_ours', message, context.remedies.region(location, ours, got))
          return passed(face.ms, `${message}: traffic crosses regions and is billed for it.`)
        }
        return passed(face.ms, got)
      }),
  }
}

function unknownOwner({ dialect }: ValidationContext, bucket: string): AccessError {
  return accessError('validation.unclear', { message: `${dialect.service} did not say to whom ${bucket} belongs.` })
}

function unknownRegion({ dialect }: ValidationContext, bucket: string): AccessError {
  return accessError('validation.unclear', { message: `${dialect.service} did not say in which region ${bucket} is.` })
}

/** What the data checks need: the gate of the method, and the bucket. */
export function needs(context: ValidationContext, more: readonly CheckName[]): readonly CheckName[] {
  return context.gate === undefined ? more : [context.gate, ...more]
}

export function at(probes: readonly LocationProbes[], index: number): LocationProbes {
  const found = probes[index]
  if (found === undefined) throw new RangeError(`no location number ${index}`)
  return found
}
