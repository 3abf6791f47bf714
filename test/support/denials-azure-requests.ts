import type { HttpResponse, JsonObject, Transport } from '@sluice/core'

export const ACCOUNT = 'lakedata'
export const CONTAINER = 'landing'
/** What lies in it must stay the customer's own. */
export const OTHER_CONTAINER = 'payroll'
export const HOST = `${ACCOUNT}.blob.core.windows.net`
const signal = new AbortController().signal

/** By what a request is let in: nothing where neither is given. */
export interface Credential {
  readonly bearer?: string
  readonly query?: string
}

/** One request of a fixed list. */
export interface Attempt {
  readonly what: string
  readonly operation: string
  readonly method: 'GET' | 'PUT' | 'DELETE'
  readonly path: string
}

/** Each of what a connection does, in its own folder, beside it, and in another container. What would write never does: its condition cannot hold. */
export const ATTEMPTS: readonly Attempt[] = [
  [CONTAINER, 'data/', 'a.csv'],
  [CONTAINER, 'other/', 'secret.csv'],
  [OTHER_CONTAINER, 'data/', 'a.csv'],
].flatMap(([container = '', folder = '', name = '']): readonly Attempt[] => {
  const where = `${container}/${folder}`
  return [
    {
      what: `list ${where}`,
      operation: 'ListBlobs',
      method: 'GET',
      path: `/${container}?restype=container&comp=list&prefix=${encodeURIComponent(folder)}`,
    },
    { what: `read ${where}`, operation: 'GetBlob', method: 'GET', path: `/${where}${name}` },
    { what: `write ${where}`, operation: 'PutBlob', method: 'PUT', path: `/${where}${name}` },
    { what: `delete ${where}`, operation: 'DeleteBlob', method: 'DELETE', path: `/${where}${name}` },
  ]
})

/** Whether a request is allowed: it succeeds, or fails at a condition alone. */
export async function isAllowed(transport: Transport, credential: Credential, attempt: Attempt): Promise<boolean> {
  const response = await send(transport, credential, attempt)
  for await (const chunk of response.body) void chunk
  return response.status < 300 || response.status === 412
}

/** Sends a request and gives what it saw, as an observation of a case. */
export async function tried(transport: Transport, credential: Credential, attempt: Attempt): Promise<JsonObject> {
  return observed(attempt.operation, `https://${HOST}${attempt.path.split('?')[0] ?? ''}`, await send(transport, credential, attempt))
}

/** Asks Entra for a token with a secret of an application. */
export async function triedSecret(
  transport: Transport,
  { tenantId, clientId, secret }: { readonly tenantId: string; readonly clientId: string; readonly secret: string },
): Promise<JsonObject> {
  const form = { grant_type: 'client_credentials', client_id: clientId, scope: 'https://storage.azure.com/.default', client_secret: secret }
  const url = new URL(`https://login.microsoftonline.com/${tenantId}/oauth2/v2.0/token`)
  const response = await transport(
    {
      method: 'POST',
      url,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new TextEncoder().encode(new URLSearchParams(form).toString()),
      operation: 'azure.GetToken',
      tenant: 'test',
    },
    signal,
  )
  return observed('GetToken', url.href, response)
}

/** Asks the metadata service of the platform's machine, which the lab has at its own address, for a token. */
export async function triedMachine(labUrl: string, clientId: string): Promise<JsonObject> {
  const query = new URLSearchParams({ 'api-version': '2018-02-01', resource: 'https://storage.azure.com/', client_id: clientId })
  const response = await fetch(`${labUrl}/metadata/identity/oauth2/token?${query.toString()}`, { headers: { metadata: 'true' } })
  const text = await response.text()
  const target = 'http://169.254.169.254/metadata/identity/oauth2/token'
  return { operation: 'GetManagedIdentityToken', target, status: response.status, ...(response.ok ? {} : { message: text }) }
}

async function observed(operation: string, target: string, { status, headers, body }: HttpResponse): Promise<JsonObject> {
  const pieces: Uint8Array[] = []
  for await (const piece of body) pieces.push(piece)
  const told = ['x-ms-error-code', 'www-authenticate'].flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]]))
  return {
    operation,
    target,
    status,
    headers: Object.fromEntries(told),
    ...(status < 300 ? {} : { message: Buffer.concat(pieces).toString() }),
  }
}

function send(transport: Transport, { bearer, query }: Credential, { operation, method, path }: Attempt): Promise<HttpResponse> {
  const target = query === undefined ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`
  return transport(
    {
      method,
      url: new URL(`https://${HOST}${target}`),
      headers: {
        'x-ms-version': '2025-11-05',
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...(method === 'GET' ? {} : { 'if-match': '"0x0"' }),
        ...(method === 'PUT' ? { 'x-ms-blob-type': 'BlockBlob', 'content-length': '0' } : {}),
      },
      operation: `azure.${operation}`,
      tenant: 'test',
    },
    signal,
  )
}
