import type { CheckPlan } from '@sluice/core'
import { at, needs } from './bucket-checks.ts'
import type { ValidationContext } from './context.ts'
import type { Denial } from './denial.ts'
import { unclear } from './obstacles.ts'
import { failed, overLocations, passed, skipped } from './outcomes.ts'
import type { LocationProbes } from './probes.ts'
import type { ReadProbe } from './read-probe.ts'

export function listsUnderPrefix(context: ValidationContext, probes: readonly LocationProbes[]): CheckPlan {
  return {
    name: 'lists-under-prefix',
    needs: needs(context, ['bucket-is-the-expected-one', 'region-matches']),
    run: (signal) => {
      if (!context.connection.access.includes('list')) return Promise.resolve(skipped('The connection is not for listing.'))
      return overLocations(context.locations, async (location, index) => {
        const result = await at(probes, index).list(signal)
        if (result.ok) return passed(result.ms)
        const denial = context.dialect.denialOf(result.error)
        if (denial === undefined) return unclear(context, location, result.ms, result.error)
        return failed(
          result.ms,
          reasonOf('list', denial),
          `${context.dialect.service} refuses to list ${location.bucket}/${location.prefix}${because(context, denial)}.`,
          context.remedies.denied({ location, actions: context.dialect.permissions.list }, denial),
          denial,
        )
      })
    },
  }
}

export function readsObject(context: ValidationContext, probes: readonly LocationProbes[], reads: readonly ReadProbe[]): CheckPlan {
  const listing = context.connection.access.includes('list') && context.locations.some((location) => location.extent !== 'object')
  return {
    name: 'reads-object',
    needs: listing ? ['lists-under-prefix'] : needs(context, ['bucket-is-the-expected-one', 'region-matches']),
    run: (signal) => {
      if (!context.connection.access.includes('read')) return Promise.resolve(skipped('The connection is not for reading.'))
      return overLocations(context.locations, async (location, index) => {
        const finding = await pick(reads, index)(signal)
        switch (finding.kind) {
          case 'read':
            return passed(finding.ms)
          case 'may-read':
            return passed(finding.ms, finding.note)
          case 'kms':
          case 'kms-state':
            return skipped('The object is encrypted with a key that cannot be used.', 'encryption-key-usable')
          case 'foreign-object':
            return failed(
              finding.ms,
              'object.foreign',
              `${context.dialect.service} refuses ${finding.key} alone, without a reason, though it lets us read others: another account wrote and owns it.`,
              context.remedies.foreignObject({ location, key: finding.key, actions: context.dialect.permissions.read }),
              finding.denial,
            )
          case 'denied':
            return failed(
              finding.ms,
              reasonOf('read', finding.denial),
              `${context.dialect.service} refuses to read ${at(probes, index).location.bucket}/${finding.key}${because(context, finding.denial)}.`,
              context.remedies.denied({ location, key: finding.key, actions: context.dialect.permissions.read }, finding.denial),
              finding.denial,
            )
          case 'unclear':
            return unclear(context, location, finding.ms, finding.error)
        }
      })
    },
  }
}

/** The stable reason of a refused data request: who refused, as far as the store says. */
export function reasonOf(access: 'list' | 'read' | 'write' | 'delete', denial: Denial): string {
  if (denial.effect === 'explicit') return `${access}.denied_explicitly`
  return denial.bare ? `${access}.denied` : `${access}.not_granted`
}

/** The part of a sentence that says who refused, in the cloud's own terms. */
export function because({ dialect }: Pick<ValidationContext, 'dialect'>, denial: Denial): string {
  if (denial.bare) return ' without saying why'
  const layer = denial.layer === undefined ? undefined : dialect.layers[denial.layer]
  if (layer === undefined) return denial.action === undefined ? ' without saying why' : `: ${denial.action} is not granted`
  if (denial.effect === 'explicit') return `: ${layer} denies ${denial.action ?? 'it'} explicitly`
  return `: nothing in ${layer} allows ${denial.action ?? 'it'}`
}

export function pick<T>(list: readonly T[], index: number): T {
  const found = list[index]
  if (found === undefined) throw new RangeError(`no location number ${index}`)
  return found
}
