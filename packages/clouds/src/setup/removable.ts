import type { Connection } from '@sluice/core'

/** What may have been added for a holder in policies of others: those of buckets, and of the keys that things in them are encrypted with. */
export function statementsFor(holder: string, { settings, locations }: Pick<Connection, 'settings' | 'locations'>): readonly string[] {
  const keys = new Set([...(settings.kmsReadKeys ?? []), ...(settings.kmsWriteKeys ?? [])])
  const buckets = new Set(locations.map((location) => location.bucket))
  return [
    ...[...keys].map((key) => `The statement for ${holder} in the policy of the key ${key}, if one was added.`),
    ...[...buckets].map((bucket) => `The statement for ${holder} in the policy of the bucket ${bucket}, if one was added.`),
  ]
}

export const NOTHING_REMOVABLE: readonly string[] = ['Nothing: the connection used public access only.']
