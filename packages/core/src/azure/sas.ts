/** What a blob SAS is for: a container, a directory of a hierarchical account, one blob, or a snapshot or version of one. */
export type SasResource = 'c' | 'd' | 'b' | 'bs' | 'bv'

interface SasCommon {
  /** `sv`: the version whose rules the signature and the fields follow. */
  readonly version: string
  /** `sp`. Absent where a stored access policy holds them. */
  readonly permissions?: string
  /** Milliseconds since the epoch. */
  readonly startsAt?: number
  /** Absent where a stored access policy holds it. */
  readonly expiresAt?: number
  readonly protocol: 'https' | 'https,http'
  /** `sip`: one address or a range of them, IPv4 only. */
  readonly addresses?: { readonly first: string; readonly last: string }
  readonly encryptionScope?: string
}

/** Signed with an account key, for whole services of an account. */
export interface AccountSas extends SasCommon {
  readonly kind: 'account'
  /** `ss`: b, f, q and t. */
  readonly services: string
  /** `srt`: s, c and o. */
  readonly resourceTypes: string
}

/** Signed with an account key, for one container, directory or blob. */
export interface ServiceSas extends SasCommon {
  readonly kind: 'service'
  readonly resource: SasResource
  /** `sdd`: how many folders deep the directory lies. */
  readonly directoryDepth?: number
  /** `si`: a stored access policy of the container. */
  readonly policy?: string
}

/** Signed with a key that Entra vouches for: it can do no more than the identity behind it. */
export interface UserDelegationSas extends SasCommon {
  readonly kind: 'user-delegation'
  readonly resource: SasResource
  readonly directoryDepth?: number
  readonly key: DelegationKeyFields
}

/** What a user-delegation SAS says of the key it is signed with. */
export interface DelegationKeyFields {
  /** Object id of the identity that asked for the key. */
  readonly objectId: string
  readonly tenantId: string
  readonly startsAt: number
  readonly expiresAt: number
}

/** A shared access signature without its signature: safe to show and to log. */
export type Sas = AccountSas | ServiceSas | UserDelegationSas

export type SasParseResult = { readonly ok: true; readonly sas: Sas } | { readonly ok: false; readonly problem: string }

/** Query parameters that belong to a SAS: what is to be kept apart from a URL. */
export const SAS_PARAMETERS = [
  'sv',
  'ss',
  'srt',
  'spr',
  'st',
  'se',
  'sip',
  'si',
  'ses',
  'skoid',
  'sktid',
  'skt',
  'ske',
  'sks',
  'skv',
  'sr',
  'sp',
  'rscc',
  'rscd',
  'rsce',
  'rscl',
  'rsct',
  'saoid',
  'suoid',
  'scid',
  'sdd',
  'sduoid',
  'skdutid',
  'srh',
  'srq',
  'sig',
] as const

/**
 * Reads a SAS as it is pasted: a query string, with or without its question mark.
 * The kind follows from the fields alone: `ss` and `srt` make an account SAS, `skoid` a user-delegation SAS, `sr` a service SAS.
 * https://learn.microsoft.com/rest/api/storageservices/delegate-access-with-shared-access-signature
 */
export function parseSas(text: string): SasParseResult {
  const fields = readFields(text.trim().replace(/^\?/, ''))
  if (typeof fields === 'string') return { ok: false, problem: fields }
  const sas = sasOf(fields)
  return typeof sas === 'string' ? { ok: false, problem: sas } : { ok: true, sas }
}

type Fields = ReadonlyMap<string, string>

