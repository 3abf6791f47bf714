import { type Clock, type Transport, accessError } from '@sluice/core'
import { readText } from '../http/body.ts'
import { entraError, readBody } from './entra-errors.ts'
import { ENTRA_ORIGIN, STORAGE_RESOURCE } from './hosts.ts'

/** The audience of our tokens that Entra takes in exchange. */
export const EXCHANGE_AUDIENCE = 'api://AzureADTokenExchange'

/** A token of Entra for the storage accounts that its identity may use. */
export interface StorageToken {
  readonly token: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

export interface TokenExchange {
  readonly tenantId: string
  readonly clientId: string
  /** Our own token, as Entra knows it from the application's federated credential. */
  readonly assertion: string
}

const ANSWER_LIMIT = 256 * 1024

/**
 * Exchanges a token of ours for one of the application's.
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow#third-case-access-token-request-with-a-federated-credential
 */
export async function exchangeToken(
  deps: { readonly transport: Transport; readonly clock: Clock; readonly tenant: string },
  { tenantId, clientId, assertion }: TokenExchange,
  signal: AbortSignal,
): Promise<StorageToken> {
  const form = new URLSearchParams({
    client_id: clientId,
    scope: `${STORAGE_RESOURCE}/.default`,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
    grant_type: 'client_credentials',
  })
  const response = await deps.transport(
    {
      method: 'POST',
      url: new URL(`${ENTRA_ORIGIN}/${tenantId}/oauth2/v2.0/token`),
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new TextEncoder().encode(form.toString()),
      operation: 'azure.GetToken',
      tenant: deps.tenant,
    },
    signal,
  )
  const text = await readText(response, ANSWER_LIMIT, 'GetToken')
  if (response.status !== 200)
    throw entraError({ status: response.status, headers: response.headers, text, secrets: [assertion] }, `application ${clientId}`)
  const { access_token: token, expires_in: seconds } = readBody(text)
  if (token === undefined || token === '' || !/^\d{1,9}$/.test(seconds ?? ''))
    throw accessError('network.protocol', { message: 'The answer of Entra has no token, or does not say when it ends.' })
  return { token, expiresAt: deps.clock.now() + Number(seconds) * 1_000 }
}
