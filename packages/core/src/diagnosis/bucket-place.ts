/** A bucket, and in it an object or the beginning of the names of objects, as far as anything says. */
export interface Place {
  readonly bucket: string
  readonly key: string
}

/** What one request was for: `own`, what its target says as a URL, or the connection's location where that does not say. */
export function requestPlace(target: string | undefined, own: Place | undefined, location: Place | undefined): Place | undefined {
  if (own !== undefined) return own.key === '' && location?.bucket === own.bucket ? location : own
  // A target that is no URL is a name in the connection's bucket, or the bucket itself.
  if (location === undefined || target === undefined || /[:*]/.test(target)) return location
  const name = target.trim().replace(/^\//, '')
  return name === location.bucket ? location : { bucket: location.bucket, key: name }
}

/** A request for a folder stands for one for any object in it. */
export function keyUnder(key: string): string {
  return key === '' || key.endsWith('/') ? `${key}sluice-object` : key
}
