import { SAS_PARAMETERS, type Sas, accessError, parseSas } from '@sluice/core'

/** A SAS as it is stored, and what can be read in it. */
export interface SasToken {
  /** Without a question mark; its values as they were pasted. */
  readonly query: string
  readonly sas: Sas
  /** The storage account, where a whole URL was pasted. */
  readonly account?: string
}

const NAMES = new Set<string>(SAS_PARAMETERS)

/** Reads a SAS as the portal shows it: the token, with or without its question mark, a whole URL, or a connection string. */
export function readSasToken(text: string): SasToken {
  const pasted = /(?:^|;)SharedAccessSignature=([^;]+)/i.exec(text)?.[1] ?? text
  const mark = pasted.indexOf('?')
  const isUrl = /^https?:\/\//i.test(pasted)
  const query = isUrl ? sasOfUrl(pasted.slice(mark + 1)) : pasted.replace(/^\?/, '')
  const account = /https?:\/\/([a-z0-9]{3,24})\.(?:blob|dfs)\.core\.windows\.net(?:[:/?;]|$)/i.exec(text)?.[1]?.toLowerCase()
  const parsed = parseSas(query)
  if (!parsed.ok) throw accessError('azure.sas.malformed', { message: `This is not a SAS that can be used: ${parsed.problem}.` })
  return { query, sas: parsed.sas, ...(account === undefined ? {} : { account }) }
}

/** What of a URL's parameters is the SAS; others, such as `restype`, belong to the request it was copied from. */
function sasOfUrl(query: string): string {
  return query
    .split('&')
    .filter((parameter) => NAMES.has((parameter.split('=')[0] ?? '').toLowerCase()))
    .join('&')
}

/** The SAS for a request: each value encoded as Azure wants it, whichever way it was pasted. A plus sign that is not encoded reads as a blank there. */
export function sasQuery(token: string): string {
  return token
    .split('&')
    .filter((parameter) => parameter !== '')
    .map((parameter) => {
      const cut = parameter.indexOf('=')
      return `${parameter.slice(0, cut).toLowerCase()}=${encodeURIComponent(decodeURIComponent(parameter.slice(cut + 1)))}`
    })
    .join('&')
}

/** A SAS whose signature is blanked, but for where it has what only survives when it is encoded: what can be lost on the way is told by that. */
export function withoutSignature(token: string): string {
  return sasQuery(token).replace(/(?<=(^|&)sig=)[^&]*/, (signature) =>
    encodeURIComponent(decodeURIComponent(signature).replaceAll(/[A-Za-z0-9]/g, 'A')),
  )
}

/** When the SAS ends: with its own time or that of the key it is signed with; undefined where a stored access policy knows. */
export function sasEnd(sas: Sas): number | undefined {
  if (sas.kind === 'user-delegation') return Math.min(sas.expiresAt ?? Infinity, sas.key.expiresAt)
  return sas.expiresAt
}

/** What of a SAS may be shown: everything but its signature. Names begin with `sas`, for they stand beside the method's own fields. */
export function sasFacts(sas: Sas): { readonly [name: string]: string } {
  const scope: { readonly [name: string]: string | undefined } =
    sas.kind === 'account'
      ? { sasServices: sas.services, sasResourceTypes: sas.resourceTypes }
      : { sasResource: sas.resource, sasPolicy: sas.kind === 'service' ? sas.policy : undefined }
  const facts: { readonly [name: string]: string | undefined } = {
    sasKind: sas.kind,
    sasVersion: sas.version,
    sasPermissions: sas.permissions,
    ...scope,
    sasStartsAt: sas.startsAt === undefined ? undefined : new Date(sas.startsAt).toISOString(),
    sasExpiresAt: sas.expiresAt === undefined ? undefined : new Date(sas.expiresAt).toISOString(),
    sasProtocol: sas.protocol,
    sasAddresses: sas.addresses === undefined ? undefined : addressesText(sas.addresses),
  }
  return Object.fromEntries(Object.entries(facts).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}

function addressesText({ first, last }: NonNullable<Sas['addresses']>): string {
  return first === last ? first : `${first}-${last}`
}