function readFields(query: string): Fields | string {
  const fields = new Map<string, string>()
  const known = new Set<string>(SAS_PARAMETERS)
  for (const part of query.split('&')) {
    if (part === '') continue
    const cut = part.indexOf('=')
    const name = (cut < 0 ? part : part.slice(0, cut)).toLowerCase()
    // What is not ours could be anything, a secret too: it is not repeated.
    if (!known.has(name)) return 'it has a field that no SAS has'
    if (fields.has(name)) return `it has the field ${name} twice`
    const value = decoded(cut < 0 ? '' : part.slice(cut + 1))
    if (value === undefined) return `its field ${name} is not percent-encoded properly`
    fields.set(name, value)
  }
  return fields
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

function sasOf(fields: Fields): Sas | string {
  const signature = signatureProblem(fields.get('sig'))
  if (signature !== undefined) return signature
  const common = commonOf(fields)
  if (typeof common === 'string') return common
  if (fields.has('ss') || fields.has('srt')) return accountSas(fields, common)
  if (fields.has('skoid')) return delegationSas(fields, common)
  return serviceSas(fields, common)
}

/** A SHA-256 is 32 bytes: 44 characters of base64. A `+` that became a blank on the way is told apart, since it is so common. */
function signatureProblem(signature: string | undefined): string | undefined {
  if (signature === undefined || signature === '') return 'it has no signature (sig)'
  if (signature.includes(' ')) return 'its signature (sig) has blanks where plus signs were: it was decoded once too often'
  if (!/^[A-Za-z0-9+/]{43}=$/.test(signature)) return 'its signature (sig) is not whole'
  return undefined
}

function commonOf(fields: Fields): SasCommon | string {
  const version = fields.get('sv') ?? ''
  if (!/^\d{4}-\d{2}-\d{2}$/.test(version)) return 'its version (sv) is missing or not a date'
  const times = readTimes(fields, ['st', 'se'])
  if (typeof times === 'string') return times
  const protocol = fields.get('spr') ?? 'https,http'
  if (protocol !== 'https' && protocol !== 'https,http') return 'its protocol (spr) is neither https nor https,http'
  const permissions = fields.get('sp')
  if (permissions !== undefined && !/^[a-z]+$/.test(permissions)) return 'its permissions (sp) are not lower-case letters'
  const addresses = addressesOf(fields.get('sip'))
  if (addresses === 'malformed') return 'its addresses (sip) are neither an IPv4 address nor a range of them'
  const scope = fields.get('ses')
  return {
    version,
    protocol,
    ...(permissions === undefined ? {} : { permissions }),
    ...(times['st'] === undefined ? {} : { startsAt: times['st'] }),
    ...(times['se'] === undefined ? {} : { expiresAt: times['se'] }),
    ...(addresses === undefined ? {} : { addresses }),
    ...(scope === undefined ? {} : { encryptionScope: scope }),
  }
}

function accountSas(fields: Fields, common: SasCommon): AccountSas | string {
  const services = fields.get('ss') ?? ''
  const resourceTypes = fields.get('srt') ?? ''
  if (!/^[bfqt]+$/.test(services)) return 'its services (ss) are missing or not of b, f, q and t'
  if (!/^[sco]+$/.test(resourceTypes)) return 'its resource types (srt) are missing or not of s, c and o'
  // An account SAS knows no stored access policies: everything stands in it.
  if (common.permissions === undefined) return 'it has no permissions (sp)'
  if (common.expiresAt === undefined) return 'it has no expiry (se)'
  return { kind: 'account', ...common, services, resourceTypes }
}

function serviceSas(fields: Fields, common: SasCommon): ServiceSas | string {
  const target = targetOf(fields)
  if (typeof target === 'string') return target
  const policy = fields.get('si')
  if (policy === undefined && common.permissions === undefined) return 'it has neither permissions (sp) nor a stored access policy (si)'
  if (policy === undefined && common.expiresAt === undefined) return 'it has neither an expiry (se) nor a stored access policy (si)'
  return { kind: 'service', ...common, ...target, ...(policy === undefined ? {} : { policy }) }
}

function delegationSas(fields: Fields, common: SasCommon): UserDelegationSas | string {
  const target = targetOf(fields)
  if (typeof target === 'string') return target
  if (common.permissions === undefined) return 'it has no permissions (sp)'
  if (common.expiresAt === undefined) return 'it has no expiry (se)'
  const times = readTimes(fields, ['skt', 'ske'])
  if (typeof times === 'string') return times
  const { skt, ske } = times
  const tenantId = fields.get('sktid')
  if (tenantId === undefined || skt === undefined || ske === undefined)
    return 'it does not say whose key it is signed with (sktid, skt and ske)'
  return {
    kind: 'user-delegation',
    ...common,
    ...target,
    key: { objectId: fields.get('skoid') ?? '', tenantId, startsAt: skt, expiresAt: ske },
  }
}

function targetOf(fields: Fields): { readonly resource: SasResource; readonly directoryDepth?: number } | string {
  const resource = RESOURCES.find((known) => known === fields.get('sr'))
  if (resource === undefined) return 'it does not say what it is for: it has neither sr nor ss and srt'
  const depth = fields.get('sdd')
  if (resource === 'd' && !/^\d{1,3}$/.test(depth ?? '')) return 'it is for a directory and does not say how deep that lies (sdd)'
  return { resource, ...(depth === undefined ? {} : { directoryDepth: Number(depth) }) }
}

const RESOURCES: readonly SasResource[] = ['c', 'd', 'b', 'bs', 'bv']

function readTimes(fields: Fields, names: readonly string[]): { readonly [name: string]: number | undefined } | string {
  const times: { [name: string]: number | undefined } = {}
  for (const name of names) {
    const text = fields.get(name)
    if (text === undefined) continue
    const time = parseSasTime(text)
    if (time === undefined) return `its time ${name} is not in a form that Azure takes`
    times[name] = time
  }
  return times
}

// https://learn.microsoft.com/rest/api/storageservices/formatting-datetime-values
const TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,7})?)?(Z|[+-]\d{2}:\d{2}))?$/

/** Milliseconds of a time as a SAS may write it: a date alone, or one with minutes, seconds or fractions of them and a zone. */
export function parseSasTime(text: string): number | undefined {
  if (!TIME.test(text)) return undefined
  // JavaScript counts three digits of a fraction; Azure writes up to seven.
  const time = Date.parse(text.replace(/(\.\d{3})\d+/, '$1'))
  return Number.isNaN(time) ? undefined : time
}

function addressesOf(text: string | undefined): SasCommon['addresses'] | 'malformed' {
  if (text === undefined) return undefined
  const [first = '', last = first, ...more] = text.split('-')
  const [low, high] = [ipv4Number(first), ipv4Number(last)]
  return more.length > 0 || low === undefined || high === undefined || low > high ? 'malformed' : { first, last }
}

/** Whether a caller's address is one the SAS admits. IPv6 callers are admitted by none that names addresses. */
export function sasAdmitsAddress(sas: Sas, address: string): boolean {
  if (sas.addresses === undefined) return true
  const [low, high, own] = [ipv4Number(sas.addresses.first), ipv4Number(sas.addresses.last), ipv4Number(address)]
  return low !== undefined && high !== undefined && own !== undefined && low <= own && own <= high
}

function ipv4Number(text: string): number | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255)) return undefined
  return parts.reduce((value, part) => value * 256 + Number(part), 0)
}
