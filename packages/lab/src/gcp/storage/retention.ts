import { GoogleError } from '../error.ts'
import type { Bucket, StoredObject } from '../state/types.ts'

/** Until when the bucket's retention policy keeps an object; undefined without one, and while an event-based hold stops the clock. */
export function retainedUntil(bucket: Bucket, object: StoredObject): number | undefined {
  if (bucket.retentionSeconds === undefined || object.eventBasedHold) return undefined
  return object.retainedFrom + bucket.retentionSeconds * 1000
}

/** Throws where an object must be neither deleted nor replaced. A hold is told from a missing permission by its words alone. */
export function demandReleased(bucket: Bucket, object: StoredObject, now: number): void {
  const name = `${bucket.name}/${object.key}`
  const hold = object.temporaryHold ? 'Temporary' : object.eventBasedHold ? 'Event-Based' : undefined
  if (hold !== undefined)
    throw new GoogleError(
      403,
      'forbidden',
      `Object '${name}' is under active ${hold} hold and cannot be deleted, overwritten or archived until hold is removed.`,
    )
  const until = retainedUntil(bucket, object)
  if (until !== undefined && until > now)
    throw new GoogleError(
      403,
      'retentionPolicyNotMet',
      `Object '${name}' is subject to bucket's retention policy or object retention and cannot be deleted or overwritten until ${new Date(until).toISOString()}`,
    )
}
