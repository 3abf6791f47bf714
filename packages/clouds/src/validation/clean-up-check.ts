import type { CheckOutcome, CheckPlan } from '@sluice/core'
import { at, needs } from './bucket-checks.ts'
import type { ValidationContext } from './context.ts'
import { probe } from './denial.ts'
import { failed, inconclusive, overLocations, passed, skipped } from './outcomes.ts'
import type { LocationProbes } from './probes.ts'
import { pick } from './read-checks.ts'
import { type WriteProbes, probeKey } from './write-probes.ts'

/** Nothing of ours is left: looked for, not assumed. Always runs after the writes, whatever came of them. */
export function cleanedUp(context: ValidationContext, writes: readonly WriteProbes[], probes: readonly LocationProbes[]): CheckPlan {
  return {
    name: 'cleaned-up',
    needs: needs(context, ['bucket-is-the-expected-one', 'region-matches']),
    run: (signal) => {
      if (!context.connection.access.includes('write')) return Promise.resolve(skipped('Nothing was written.'))
      return overLocations(context.locations, async (location, index) => {
        if (location.extent === 'object') return skipped('Nothing was written.')
        const startedAt = context.clock.now()
        const own = pick(writes, index)
        await own.write(signal)
        if (own.leftovers().length === 0) return passed(context.clock.now() - startedAt)
        const mayDelete = context.connection.access.includes('delete')
        const removal = mayDelete ? await own.remove(signal) : undefined
        const left = own.leftovers()
        if (left.length === 0) return verifyGone(context, at(probes, index), startedAt, signal)
        const names = left
          .map((object) => `${object.key}${object.versionId === undefined ? '' : ` (version ${object.versionId})`}`)
          .join(', ')
        if (removal?.kind === 'unclear' && context.remedies.obstacle?.(removal.error, location) !== undefined)
          return skipped(`One small object of ours stays in ${location.bucket}: ${names}.`, 'deletes-object')
        if (removal?.kind === 'unclear') return inconclusive(removal.ms, removal.error, `${names} may be left in ${location.bucket}. `)
        if (removal?.kind === 'denied') return skipped(`One small object of ours stays in ${location.bucket}: ${names}.`, 'deletes-object')
        if (removal?.kind === 'deleted') return skipped(`The bucket keeps versions; of what we wrote and deleted it keeps ${names}.`)
        return skipped(`Without the right to delete, one small object of ours stays in ${location.bucket}: ${names}.`)
      })
    },
  }
}

async function verifyGone(
  context: ValidationContext,
  probes: LocationProbes,
  startedAt: number,
  signal: AbortSignal,
): Promise<CheckOutcome> {
  const since = (): number => context.clock.now() - startedAt
  if (!context.connection.access.includes('list')) return passed(since())
  const store = await probes.store(signal)
  const key = probeKey(context, probes.location)
  const page = await probe(
    () => context.clock.now(),
    () => store.listPage({ prefix: key, maxKeys: 1 }, signal),
    signal,
  )
  if (!page.ok) {
    if (context.dialect.denialOf(page.error) === undefined) return inconclusive(since(), page.error)
    return passed(since(), `${context.dialect.service} confirmed the deletion; listing is refused, so it was not looked for.`)
  }
  if (page.value.objects.length === 0) return passed(since())
  return failed(
    since(),
    'probe.left_behind',
    `${context.dialect.service} still lists ${key} after deleting it.`,
    context.remedies.leftover([key]),
  )
}
