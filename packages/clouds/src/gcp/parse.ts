import { type Location, accessError } from '@sluice/core'
import { decodedKey, extentOf, formattedKey } from '../url/key-path.ts'
import { type SplitUrl, splitUrl } from '../url/split-url.ts'

/**
 * Parses every form in which a place in Cloud Storage is pasted: `gs://` and `gcs://`, the https URLs of its APIs and of the browser,
 * and those of the console. Nothing but the path is decoded, and that once.
 */
export function parseGcpUrl(text: string): Location {
  const url = splitUrl(text)
  if (url.scheme === 'gs' || url.scheme === 'gcs') {
    refuseQuery(url)
    return locationOf(url.authority, url.path.slice(1))
  }
  if (url.scheme === 'https' || url.scheme === 'http') return parseHttps(url)
  throw accessError('location.invalid', {
    message: `${url.scheme}:// is not a URL of Google Cloud.`,
    remedy: 'Write it like gs://bucket/folder/.',
  })
}

/** Writes a location as a URL that parses back to the same: encoded where a character would mean something else. */
export function formatGcpLocation(location: Location): string {
  return `gs://${location.bucket}/${formattedKey(location.prefix)}`
}

function parseHttps(url: SplitUrl): Location {
  const host = url.authority.toLowerCase().replace(/:443$/, '')
  if (host === 'console.cloud.google.com') return parseConsole(url)
  // The parameter that the browser adds says which of several logins is meant.
  refuseQuery(url, host === 'storage.cloud.google.com' ? ['authuser'] : ['alt'])
  if (host === 'storage.googleapis.com' || host === 'www.googleapis.com') {
    const api = /^\/(?:download\/|upload\/)?storage\/v1\/b\/([^/]+)(?:\/o(?:\/([^/]*))?)?\/?$/.exec(url.path)
    if (api !== null) return locationOf(api[1] ?? '', (api[2] ?? '').replaceAll(/%2F/gi, '/'))
  }
  if (host === 'storage.googleapis.com' || host === 'storage.cloud.google.com') {
    const [bucket = '', ...key] = url.path.slice(1).split('/')
    return locationOf(bucket, key.join('/'))
  }
  const bucket = /^(.+)\.storage\.googleapis\.com$/.exec(host)?.[1]
  if (bucket !== undefined) return locationOf(bucket, url.path.slice(1))
  throw accessError('location.invalid', {
    message: `${host.slice(0, 100)} is not a host of Cloud Storage.`,
    remedy: 'Write it like gs://bucket/folder/.',
  })
}

/** `/storage/browser/BUCKET/FOLDER;tab=objects?prefix=P` and `/storage/browser/_details/BUCKET/KEY;tab=live_object`. */
function parseConsole(url: SplitUrl): Location {
  const page = /^\/storage\/browser\/(_details\/)?([^/;]+)\/?([^;]*)/.exec(url.path)
  if (page === null)
    throw accessError('location.invalid', { message: 'This page of the Google Cloud console is not that of a bucket or object.' })
  const [, details, bucket = '', path = ''] = page
  if (details !== undefined) return locationOf(bucket, path)
  const filter = new URLSearchParams(url.query).get('prefix') ?? ''
  const folder = path === '' || path.endsWith('/') ? path : `${path}/`
  // The filter is what a person was typing last, below the folder that is open; only one that names a folder is a place.
  return locationOf(bucket, folder + (filter.endsWith('/') ? encodeURI(filter) : ''))
}

function refuseQuery(url: SplitUrl, harmless: readonly string[] = []): void {
  if (url.query === '') return
  const names = url.query.split('&').map((parameter) => parameter.split('=')[0]?.slice(0, 40) ?? '')
  if (names.some((name) => /^upload_?id$|^googleaccessid$/i.test(name)))
    throw accessError('location.credential', { message: 'The URL carries a credential or signature in its parameters.' })
  const name = names.find((one) => !harmless.includes(one))
  if (name === undefined) return
  const wildcard = url.scheme !== 'https' && !url.query.includes('=')
  if (wildcard) throw accessError('location.wildcard', { message: 'The URL has a question mark.' })
  throw accessError('location.invalid', {
    message: `The URL has the parameter ${JSON.stringify(name)}, and a location takes none.`,
    remedy: 'Leave everything from the question mark on out.',
  })
}

/** https://cloud.google.com/storage/docs/buckets#naming */
const BUCKET = /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/

function locationOf(bucket: string, rawKey: string): Location {
  checkedBucket(bucket)
  const prefix = decodedKey(rawKey, (folder) => `gs://${bucket}/${folder}`)
  return { cloud: 'gcp', bucket, prefix, extent: extentOf(prefix) }
}

/** Refuses what is not a bucket's name, saying which rule it breaks. */
function checkedBucket(bucket: string): void {
  const refuse = (because: string, remedy?: string): never => {
    throw accessError('location.invalid', {
      message: `${JSON.stringify(bucket.slice(0, 80))} is not a bucket name: ${because}.`,
      ...(remedy ? { remedy } : {}),
    })
  }
  if (bucket === '') refuse('it is empty', 'Write it like gs://bucket/folder/.')
  if (/[*?[\]]/.test(bucket)) throw accessError('location.wildcard', { message: 'The bucket name has a wildcard.' })
  if (/[A-Z]/.test(bucket) && BUCKET.test(bucket.toLowerCase()))
    refuse('bucket names have no capitals', `Did you mean gs://${bucket.toLowerCase()}/?`)
  if (bucket.includes(':')) refuse('a port or a colon is not part of it')
  if (!BUCKET.test(bucket))
    refuse('names have 3 to 63 lower-case letters, digits, dots, hyphens and underscores, and begin and end with a letter or digit')
  if (bucket.split('.').some((part) => part === '' || part.length > 63) || /^\d+\.\d+\.\d+\.\d+$/.test(bucket))
    refuse('a part of it between dots is empty or longer than 63, or it looks like an address')
}
