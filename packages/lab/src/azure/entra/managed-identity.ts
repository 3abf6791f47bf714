import { jsonAnswer, type Answer } from '../../http/answer.ts'
import type { CloudCall, CloudOperation } from '../../http/cloud.ts'
import { queryValue, type LabRequest } from '../../http/request.ts'
import type { AzureState, ManagedIdentity } from '../state/types.ts'
import { isKnownResource, issueAccessToken } from './access-token.ts'

const PATH = '/metadata/identity/oauth2/token'
const TOKEN_SECONDS = 86_400

/**
 * Recognises a request to the metadata service of the platform's machine. Its real address, 169.254.169.254, is no host
 * that a route could take: the lab answers at its own.
 */
export function identifyManagedIdentity(state: AzureState, request: LabRequest): CloudOperation | undefined {
  if (!request.direct || request.rawPath !== PATH) return undefined
  return {
    operation: 'azure.GetManagedIdentityToken',
    headers: () => ({}),
    refuse: ({ status, code, message }) => refusal(status, code, message),
    run: async (call) => token(state, call),
  }
}

/** https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token#get-a-token-using-http */
function token(state: AzureState, { request, identified }: CloudCall): Answer {
  // What a server can be talked into sending has neither this header nor lacks the other.
  if (request.headers.get('metadata')?.toLowerCase() !== 'true' || request.headers.has('x-forwarded-for'))
    return refusal(400, 'invalid_request', 'Required metadata header not specified')
  if (request.method !== 'GET') return refusal(405, 'invalid_request', 'The method is not allowed')
  if (queryValue(request, 'api-version') === undefined)
    return refusal(400, 'invalid_request', 'Required query variable api-version is missing')
  const resource = queryValue(request, 'resource')
  if (resource === undefined) return refusal(400, 'invalid_request', 'Required query variable resource is missing')
  if (!isKnownResource(resource))
    return refusal(400, 'invalid_resource', `AADSTS500011: The resource principal named ${resource} was not found in the tenant.`)
  const identity = identityOf(state, request)
  if (typeof identity === 'string') return refusal(400, 'invalid_request', identity)
  identified(`${identity.name} (${identity.principalId})`)
  const { clientId, principalId, tenantId } = identity
  const now = Math.floor(state.clock.now() / 1000)
  return jsonAnswer({
    access_token: issueAccessToken(state, { aud: resource, tid: tenantId, oid: principalId, appid: clientId }, TOKEN_SECONDS),
    client_id: clientId,
    expires_in: String(TOKEN_SECONDS),
    expires_on: String(now + TOKEN_SECONDS),
    ext_expires_in: String(TOKEN_SECONDS),
    not_before: String(now),
    resource,
    token_type: 'Bearer',
  })
}

function identityOf(state: AzureState, request: LabRequest): ManagedIdentity | string {
  const here = state.identities.visibleValues().filter(({ onMachine }) => onMachine)
  const clientId = queryValue(request, 'client_id')
  const objectId = queryValue(request, 'object_id') ?? queryValue(request, 'principal_id')
  if (clientId === undefined && objectId === undefined && here.length > 1)
    return 'Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request'
  const found = here.find(
    (identity) =>
      (clientId === undefined || identity.clientId === clientId) && (objectId === undefined || identity.principalId === objectId),
  )
  return found ?? 'Identity not found'
}

function refusal(status: number, code: string, message: string): Answer {
  return { ...jsonAnswer({ error: code, error_description: message }, {}, status), code }
}
