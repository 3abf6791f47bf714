import { jsonAnswer, type Answer } from '../../http/answer.ts'
import { receiveWhole } from '../../http/body.ts'
import type { CloudCall, CloudOperation, Refusal } from '../../http/cloud.ts'
import { parseQuery, type LabRequest } from '../../http/request.ts'
import type { Issuers } from '../../oidc/issuers.ts'
import { isoSeconds } from '../../state/iso-seconds.ts'
import { uuid } from '../../state/uuid.ts'
import type { AzureState, ClientSecret, FederatedCredential } from '../state/types.ts'
import { isKnownResource, issueAccessToken } from './access-token.ts'
import { EntraError } from './error.ts'
import { demandFederated } from './federation.ts'

const HOST = 'login.microsoftonline.com'
const PATH = /^\/([^/]+)\/oauth2\/v2\.0\/token$/
const MAX_BODY_BYTES = 64 * 1024
const TOKEN_SECONDS = 3599

/** Recognises a request to Entra; undefined for another host. */
export function identifyEntra(state: AzureState, issuers: Issuers, request: LabRequest): CloudOperation | undefined {
  if (request.host !== HOST) return undefined
  const tenant = PATH.exec(request.rawPath)?.[1]?.toLowerCase()
  return {
    operation: tenant === undefined ? 'azure.Unknown' : 'azure.GetToken',
    headers: () => ({ 'cache-control': 'no-store' }),
    refuse: (error) => refuse(state, error),
    run: async (call) => {
      try {
        if (tenant === undefined || request.method !== 'POST')
          throw new EntraError(404, 'invalid_request', 900144, `The lab implements POST /{tenant}/oauth2/v2.0/token of ${HOST} alone.`)
        return await token(state, issuers, call, tenant)
      } catch (error) {
        if (error instanceof EntraError) return refuse(state, error)
        throw error
      }
    },
  }
}

/** https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow#third-case-access-token-request-with-a-federated-credential */
async function token(state: AzureState, issuers: Issuers, call: CloudCall, tenant: string): Promise<Answer> {
  const form = await readForm(call)
  if (required(form, 'grant_type') !== 'client_credentials')
    throw new EntraError(400, 'unsupported_grant_type', 70003, 'The lab implements the grant type client_credentials alone.')
  if (!state.tenants.has(tenant))
    throw new EntraError(
      400,
      'invalid_request',
      90002,
      `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
    )
  const clientId = required(form, 'client_id').toLowerCase()
  const client = clientOf(state, tenant, clientId)
  const resource = resourceOf(required(form, 'scope'), tenant)
  const secret = form.get('client_secret')
  if (secret === undefined) await demandFederated(state, issuers, client.credentials, assertionOf(form))
  else demandSecret(client, clientId, secret, state.clock.now())
  // Conditional Access is asked last: the answer says that who asked was known.
  if (client.blocked)
    throw new EntraError(
      400,
      'invalid_grant',
      53003,
      'Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.',
    )
  call.identified(`${client.name} (${client.principalId})`)
  const claims = { aud: resource, tid: tenant, oid: client.principalId, appid: clientId }
  return jsonAnswer({
    token_type: 'Bearer',
    expires_in: TOKEN_SECONDS,
    ext_expires_in: TOKEN_SECONDS,
    access_token: issueAccessToken(state, claims, TOKEN_SECONDS),
  })
}

async function readForm({ request, pace }: CloudCall): Promise<ReadonlyMap<string, string>> {
  const body = await receiveWhole(request, MAX_BODY_BYTES, pace)
  if (!body) throw new EntraError(413, 'invalid_request', 900144, 'The request body is too large.')
  return new Map(parseQuery(body.toString(), true) ?? [])
}

function required(form: ReadonlyMap<string, string>, name: string): string {
  const value = form.get(name)
  if (value === undefined || value === '')
    throw new EntraError(400, 'invalid_request', 900144, `The request body must contain the following parameter: '${name}'.`)
  return value
}

interface Client {
  readonly name: string
  readonly principalId: string
  readonly credentials: readonly FederatedCredential[]
  readonly secrets: readonly ClientSecret[]
  readonly blocked: boolean
}

function clientOf(state: AzureState, tenant: string, clientId: string): Client {
  const application = state.applications.visible(clientId)
  const principalId = application?.principals[tenant]
  if (application && principalId === undefined)
    throw new EntraError(
      401,
      'invalid_client',
      7000229,
      `The client application ${clientId} is missing service principal in the tenant ${tenant}. See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119`,
    )
  if (application?.disabled === true)
    throw new EntraError(400, 'unauthorized_client', 7000112, `Application '${clientId}'(${application.name}) is disabled.`)
  if (application && principalId !== undefined) return { ...application, principalId }
  const identity = state.identities.visible(clientId)
  if (identity?.tenantId === tenant) return { ...identity, secrets: [], blocked: false }
  throw new EntraError(
    400,
    'unauthorized_client',
    700016,
    `Application with identifier '${clientId}' was not found in the directory '${tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
  )
}

function resourceOf(scope: string, tenant: string): string {
  if (!scope.endsWith('/.default'))
    throw new EntraError(
      400,
      'invalid_scope',
      1002012,
      `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
    )
  const resource = scope.slice(0, -'/.default'.length)
  if (!isKnownResource(resource))
    throw new EntraError(
      400,
      'invalid_resource',
      500011,
      `The resource principal named ${resource} was not found in the tenant named ${tenant}.`,
    )
  return resource
}

function demandSecret({ secrets }: Client, clientId: string, given: string, now: number): void {
  const secret = secrets.find(({ value }) => value === given)
  if (secret === undefined)
    throw new EntraError(
      401,
      'invalid_client',
      7000215,
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${clientId}'.`,
    )
  if (secret.expiresAt <= now)
    throw new EntraError(
      401,
      'invalid_client',
      7000222,
      `The provided client secret keys for app '${clientId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`,
    )
}

const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

function assertionOf(form: ReadonlyMap<string, string>): string {
  const assertion = form.get('client_assertion')
  if (assertion === undefined) {
    throw new EntraError(
      401,
      'invalid_client',
      7000218,
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    )
  }
  if (form.get('client_assertion_type') !== JWT_BEARER)
    throw new EntraError(
      400,
      'invalid_request',
      900144,
      `The request body must contain the following parameter: 'client_assertion_type' with the value '${JWT_BEARER}'.`,
    )
  return assertion
}

function refuse(state: AzureState, error: EntraError | Refusal): Answer {
  const { status } = error
  const number = error instanceof EntraError ? error.number : 90033
  const name = error instanceof EntraError ? error.error : 'temporarily_unavailable'
  const timestamp = isoSeconds(state.clock.now()).replace('T', ' ')
  const [trace, correlation] = [uuid(state.random), uuid(state.random)]
  const answer = jsonAnswer(
    {
      error: name,
      error_description: `AADSTS${number}: ${error.message} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
      error_codes: [number],
      timestamp,
      trace_id: trace,
      correlation_id: correlation,
      error_uri: `https://login.microsoftonline.com/error?code=${number}`,
    },
    {},
    status,
  )
  return { ...answer, code: `AADSTS${number}` }
}
