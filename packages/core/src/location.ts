/** Names a cloud of the registry: `aws`, `gcp`, `azure`, `aliyun`, `s3` (any S3-compatible store), or one that an installation adds. */
export type CloudId = string

/**
 * A bucket (or container) and what lies under a prefix of it.
 *
 * `prefix` has no leading slash. It is '' for the whole bucket, ends with '/' for a folder,
 * and is the object's whole key where `extent` is 'object'.
 */
export interface Location {
  readonly cloud: CloudId
  readonly bucket: string
  readonly prefix: string
  readonly extent: 'bucket' | 'folder' | 'object'
  /** The storage account, on the clouds whose buckets live in one (Azure). */
  readonly account?: string
  /** The region, where the URL itself names it. */
  readonly region?: string
}

/** Whether `key` lies within the location: equal to it for one object, under its prefix otherwise. */
export function covers(location: Location, key: string): boolean {
  return location.extent === 'object' ? key === location.prefix : key.startsWith(location.prefix)
}

/** Whether everything in `inner` also lies in `outer`. */
export function contains(outer: Location, inner: Location): boolean {
  if (outer.cloud !== inner.cloud || outer.bucket !== inner.bucket || outer.account !== inner.account) return false
  if (outer.extent === 'object') return inner.extent === 'object' && inner.prefix === outer.prefix
  return inner.prefix.startsWith(outer.prefix)
}
