import { type CloudId, type Location, accessError } from '@sluice/core'

/** Bucket names as S3 has demanded them since 2018. https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET = /^[a-z0-9](?:[a-z0-9.-]{1,61})[a-z0-9]$/

/** A URL split by hand: the standard parser would resolve `..`, which must be seen to be refused. */
export interface SplitUrl {
  readonly scheme: string
  readonly authority: string
  readonly path: string
  readonly query: string
}

/** Splits a URL. One that carries a credential is refused at once, and nothing of it is ever repeated. */
export function splitUrl(text: string): SplitUrl {
  const match = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?(#.*)?$/is.exec(text.trim())
  if (match === null) throw accessError('location.invalid', { message: 'This is not a URL with a scheme, like s3://bucket/folder/.' })
  const [, scheme = '', authority = '', path = '', query = '', fragment] = match
  if (hasUser(authority, `${path}${query}${fragment ?? ''}`))
    throw accessError('location.credential', { message: 'The URL carries a user name or password before its bucket.' })
  if (hasCredential(query))
    throw accessError('location.credential', { message: 'The URL carries a credential or signature in its parameters.' })
  if (fragment !== undefined)
    throw accessError('location.invalid', {
      message: 'The URL has a fragment (#).',
      remedy: 'Write # as %23 where it is part of a key; leave it out otherwise.',
    })
  return { scheme: scheme.toLowerCase(), authority, path, query }
}

/** A password may hold slashes, so that the host comes only behind the first of them; and what follows a colon is a port, or somebody's secret. */
function hasUser(authority: string, rest: string): boolean {
  const colon = authority.indexOf(':')
  return authority.includes('@') || (colon >= 0 && (rest.includes('@') || !/^\d{0,5}$/.test(authority.slice(colon + 1))))
}

function hasCredential(query: string): boolean {
  return query.split('&').some((parameter) => {
    const name = parameter.split('=')[0]?.toLowerCase().replaceAll(/[_-]/g, '') ?? ''
    return /^(xamz|x-amz)|signature|secret|token|password|accesskey|awskey|credential|^sig$|sastoken|accountkey/.test(name)
  })
}

/** The bucket and the still encoded key that a URL names, as a location. */
export function locationOf(cloud: CloudId, bucket: string, rawKey: string, region?: string): Location {
  const prefix = decodedKey(checkedBucket(bucket), rawKey)
  return {
    cloud,
    bucket,
    prefix,
    extent: prefix === '' ? 'bucket' : prefix.endsWith('/') ? 'folder' : 'object',
    ...(region === undefined ? {} : { region }),
  }
}

/** Writes a location as a URL that parses back to the same: encoded where a character would mean something else. */
export function formatLocation(location: Location): string {
  // oxlint-disable-next-line no-control-regex
  const key = location.prefix.replaceAll(/[%?#*[\]\u0000-\u001F\u007F]|^\s|\s$/g, (character) =>
    encodeURIComponent(character).replace('*', '%2A'),
  )
  return `s3://${location.bucket}/${key}`
}

/** Refuses what is not a bucket's name, saying which rule it breaks. */
function checkedBucket(bucket: string): string {
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
  if (!BUCKET.test(bucket))
    refuse('names have 3 to 63 lower-case letters, digits, dots and hyphens, and begin and end with a letter or digit')
  if (bucket.includes('..') || /^\d+\.\d+\.\d+\.\d+$/.test(bucket)) refuse('it has two dots in a row, or looks like an address')
  return bucket
}

/** Decodes a key once and refuses what Sluice reads or writes nowhere: wildcards, `.` and `..`, an empty first folder, control characters. */
function decodedKey(bucket: string, raw: string): string {
  const file = raw.slice(raw.lastIndexOf('/') + 1)
  const folder = raw.slice(0, raw.length - file.length)
  if (/[*[\]]/.test(folder)) throw accessError('location.wildcard', { message: 'A folder of the URL has a wildcard.' })
  if (/[*[\]]/.test(file))
    throw accessError('location.wildcard', {
      message: 'The file name of the URL has a wildcard.',
      remedy: `Name the folder, s3://${bucket}/${folder}, and select files with PATTERN; write * as %2A where it is part of a key.`,
    })
  const key = decodeOnce(raw)
  if (key.startsWith('/')) throw badPath('begins with an empty folder (two slashes)')
  if (key.split('/').some((segment) => segment === '..' || segment === '.')) throw badPath('has a . or .. segment')
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001F\u007F]/.test(key)) throw badPath('has a control character')
  if (Buffer.byteLength(key) > 1_024) throw badPath('is longer than the 1,024 bytes a key may have')
  return key
}

function decodeOnce(raw: string): string {
  try {
    return decodeURIComponent(raw)
  } catch {
    throw accessError('location.invalid', {
      message: 'The path of the URL has a % that begins no escape.',
      remedy: 'Write % as %25 where it is part of a key.',
    })
  }
}

function badPath(because: string): Error {
  return accessError('location.invalid', {
    message: `The path of the URL ${because}.`,
    remedy: 'Write the plain path of a folder or file.',
  })
}
