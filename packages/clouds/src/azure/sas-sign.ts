import { createHmac } from 'node:crypto'
import { API_VERSION, DIRECTORY_SAS_VERSION } from './versions.ts'

/** What a SAS is for: a whole container, one blob, or all that lies in a directory (without a slash at its end). */
export type SasTarget =
  | { readonly kind: 'container' }
  | { readonly kind: 'blob'; readonly name: string }
  | { readonly kind: 'directory'; readonly path: string }

/** A SAS to be signed: what it allows and until when. Always https only, and valid from the moment it is made. */
export interface SasGrant {
  readonly account: string
  readonly container: string
  readonly target: SasTarget
  /** In the order that Azure demands: `racwdxyltmeop`. */
  readonly permissions: string
  /** Milliseconds since the epoch; cut to whole seconds. */
  readonly expiresAt: number
}

/** A key of an identity's own, by which SAS are signed that can do no more than the identity. Its fields as Azure wrote them. */
export interface DelegationKey {
  readonly objectId: string
  readonly tenantId: string
  readonly start: string
  readonly expiry: string
  readonly service: string
  readonly version: string
  /** Base64. A secret. */
  readonly value: string
  readonly expiresAt: number
}

/**
 * Signs a user delegation SAS.
 * https://learn.microsoft.com/rest/api/storageservices/create-user-delegation-sas#specify-the-signature
 */
export function signDelegationSas(grant: SasGrant, key: DelegationKey): string {
  const version = grant.target.kind === 'directory' ? DIRECTORY_SAS_VERSION : API_VERSION
  const expiry = sasTime(grant.expiresAt)
  const text = [
    grant.permissions,
    '',
    expiry,
    canonicalName(grant),
    key.objectId,
    key.tenantId,
    key.start,
    key.expiry,
    key.service,
    key.version,
    // Agents and the user it would be bound to: saoid, suoid, scid, skdutid, sduoid.
    '',
    '',
    '',
    '',
    '',
    '',
    'https',
    version,
    resourceOf(grant.target),
    // Snapshot or version, and encryption scope.
    '',
    '',
    // Since 2026-04-06: headers and parameters it would be bound to.
    ...(version === DIRECTORY_SAS_VERSION ? ['', ''] : []),
    ...NO_OVERRIDES,
  ].join('\n')
  return query([
    ['sv', version],
    ['sr', resourceOf(grant.target)],
    ['sp', grant.permissions],
    ['se', expiry],
    ['spr', 'https'],
    ['skoid', key.objectId],
    ['sktid', key.tenantId],
    ['skt', key.start],
    ['ske', key.expiry],
    ['sks', key.service],
    ['skv', key.version],
    ...(grant.target.kind === 'directory' ? [['sdd', String(grant.target.path.split('/').length)] as const] : []),
    ['sig', hmac(key.value, text)],
  ])
}

/**
 * Signs a service SAS with an account key.
 * https://learn.microsoft.com/rest/api/storageservices/create-service-sas#construct-the-signature-string
 */
export function signServiceSas(grant: SasGrant, accountKey: string): string {
  const expiry = sasTime(grant.expiresAt)
  const resource = resourceOf(grant.target)
  // Stored access policy and addresses, then snapshot or version and encryption scope, are left out.
  const text = [grant.permissions, '', expiry, canonicalName(grant), '', '', 'https', API_VERSION, resource, '', '', ...NO_OVERRIDES].join(
    '\n',
  )
  return query([
    ['sv', API_VERSION],
    ['sr', resource],
    ['sp', grant.permissions],
    ['se', expiry],
    ['spr', 'https'],
    ['sig', hmac(accountKey, text)],
  ])
}

/** The headers that a SAS could put into answers: rscc, rscd, rsce, rscl, rsct. */
const NO_OVERRIDES = ['', '', '', '', '']

function canonicalName({ account, container, target }: SasGrant): string {
  const base = `/blob/${account}/${container}`
  if (target.kind === 'container') return base
  return `${base}/${target.kind === 'blob' ? target.name : target.path}`
}

function resourceOf(target: SasTarget): string {
  return { container: 'c', blob: 'b', directory: 'd' }[target.kind]
}

/** A time as a SAS writes it: whole seconds, in UTC. */
export function sasTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z')
}

/** HMAC-SHA256 of a text under a base64 key, as base64. */
export function hmac(key: string, text: string): string {
  return createHmac('sha256', Buffer.from(key, 'base64')).update(text, 'utf8').digest('base64')
}

function query(fields: readonly (readonly [name: string, value: string])[]): string {
  return fields.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')
}
