import { accessError } from '@sluice/core'

/** A URL split by hand: the standard parser would resolve `..`, which must be seen to be refused. */
export interface SplitUrl {
  readonly scheme: string
  readonly authority: string
  readonly path: string
  readonly query: string
}

/**
 * Splits a URL. One that carries a credential is refused at once, and nothing of it is ever repeated.
 * `encoded`: what stands before the path is a name of any characters, written as URLs write them, and no host.
 */
export function splitUrl(text: string, before: 'host' | 'encoded' = 'host'): SplitUrl {
  const match = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?(#.*)?$/is.exec(text.trim())
  if (match === null) throw accessError('location.invalid', { message: 'This is not a URL with a scheme, like s3://bucket/folder/.' })
  const [, scheme = '', authority = '', path = '', query = '', fragment] = match
  if (hasUser(before === 'encoded' ? authority.replaceAll(/%3a/gi, '') : authority, `${path}${query}${fragment ?? ''}`))
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
  // No host needs these encoded, or in the wide forms of other scripts: a user and a password that were pasted through a tool do.
  if (/%(?:25)*(?:40|3a)|[\uFF1A\uFF20\uFE55\uFE6B]/i.test(authority)) return true
  const colon = authority.indexOf(':')
  return authority.includes('@') || (colon >= 0 && (rest.includes('@') || !/^\d{0,5}$/.test(authority.slice(colon + 1))))
}

function hasCredential(query: string): boolean {
  return query.split('&').some((parameter) => {
    const name = parameter.split('=')[0]?.toLowerCase().replaceAll(/[_-]/g, '') ?? ''
    return /^(xamz|x-amz)|signature|secret|token|password|accesskey|awskey|credential|^sig$|sastoken|accountkey/.test(name)
  })
}
