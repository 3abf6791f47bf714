import { ACCESSES, type Access, type Location } from '@sluice/core'

/**
 * What we will and will not be able to do, in words an admin can agree to. `scheme` is how the cloud's URLs begin: `s3://`.
 * `writing` is what is said of writing beside, where it does not include replacing; `buckets` is what the cloud calls them.
 */
export function promiseOf(
  access: readonly Access[],
  locations: readonly Location[],
  scheme: string,
  writing = ' Writing includes replacing existing objects.',
  buckets = 'buckets',
): string {
  const can = ACCESSES.filter((one) => access.includes(one))
  const cannot = ACCESSES.filter((one) => !access.includes(one))
  const overwriting = access.includes('write') ? writing : ''
  return `Sluice will be able to ${words(can, 'and')} ${words(
    locations.map((location) => shown(location, scheme)),
    'and',
  )}. It will not be able to ${words([...cannot, `see ${others(locations, buckets)}`], 'or')}.${overwriting}`
}

function shown(location: Location, scheme: string): string {
  const url = `${scheme}${location.bucket}/${location.prefix}`
  return location.extent === 'object' ? url : `${url}*`
}

function others(locations: readonly Location[], buckets: string): string {
  if (locations.every((location) => location.extent === 'bucket')) return `other ${buckets}`
  if (locations.every((location) => location.extent === 'object')) return 'other objects'
  return locations.some((location) => location.extent === 'bucket') ? 'anything else' : 'other prefixes'
}

/** `a`, `a and b`, `a, b and c`. */
export function words(items: readonly string[], last: 'and' | 'or'): string {
  if (items.length < 2) return items.join('')
  return `${items.slice(0, -1).join(', ')} ${last} ${items.at(-1)}`
}
