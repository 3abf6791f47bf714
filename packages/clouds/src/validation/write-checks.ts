import type { CheckPlan } from '@sluice/core'
import { at, needs } from './bucket-checks.ts'
import type { ValidationContext } from './context.ts'
import type { Denial } from './denial.ts'
import { unclear } from './obstacles.ts'
import { failed, overLocations, passed, skipped } from './outcomes.ts'
import type { LocationProbes } from './probes.ts'
import { because, pick, reasonOf } from './read-checks.ts'
import type { ReadProbe } from './read-probe.ts'
import type { WriteProbes } from './write-probes.ts'

export function writesObject(
  context: ValidationContext,
  writes: readonly WriteProbes[],
  reads: readonly ReadProbe[],
  probes: readonly LocationProbes[],
): CheckPlan {
  return {
    name: 'writes-object',
    needs: needs(context, ['bucket-is-the-expected-one', 'region-matches']),
    run: (signal) => {
      if (!context.connection.access.includes('write')) return Promise.resolve(skipped('The connection is not for writing.'))
      return overLocations(context.locations, async (location, index) => {
        const finding = await pick(writes, index).write(signal)
        switch (finding.kind) {
          case 'written':
            return passed(finding.ms, finding.note)
          case 'kms':
            return skipped('The encryption key refuses us.', 'encryption-key-usable')
          case 'unclear':
            return unclear(context, location, finding.ms, finding.error)
          case 'denied': {
            const earlier = await sameFaultEarlier(context, finding.denial, at(probes, index), pick(reads, index), signal)
            if (earlier !== undefined) return skipped('The same refusal meets every request for an object.', earlier)
            return failed(
              finding.ms,
              reasonOf('write', finding.denial),
              `${context.dialect.service} refuses to write under ${location.bucket}/${location.prefix}${because(context, finding.denial)}.`,
              context.remedies.denied({ location, actions: context.dialect.permissions.write }, finding.denial),
              finding.denial,
            )
          }
        }
      })
    },
  }
}

/**
 * The check that already reports this fault, if one does: one Deny in one policy, or one statement whose resource misses the objects,
 * refuses several requests. Repairing it and checking again tells whether another fault stood behind it.
 */
async function sameFaultEarlier(
  context: ValidationContext,
  denial: Denial,
  probes: LocationProbes,
  read: ReadProbe,
  signal: AbortSignal,
): Promise<'lists-under-prefix' | 'reads-object' | undefined> {
  const { access } = context.connection
  if (access.includes('list')) {
    const list = await probes.list(signal)
    const listDenial = list.ok ? undefined : context.dialect.denialOf(list.error)
    // Listing is granted on the bucket and writing on its objects: only a Deny spans both.
    if (listDenial !== undefined && sameFault(listDenial, denial) && denial.effect !== 'implicit') return 'lists-under-prefix'
    if (!list.ok) return undefined
  }
  if (!access.includes('read')) return undefined
  const finding = await read(signal)
  return finding.kind === 'denied' && sameFault(finding.denial, denial) ? 'reads-object' : undefined
}

function sameFault(one: Denial, other: Denial): boolean {
  return one.layer === other.layer && one.effect === other.effect && one.bare === other.bare
}

export function deletesObject(context: ValidationContext, writes: readonly WriteProbes[]): CheckPlan {
  const { access } = context.connection
  return {
    name: 'deletes-object',
    needs:
      access.includes('delete') && access.includes('write')
        ? ['writes-object']
        : needs(context, ['bucket-is-the-expected-one', 'region-matches']),
    run: (signal) => {
      if (!access.includes('delete')) return Promise.resolve(skipped('The connection is not for deleting.'))
      if (!access.includes('write'))
        return Promise.resolve(skipped('Proving it would delete an object of the customer: the connection may not write one of ours.'))
      return overLocations(context.locations, async (location, index) => {
        if (location.extent === 'object') return skipped('Proving it would delete the object itself.')
        const finding = await pick(writes, index).remove(signal)
        if (finding.kind === 'deleted') return passed(finding.ms)
        if (finding.kind === 'unclear') return unclear(context, location, finding.ms, finding.error)
        return failed(
          finding.ms,
          reasonOf('delete', finding.denial),
          `${context.dialect.service} refuses to delete under ${location.bucket}/${location.prefix}${because(context, finding.denial)}.`,
          context.remedies.denied({ location, actions: context.dialect.permissions.delete }, finding.denial),
          finding.denial,
        )
      })
    },
  }
}
