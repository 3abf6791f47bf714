import { accessError, type Connection, contains, type Location } from '@sluice/core'

/**
 * The connection's locations without those that lie in another one.
 * Refused when there is nothing to allow, nowhere to allow it, or a location that cannot be written into a policy.
 */
export function outermost(connection: Connection): readonly Location[] {
  if (connection.locations.length === 0)
    throw accessError('setup.no_location', { message: `Connection ${connection.name} names no location to narrow its policies to.` })
  if (connection.access.length === 0) throw accessError('setup.no_access', { message: `Connection ${connection.name} has no purpose yet.` })
  for (const { bucket, ...rest } of connection.locations)
    if (!/^[A-Za-z0-9._-]{3,255}$/.test(bucket) || !isPlain(rest))
      throw accessError('setup.location_malformed', {
        message: `A location in bucket ${bucket.slice(0, 255)} is neither a whole bucket, nor a folder, nor one object, or holds a control character.`,
        context: { bucket: bucket.slice(0, 255) },
      })
  return connection.locations.filter(
    (inner, index, all) =>
      !all.some((outer, other) => other !== index && contains(outer, inner) && (!contains(inner, outer) || other < index)),
  )
}

function isPlain({ extent, prefix }: Omit<Location, 'bucket'>): boolean {
  // oxlint-disable-next-line no-control-regex -- the range is the point
  if (!prefix.isWellFormed() || /[\u0000-\u001f\u007f]/.test(prefix)) return false
  if (extent === 'bucket') return prefix === ''
  return prefix !== '' && (extent === 'object' || prefix.endsWith('/'))
}
