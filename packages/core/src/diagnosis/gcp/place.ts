import type { Observation } from '../case.ts'
import type { Facts } from '../facts.ts'
import { percentDecoded } from '../percent-decoded.ts'
import { requestPlace, type Place } from '../bucket-place.ts'

/** Where the connection may go. */
export function locationOf({ connection }: Pick<Facts, 'connection'>): Place | undefined {
  return placeIn(connection.location)
}

/** What one request was for: its target, or the connection's location where that does not say. */
export function placeOf(observation: Observation, facts: Pick<Facts, 'connection'>): Place | undefined {
  return requestPlace(observation.target, placeIn(observation.target), locationOf(facts))
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
  return { bucket, key: encoded === undefined ? (groups['key'] ?? '') : percentDecoded(encoded) }
}
