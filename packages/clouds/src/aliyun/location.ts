import { type Location, accessError } from '@sluice/core'
import { decodedKey, extentOf, formattedKey } from '../url/key-path.ts'

/** https://help.aliyun.com/en/oss/user-guide/bucket-naming-conventions */
const BUCKET = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/

/** The bucket and the still encoded key that a URL names, as a location. */
export function locationOf(bucket: string, rawKey: string, region?: string): Location {
  checkedBucket(bucket)
  const prefix = decodedKey(rawKey, (folder) => `oss://${bucket}/${folder}`)
  if (prefix.startsWith('\\') || Buffer.byteLength(prefix) > 1_023)
    throw accessError('location.invalid', {
      message: 'The path of the URL begins with a backslash, or is longer than the 1,023 bytes a key of OSS may have.',
      remedy: 'Write the plain path of a folder or file.',
    })
  return { cloud: 'aliyun', bucket, prefix, extent: extentOf(prefix), ...(region === undefined ? {} : { region }) }
}

/** Writes a location as a URL that parses back to the same: encoded where a character would mean something else. */
export function formatOssLocation(location: Location): string {
  return `oss://${location.bucket}/${formattedKey(location.prefix)}`
}

/** Refuses what is not a bucket's name, saying which rule it breaks. */
function checkedBucket(bucket: string): void {
  const refuse = (because: string, remedy?: string): never => {
    throw accessError('location.invalid', {
      message: `${JSON.stringify(bucket.slice(0, 80))} is not a bucket name: ${because}.`,
      ...(remedy ? { remedy } : {}),
    })
  }
  if (bucket === '') refuse('it is empty', 'Write it like oss://bucket/folder/.')
  if (/[*?[\]]/.test(bucket)) throw accessError('location.wildcard', { message: 'The bucket name has a wildcard.' })
  if (/[A-Z]/.test(bucket) && BUCKET.test(bucket.toLowerCase()))
    refuse('bucket names have no capitals', `Did you mean oss://${bucket.toLowerCase()}/?`)
  if (bucket.includes('.'))
    refuse('OSS allows no dots in it', 'Write the bucket alone, like oss://bucket/folder/; the region is a setting of the connection.')
  if (!BUCKET.test(bucket)) refuse('names have 3 to 63 lower-case letters, digits and hyphens, and begin and end with a letter or digit')
}
