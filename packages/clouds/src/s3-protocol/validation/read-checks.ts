import type { CheckPlan } from '@sluice/core'
import { at, needs } from './bucket-checks.ts'
import type { ValidationContext } from './context.ts'
import { type Denial, denialOf } from './denial.ts'
import { failed, inconclusive, overLocations, passed, skipped } from './outcomes.ts'
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
        const denial = denialOf(result.error)
        if (denial === undefined) return inconclusive(result.ms, result.error)
        return failed(
          result.ms,
          reasonOf('list', denial),
          `S3 refuses to list ${location.bucket}/${location.prefix}${because(denial)}.`,
          context.remedies.denied({ location, actions: ['s3:ListBucket'] }, denial),
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
              `S3 refuses ${finding.key} alone, without a reason, though it lets us read others: another account wrote and owns it.`,
              context.remedies.foreignObject({ location, key: finding.key, actions: ['s3:GetObject'] }),
              finding.denial,
            )
          case 'denied':
            return failed(
              finding.ms,
              reasonOf('read', finding.denial),
              `S3 refuses to read ${at(probes, index).location.bucket}/${finding.key}${because(finding.denial)}.`,
              context.remedies.denied({ location, key: finding.key, actions: ['s3:GetObject'] }, finding.denial),
              finding.denial,
            )
          case 'unclear':
            return inconclusive(finding.ms, finding.error)
        }
      })
    },
  }
}

/** The stable reason of a refused data request: who refused, as far as S3 says. */
export function reasonOf(access: 'list' | 'read' | 'write' | 'delete', denial: Denial): string {
  if (denial.effect === 'explicit') return `${access}.denied_explicitly`
  return denial.bare ? `${access}.denied` : `${access}.not_granted`
}

/** The part of a sentence that says who refused, in AWS's own terms. */
export function because(denial: Denial): string {
  if (denial.layer === undefined) return ' without saying why'
  const layer = {
    identity: 'the role’s own policies',
    resource: 'the bucket policy',
    session: 'the session policy',
    boundary: 'the permissions boundary',
    scp: 'a service control policy',
    rcp: 'a resource control policy',
    'vpc-endpoint': 'the VPC endpoint policy',
  }[denial.layer]
  if (denial.effect === 'explicit') return `: ${layer} denies ${denial.action ?? 'it'} explicitly`
  return `: nothing in ${layer} allows ${denial.action ?? 'it'}`
}

export function pick<T>(list: readonly T[], index: number): T {
  const found = list[index]
  if (found === undefined) throw new RangeError(`no location number ${index}`)
  return found
}
