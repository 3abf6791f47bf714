import { type Location, type PastedUrl, accessError } from '@sluice/core'
import { decodedKey, extentOf, formattedKey } from '../url/key-path.ts'
import { splitUrl } from '../url/split-url.ts'

/** Parses `webdav://share/folder/`: the share is the first folder below the endpoint, which is a setting of the connection. */
export function parseWebdavUrl(text: string): Location {
  // A share may have a colon in its name; one with an at sign would read like a user.
  const url = splitUrl(text, 'encoded')
  if (url.scheme !== 'webdav')
    throw accessError('location.invalid', {
      message: `${url.scheme}:// is not a URL of a WebDAV share.`,
      remedy: 'Write it like webdav://share/folder/, and the address of the server as the endpoint of the connection.',
    })
  if (url.query !== '')
    throw accessError('location.invalid', { message: 'The URL has a question mark.', remedy: 'Write ? as %3F where it is part of a name.' })
  const bucket = shareOf(url.authority)
  const prefix = decodedKey(url.path.slice(1), (folder) => `webdav://${url.authority}/${folder}`)
  if (/\/\//.test(prefix)) throw accessError('location.invalid', { message: 'The path of the URL has an empty folder (two slashes).' })
  return { cloud: 'webdav', bucket, prefix, extent: extentOf(prefix) }
}

/** Writes a location as a URL that parses back to the same. */
export function formatWebdavLocation({ bucket, prefix }: Location): string {
  return `webdav://${encodeURIComponent(bucket)}/${formattedKey(prefix)}`
}

/** Takes a user and a password out of `webdav://user:password@share/…`. */
export function splitWebdavCredential(text: string): PastedUrl {
  const match = /^(webdav:\/\/)([^:/?#@]+):([^/?#]+)@([^@/?#]+(?:\/.*)?)$/is.exec(text.trim())
  if (match === null) return { url: text }
  const [, scheme = '', user = '', password = '', rest = ''] = match
  try {
    const fields = { user: decodeURIComponent(user), password: decodeURIComponent(password) }
    return { url: `${scheme}${rest}`, credential: { method: 'password', fields } }
  } catch {
    return { url: text }
  }
}

function shareOf(authority: string): string {
  try {
    const share = decodeURIComponent(authority)
    // oxlint-disable-next-line no-control-regex
    if (!/^\.{0,2}$|[/\u0000-\u001F\u007F]/.test(share)) return share
  } catch {
    // Said below: it is no name either way.
  }
  throw accessError('location.invalid', { message: 'The URL names no share.', remedy: 'Write it like webdav://share/folder/.' })
}
