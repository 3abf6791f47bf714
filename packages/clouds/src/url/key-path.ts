import { type Location, accessError } from '@sluice/core'

/** Decodes a key once and refuses what Sluice reads or writes nowhere: wildcards, `.` and `..`, an empty first folder, control characters. */
export function decodedKey(raw: string, folderUrl: (folder: string) => string): string {
  const file = raw.slice(raw.lastIndexOf('/') + 1)
  const folder = raw.slice(0, raw.length - file.length)
  if (/[*[\]]/.test(folder)) throw accessError('location.wildcard', { message: 'A folder of the URL has a wildcard.' })
  if (/[*[\]]/.test(file))
    throw accessError('location.wildcard', {
      message: 'The file name of the URL has a wildcard.',
      remedy: `Name the folder, ${folderUrl(folder)}, and select files with PATTERN; write * as %2A where it is part of a key.`,
    })
  const key = decodeOnce(raw)
  if (key.startsWith('/')) throw badPath('begins with an empty folder (two slashes)')
  if (key.split('/').some((segment) => segment === '..' || segment === '.')) throw badPath('has a . or .. segment')
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001F\u007F]/.test(key)) throw badPath('has a control character')
  if (!key.isWellFormed()) throw badPath('is not well-formed Unicode: it has half of a surrogate pair')
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

/** The key part of a URL that parses back to the same key: encoded where a character would mean something else. */
export function formattedKey(key: string): string {
  // oxlint-disable-next-line no-control-regex
  return key.replaceAll(/[%?#*[\]\u0000-\u001F\u007F]|^\s|\s$/g, (character) => encodeURIComponent(character).replace('*', '%2A'))
}

/** What of the bucket a key names: all of it, a folder, or one object. */
export function extentOf(prefix: string): Location['extent'] {
  if (prefix === '') return 'bucket'
  return prefix.endsWith('/') ? 'folder' : 'object'
}
