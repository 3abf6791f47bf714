import { sign } from 'node:crypto'
import { type Connection, type OpenConnection, type Platform, accessError, connectionSubject } from '@sluice/core'
import type { CloudDeps } from '../deps.ts'
import { retry } from '../http/retry.ts'
import { impersonate, signBlob } from './iam-credentials.ts'
import { tokenForKey } from './oauth.ts'
import { type PoolProvider, parseProviderName, principalOf, providerAudience } from './pool-provider.ts'
import { type ServiceAccountKey, parseServiceAccountKey } from './service-account-key.ts'
import type { GoogleCaller } from './service.ts'
import { exchangeJwt } from './sts.ts'
import type { GoogleToken } from './token.ts'

/** Signs for presigned URLs as a service account. */
export interface BlobSigner {
  readonly serviceAccount: string
  /** How long what it signs is sure to count. */
  readonly longestSeconds: number
  sign(bytes: Uint8Array, signal: AbortSignal): Promise<Uint8Array>
}

/** A token with everything the connection's grant allows, and who signs beside it, where anybody can. */
export interface Identity {
  readonly token: GoogleToken
  readonly signer?: BlobSigner
}

/** Google's own keys of an account are replaced at times; what they signed counts for half a day at least. https://cloud.google.com/storage/docs/access-control/signed-urls */
const MANAGED_SECONDS = 12 * 3_600
const LONGEST_SECONDS = 7 * 24 * 3_600

/** Gets a token with all that the connection's grant allows, for `seconds` where Google lets us choose. */
export async function identityOf(deps: CloudDeps, open: OpenConnection, seconds: number, signal: AbortSignal): Promise<Identity> {
  const { connection } = open
  const caller = callerFor(deps, connection)
  if (connection.auth.method === 'service-account-key') {
    const key = storedKey(open)
    return { token: await retry(() => tokenForKey(caller, key, signal), deps, signal), signer: keySigner(key) }
  }
  const token = await ownToken(deps, connection, signal)
  const { serviceAccount } = connection.auth.fields
  if (serviceAccount === undefined) {
    const own = ourServiceAccount(connection, deps.platform())
    // The principal of a pool has no key that anybody could sign with.
    return connection.auth.method === 'federation' || own === undefined ? { token } : { token, signer: remoteSigner(caller, own, token) }
  }
  return {
    token: await retry(() => impersonate(caller, { serviceAccount, token: token.token }, seconds, signal), deps, signal),
    signer: remoteSigner(caller, serviceAccount, token),
  }
}

export function callerFor({ transport, clock }: CloudDeps, connection: Connection): GoogleCaller {
  return { transport, clock, tenant: connection.id }
}

/** The token we come with before any account of the customer is impersonated: the pool's, or that of our own account. */
export async function ownToken(deps: CloudDeps, connection: Connection, signal: AbortSignal): Promise<GoogleToken> {
  if (connection.auth.method === 'federation') return federatedToken(deps, connection, {}, signal)
  const { credentials, serviceAccount } = requirePlatform(deps, connection)
  return credentials(serviceAccount, signal)
}

/** What a token of ours may be made to say otherwise, to see it refused. */
export interface TokenTwist {
  readonly audience?: string
  readonly ofStranger?: boolean
}

/** Has our issuer make a token and exchanges it for one of the pool's. */
export async function federatedToken(
  deps: CloudDeps,
  connection: Connection,
  twist: TokenTwist,
  signal: AbortSignal,
): Promise<GoogleToken> {
  const { issuer, provider } = requireFederation(deps, connection)
  const audience = providerAudience(provider)
  const attempt = async (): Promise<GoogleToken> => {
    const jwt = await issuer(
      { audience: connection.auth.fields['audience'] ?? audience, subject: connectionSubject(connection), ...twist },
      signal,
    )
    return exchangeJwt(callerFor(deps, connection), { audience, jwt }, signal)
  }
  return retry(attempt, deps, signal)
}

/** The provider of a connection and our issuer, or the refusal that says which of the two is missing. */
export function requireFederation(deps: CloudDeps, connection: Connection) {
  const { issuer } = deps
  if (issuer === undefined || deps.platform().issuer === undefined)
    throw accessError('gcp.no_issuer', {
      message: `Connection ${connection.name} uses federation, and this Sluice is no issuer of tokens.`,
    })
  const provider = providerOf(connection)
  if (provider === undefined)
    throw accessError('gcp.provider.absent', { message: `Connection ${connection.name} does not know its workload identity provider yet.` })
  return { issuer, provider }
}

export function providerOf({ auth }: Connection): PoolProvider | undefined {
  const { provider } = auth.fields
  return provider === undefined ? undefined : parseProviderName(provider)
}

function requirePlatform(deps: CloudDeps, connection: Connection) {
  const serviceAccount = ourServiceAccount(connection, deps.platform())
  const credentials = deps.platformCredentials.gcp
  if (serviceAccount === undefined || credentials === undefined)
    throw accessError('gcp.no_identity', {
      message: `Connection ${connection.name} uses a grant, and this Sluice has no service account of its own to act as.`,
    })
  return { serviceAccount, credentials }
}

/** The service account of ours that the customer grants: where each project has one, its id stands in the address. */
export function ourServiceAccount({ project }: Pick<Connection, 'project'>, { gcp }: Platform): string | undefined {
  if (gcp === undefined || !gcp.serviceAccount.includes('{project}')) return gcp?.serviceAccount
  // Nothing is replaced to make an id fit an address: two projects could come to share one.
  return /^[a-z0-9-]+$/.test(project) ? gcp.serviceAccount.replaceAll('{project}', project) : undefined
}

/** Who the customer's grants name, as policies write it; undefined while that is not known. */
export function memberOf(connection: Connection, platform: Platform): string | undefined {
  const { method, fields } = connection.auth
  const { serviceAccount, clientEmail } = fields
  const account = method === 'service-account-key' ? clientEmail : serviceAccount
  if (account !== undefined) return `serviceAccount:${account}`
  return ourMember(connection, platform)
}

/** Who we are before any account is impersonated. */
export function ourMember(connection: Connection, platform: Platform): string | undefined {
  if (connection.auth.method === 'federation') {
    const provider = providerOf(connection)
    return provider === undefined ? undefined : principalOf(provider, connectionSubject(connection))
  }
  const own = ourServiceAccount(connection, platform)
  return own === undefined ? undefined : `serviceAccount:${own}`
}

/** The key in the vault. */
export function storedKey({ connection, secret }: OpenConnection): ServiceAccountKey {
  const text = secret?.['key']
  if (text === undefined)
    throw accessError('auth.secret_missing', { message: `The key of connection ${connection.name} is not in the vault.` })
  return parseServiceAccountKey(text)
}

/** Signs with the key itself. */
export function keySigner({ clientEmail, privateKey }: ServiceAccountKey): BlobSigner {
  return {
    serviceAccount: clientEmail,
    longestSeconds: LONGEST_SECONDS,
    sign: (bytes) => Promise.resolve(sign('RSA-SHA256', bytes, privateKey)),
  }
}

function remoteSigner(caller: GoogleCaller, serviceAccount: string, { token }: GoogleToken): BlobSigner {
  return {
    serviceAccount,
    longestSeconds: MANAGED_SECONDS,
    sign: (bytes, signal) => signBlob(caller, { serviceAccount, token }, bytes, signal),
  }
}
