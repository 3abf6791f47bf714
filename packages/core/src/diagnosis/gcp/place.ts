import type { Observation } from '../case.ts'
import type { Facts } from '../facts.ts'

/** A bucket, and in it an object or the beginning of the names of objects. */
export interface Place {
  readonly bucket: string
  readonly key: string
}

/** Where the connection may go. */
export function locationOf({ connection }: Pick<Facts, 'connection'>): Place | undefined {
  return placeIn(connection.location)
}

/** What one request was for: its target, or the connection's location where that does not say. */
export function placeOf(observation: Observation, facts: Pick<Facts, 'connection'>): Place | undefined {
  const location = locationOf(facts)
  const own = placeIn(observation.target)
  if (own !== undefined) return own.key === '' && location?.bucket === own.bucket ? location : own
  // A target that is no URL is a name in the connection's bucket, or the bucket itself.
  if (location === undefined || observation.target === undefined || /[:*]/.test(observation.target)) return location
  const name = observation.target.trim().replace(/^\//, '')
  return name === location.bucket ? location : { bucket: location.bucket, key: name }
}

/** Forms in which a bucket and a name in it are written. */
const FORMS: readonly RegExp[] = [
  /^gc?s:\/\/(?<bucket>[^/?#]+)\/?(?<key>[^?#]*)/i,
  /^(?:\/\/storage\.googleapis\.com\/)?projects\/[^/]+\/buckets\/(?<bucket>[^/]+)(?:\/objects\/(?<key>.*))?$/i,
  /^https?:\/\/[^/]+\/(?:(?:upload|download|resumable\/upload)\/)?storage\/v1\/b\/(?<bucket>[^/?#]+)(?:\/o\/?(?<encoded>[^?#]*))?/i,
  /^(?:\/?b\/)(?<bucket>[^/?#]+)(?:\/o\/?(?<encoded>[^?#]*))?$/i,
  /^https?:\/\/(?<bucket>[a-z0-9][a-z0-9._-]+)\.storage\.googleapis\.com\/?(?<key>[^?#]*)/i,
  /^https?:\/\/storage\.(?:googleapis|cloud\.google)\.com\/(?<bucket>[^/?#]+)\/?(?<key>[^?#]*)/i,
]

function placeIn(text: string | undefined): Place | undefined {
  const groups = FORMS.map((form) => form.exec(text?.trim() ?? '')?.groups).find((found) => found !== undefined)
  const bucket = groups?.['bucket']
  if (groups === undefined || bucket === undefined) return undefined
  const encoded = groups['encoded']
  return { bucket, key: encoded === undefined ? (groups['key'] ?? '') : decoded(encoded) }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
