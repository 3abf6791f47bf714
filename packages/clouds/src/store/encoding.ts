import { accessError } from '@sluice/core'

/** Percent-encodes as Signature Version 4 does: everything but letters, digits and `-_.~`. https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html */
export function encodeSegment(text: string): string {
  try {
    return encodeURIComponent(text).replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
  } catch {
    throw accessError('object.key', { message: 'The key is not well-formed Unicode: it has half of a surrogate pair.' })
  }
}

/** A key as a path: encoded once, its slashes kept, `..` left alone, for S3 does not resolve paths. */
export function encodeKey(key: string): string {
  return key.split('/').map(encodeSegment).join('/')
}

/** A query string in the form that is signed. */
export function encodeQuery(query: { readonly [name: string]: string }): string {
  return Object.entries(query)
    .map(([name, value]) => `${encodeSegment(name)}=${encodeSegment(value)}`)
    .join('&')
}

/** Undoes `encoding-type=url` of a listing, where a space is a plus. */
export function decodeListed(text: string): string {
  if (!/[%+]/.test(text)) return text
  try {
    return decodeURIComponent(text.replaceAll('+', '%20'))
  } catch {
    throw accessError('network.protocol', { message: 'The listing holds a key that is not encoded as asked for.' })
  }
}

/** Text as the content of an XML element. */
export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
