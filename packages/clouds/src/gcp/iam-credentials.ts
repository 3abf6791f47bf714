import { type ProviderError, type ReasonName, accessError } from '@sluice/core'
import { encodeSegment } from '../store/encoding.ts'
import { type GoogleCaller, askService, requiredText } from './service.ts'
import { SCOPE } from './sts.ts'
import type { GoogleToken } from './token.ts'

/** A service account, and the token of who may act as it. */
export interface Impersonation {
  readonly serviceAccount: string
  readonly token: string
}

/** The longest life of a token without an exception of the organization. */
const LONGEST_SECONDS = 3_600

/** A token of a service account. https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken */
export async function impersonate(
  caller: GoogleCaller,
  { serviceAccount, token }: Impersonation,
  seconds: number,
  signal: AbortSignal,
): Promise<GoogleToken> {
  const operation = 'iamcredentials.generateAccessToken'
  const lifetime = `${Math.floor(Math.min(seconds, LONGEST_SECONDS))}s`
  const answer = await askService(
    caller,
    {
      operation,
      url: urlOf(serviceAccount, 'generateAccessToken'),
      subject: `service account ${serviceAccount}`,
      body: { json: { scope: [SCOPE], lifetime } },
      token,
      secrets: [],
      reasonOf: denied('gcp.impersonation.denied'),
    },
    signal,
  )
  const expiresAt = Date.parse(requiredText(answer, 'expireTime', operation))
  if (Number.isNaN(expiresAt)) throw accessError('network.protocol', { message: `The answer to ${operation} has no expireTime.` })
  return { token: requiredText(answer, 'accessToken', operation), expiresAt }
}

/** Signs bytes with a key of the service account that only Google has; RSA-SHA256. */
export async function signBlob(
  caller: GoogleCaller,
  { serviceAccount, token }: Impersonation,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const operation = 'iamcredentials.signBlob'
  const answer = await askService(
    caller,
    {
      operation,
      url: urlOf(serviceAccount, 'signBlob'),
      subject: `service account ${serviceAccount}`,
      body: { json: { payload: Buffer.from(bytes).toString('base64') } },
      token,
      secrets: [],
      reasonOf: denied('gcp.signing.denied'),
    },
    signal,
  )
  return Buffer.from(requiredText(answer, 'signedBlob', operation), 'base64')
}

function urlOf(serviceAccount: string, method: string): string {
  return `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${encodeSegment(serviceAccount)}:${method}`
}

/** An account that does not exist and one that does not trust us are told apart to who may see it only. */
function denied(reason: ReasonName): (provider: ProviderError) => ReasonName | undefined {
  return ({ status, code }) =>
    (status === 403 && code === 'PERMISSION_DENIED') || (status === 404 && code === 'NOT_FOUND') ? reason : undefined
}
