import type { PastedUrl } from '@sluice/core'

/** Parameters by which people put a key pair into a URL: TiDB's, and the names of the fields themselves. */
const PARAMETERS: { readonly [name: string]: string } = {
  'access-key': 'accessKeyId',
  'access-key-id': 'accessKeyId',
  'secret-access-key': 'secretAccessKey',
  'session-token': 'sessionToken',
}

/** Takes a key pair out of `s3://KEY:SECRET@bucket/…` and `s3://bucket/…?access-key=…&secret-access-key=…`. Anything else is left as it is. */
export function splitS3Credential(text: string): PastedUrl {
  return fromUser(text) ?? fromQuery(text) ?? { url: text }
}

/** The secret may hold slashes, so that the last @ before any query ends it. */
function fromUser(text: string): PastedUrl | undefined {
  const match = /^([a-z][a-z0-9+.-]*:\/\/)([^:/?#@]+):([^?#]+)@([^@?#]+)$/is.exec(text.trim())
  if (match === null) return undefined
  const [, scheme = '', accessKeyId = '', secret = '', rest = ''] = match
  const secretAccessKey = decoded(secret)
  return secretAccessKey === undefined
    ? undefined
    : { url: `${scheme}${rest}`, credential: { method: 'keys', fields: { accessKeyId, secretAccessKey } } }
}

function fromQuery(text: string): PastedUrl | undefined {
  const [before = '', query, ...more] = text.trim().split('?')
  if (query === undefined || more.length > 0) return undefined
  const fields: { [name: string]: string } = {}
  for (const parameter of query.split('&')) {
    const [name = '', ...value] = parameter.split('=')
    const field = PARAMETERS[name.toLowerCase().replaceAll('_', '-')]
    const text = decoded(value.join('='))
    if (field === undefined || text === undefined) return undefined
    fields[field] = text
  }
  return fields['secretAccessKey'] === undefined ? undefined : { url: before, credential: { method: 'keys', fields } }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
