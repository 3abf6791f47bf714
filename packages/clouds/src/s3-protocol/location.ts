import { type CloudId, type Location, accessError } from '@sluice/core'
import { decodedKey, extentOf, formattedKey } from '../url/key-path.ts'

/** Bucket names as S3 has demanded them since 2018. https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET = /^[a-z0-9](?:[a-z0-9.-]{1,61})[a-z0-9]$/

/** The bucket and the still encoded key that a URL names, as a location. */
export function locationOf(cloud: CloudId, bucket: string, rawKey: string, region?: string): Location {
  checkedBucket(bucket)
  const prefix = decodedKey(rawKey, (folder) => `s3://${bucket}/${folder}`)
  return {
    cloud,
    bucket,
    prefix,
    extent: extentOf(prefix),
    ...(region === undefined ? {} : { region }),
  }
}

/** Writes a location as a URL that parses back to the same: encoded where a character would mean something else. */
export function formatLocation(location: Location): string {
  return `s3://${location.bucket}/${formattedKey(location.prefix)}`
}

/** Refuses what is not a bucket's name, saying which rule it breaks. */
function checkedBucket(bucket: string): void {
  const refuse = (because: string, remedy?: string): never => {
    throw accessError('location.invalid', {
      message: `${JSON.stringify(bucket.slice(0, 80))} is not a bucket name: ${because}.`,
      ...(remedy ? { remedy } : {}),
    })
  }
  if (bucket === '') refuse('it is empty', 'Write it like s3://bucket/folder/.')
  if (/[*?[\]]/.test(bucket)) throw accessError('location.wildcard', { message: 'The bucket name has a wildcard.' })
  if (/[A-Z]/.test(bucket) && BUCKET.test(bucket.toLowerCase()))
    refuse('bucket names have no capitals', `Did you mean s3://${bucket.toLowerCase()}/?`)
  if (bucket.includes(':')) refuse('a port or a colon is not part of it')
  if (bucket.endsWith('--x-s3')) refuse('directory buckets (S3 Express) are not supported', 'Use a general purpose bucket.')
  // No bucket's name may end so: policies know an access point by its ARN alone, which an alias does not tell.
  if (/-s3alias$|--ol-s3$/.test(bucket)) refuse('access points are not supported', 'Name the bucket behind it: s3://bucket/folder/.')
  if (!BUCKET.test(bucket))
    refuse('names have 3 to 63 lower-case letters, digits, dots and hyphens, and begin and end with a letter or digit')
  if (bucket.includes('..') || /^\d+\.\d+\.\d+\.\d+$/.test(bucket)) refuse('it has two dots in a row, or looks like an address')
}
