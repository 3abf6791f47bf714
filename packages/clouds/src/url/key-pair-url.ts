import type { PastedUrl } from '@sluice/core'

/** How one cloud's key pairs are found in URLs, and what the fields of its method `keys` are called. */
export interface KeyPairForm {
  /** The fields that a user name and a password amount to. */
  readonly id: string
  readonly secret: string
  /** Parameters by which people put a key pair into a URL, lower case and hyphenated, and the fields they mean. */
  readonly parameters: { readonly [parameter: string]: string }
}

/** Takes a key pair out of `scheme://KEY:SECRET@bucket/…` and `scheme://bucket/…?access-key=…&secret-access-key=…`. Anything else is left as it is. */
export function splitKeyPair(text: string, form: KeyPairForm): PastedUrl {
  return fromUser(text, form) ?? fromQuery(text, form) ?? { url: text }
}

/** The secret may hold slashes, so that the last @ before any query ends it. */
function fromUser(text: string, form: KeyPairForm): PastedUrl | undefined {
  const match = /^([a-z][a-z0-9+.-]*:\/\/)([^:/?#@]+):([^?#]+)@([^@?#]+)$/is.exec(text.trim())
  if (match === null) return undefined
  const [, scheme = '', id = '', encoded = '', rest = ''] = match
  const secret = decoded(encoded)
  return secret === undefined
    ? undefined
    : { url: `${scheme}${rest}`, credential: { method: 'keys', fields: { [form.id]: id, [form.secret]: secret } } }
}

function fromQuery(text: string, form: KeyPairForm): PastedUrl | undefined {
  const [before = '', query, ...more] = text.trim().split('?')
  if (query === undefined || more.length > 0) return undefined
  const fields: { [name: string]: string } = {}
  for (const parameter of query.split('&')) {
    const [name = '', ...value] = parameter.split('=')
    const field = form.parameters[name.toLowerCase().replaceAll('_', '-')]
    const text = decoded(value.join('='))
    if (field === undefined || text === undefined) return undefined
    fields[field] = text
  }
  return fields[form.secret] === undefined ? undefined : { url: before, credential: { method: 'keys', fields } }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
