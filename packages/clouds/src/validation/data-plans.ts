import type { CheckPlan, ValidationRun } from '@sluice/core'
import { grantNoBroader } from './breadth-check.ts'
import { bucketIsExpected, endpointAllowed, regionMatches } from './bucket-checks.ts'
import { cleanedUp } from './clean-up-check.ts'
import type { ValidationContext } from './context.ts'
import { encryptionKeyUsable } from './encryption-check.ts'
import { leaseRefusals } from './outside-checks.ts'
import { type LocationProbes, locationProbes } from './probes.ts'
import { listsUnderPrefix, readsObject } from './read-checks.ts'
import { readProbe } from './read-probe.ts'
import { deletesObject, writesObject } from './write-checks.ts'
import { writeProbes } from './write-probes.ts'

/** The checks of the data itself, the same for every store. */
export interface DataPlans extends Omit<ValidationRun, 'checks'> {
  readonly checks: readonly CheckPlan[]
  /** The requests behind them, for checks that a cloud adds. */
  readonly probes: readonly LocationProbes[]
  /** Starts what the first data check will wait for. */
  prefetch(signal: AbortSignal): void
}

/** `learn` is told each bucket's region as soon as it is known, so that no request has to find it out again. */
export function dataPlans(context: ValidationContext, learn: (bucket: string, region: string) => void): DataPlans {
  const probes = context.locations.map((location) => locationProbes(context, location))
  const reads = probes.map((own) => readProbe(context, own))
  const writes = probes.map((own) => writeProbes(context, own))
  const regions = new Set<string>()
  const owners = new Set<string>()
  return {
    checks: [
      endpointAllowed(context, probes),
      bucketIsExpected(context, probes, (owner) => owners.add(owner)),
      regionMatches(context, probes, (bucket, region) => {
        regions.add(region)
        learn(bucket, region)
      }),
      listsUnderPrefix(context, probes),
      readsObject(context, probes, reads),
      encryptionKeyUsable(context, reads, writes),
      writesObject(context, writes, reads, probes),
      deletesObject(context, writes),
      ...leaseRefusals(context, probes),
      grantNoBroader(context, probes),
      cleanedUp(context, writes, probes),
    ],
    probes,
    prefetch: (signal) => {
      for (const own of probes) void own.lease(signal)
    },
    leftovers: () => writes.flatMap((own) => own.leftovers()),
    discovered: () => {
      const region = only(regions)
      const bucketOwner = context.expectedOwner ?? only(owners)
      return {
        ...(bucketOwner === undefined ? {} : { bucketOwner }),
        ...(region === undefined ? {} : { region }),
      }
    },
  }
}

/** What is the same for all locations. */
function only(values: ReadonlySet<string>): string | undefined {
  const [value] = values
  return values.size === 1 ? value : undefined
}
