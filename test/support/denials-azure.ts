import {
  AccountSASPermissions,
  type AccountSASSignatureValues,
  type BlobSASSignatureValues,
  ContainerSASPermissions,
  generateAccountSASQueryParameters,
  generateBlobSASQueryParameters,
  SASProtocol,
  StorageSharedKeyCredential,
} from '@azure/storage-blob'
import { createTransport } from '@sluice/clouds'
import type { Json, JsonObject } from '@sluice/core'
import type { LabAzure } from '@sluice/lab'
import type { DenialWorld } from './denials.ts'
import { AZURE_TENANT, type Installation, startInstallation } from './installation.ts'

export const ACCOUNT = 'lakedata'
export const CONTAINER = 'landing'
/** What another of the customer's own may do must stay his: nothing of it is the connection's. */
const OTHER_CONTAINER = 'payroll'
const HOST = `${ACCOUNT}.blob.core.windows.net`
const TARGET = { tenantId: AZURE_TENANT, subscriptionId: '22222222-2222-4222-8222-222222222222', resourceGroup: 'lake' }
const YEAR = 365 * 24 * 3_600_000
const signal = new AbortController().signal

/** How a connection of Azure may come in. */
export type AzureMethod = 'federation' | 'managed-identity' | 'sas' | 'account-key'

/** A customer of Azure with a storage account, and a connection to a folder of it that was set up as its own documents say. */
export interface AzureWorld extends DenialWorld {
  readonly installation: Installation
  readonly azure: LabAzure
  /** The application or managed identity that the connection comes as. */
  readonly identity: { readonly clientId: string; readonly objectId: string } | undefined
  /** A SAS for the container, as the customer would make one, signed with a key of the account. */
  containerSas(change?: Partial<BlobSASSignatureValues>): string
  /** A SAS for the account. */
  accountSas(change?: Partial<AccountSASSignatureValues>): string
  /** Hands the connection a new SAS or key, or another tenant or application. */
  enter(fields: { readonly [field: string]: string }): Promise<void>
  /** Rewrites the role assignments, each as `az role assignment list` prints it. */
  changeRoles(change: (assignments: readonly JsonObject[]) => readonly JsonObject[]): void
}

export interface AzureWorldOptions {
  readonly hierarchical?: boolean
}

/** Starts one, its connection healthy. */
export async function startAzureWorld(method: AzureMethod, { hierarchical = false }: AzureWorldOptions = {}): Promise<AzureWorld> {
  const installation = await startInstallation()
  const { caller, clock, connections, diagnoses, lab } = installation
  const { azure } = lab
  azure.createStorageAccount({ name: ACCOUNT, tenantId: AZURE_TENANT, hierarchical })
  for (const name of [CONTAINER, OTHER_CONTAINER]) azure.createContainer(ACCOUNT, name)
  azure.putBlob(ACCOUNT, CONTAINER, 'data/a.csv', { body: 'a,b\n1,2\n' })
  azure.putBlob(ACCOUNT, CONTAINER, 'other/secret.csv', { body: 'not for us\n' })
  azure.putBlob(ACCOUNT, OTHER_CONTAINER, 'data/a.csv', { body: 'not for us\n' })
  const stranger = azure.createApplication({ name: 'somebody else', tenantId: AZURE_TENANT })

  const sign = () => new StorageSharedKeyCredential(ACCOUNT, azure.accountKeys(ACCOUNT)[0])
  const world = {
    containerSas: (change: Partial<BlobSASSignatureValues> = {}) =>
      generateBlobSASQueryParameters(
        {
          containerName: CONTAINER,
          protocol: SASProtocol.Https,
          // What a stored access policy holds must not stand in the token as well.
          ...(change.identifier === undefined
            ? { permissions: ContainerSASPermissions.parse('rwdl'), expiresOn: new Date(clock.now() + YEAR / 2) }
            : {}),
          ...change,
        },
        sign(),
      ).toString(),
    accountSas: (change: Partial<AccountSASSignatureValues> = {}) =>
      generateAccountSASQueryParameters(
        {
          services: 'b',
          resourceTypes: 'co',
          permissions: AccountSASPermissions.parse('rwdl'),
          protocol: SASProtocol.Https,
          expiresOn: new Date(clock.now() + YEAR / 2),
          ...change,
        },
        sign(),
      ).toString(),
  }
  let sas = method === 'sas' ? world.containerSas() : undefined
  const enter = async (fields: { readonly [field: string]: string }) => {
    sas = fields['sasToken'] ?? sas
    await connections.update(caller, 'acme', { auth: fields })
  }
  const held = {
    sas: { sasToken: sas ?? '' },
    'account-key': { accountName: ACCOUNT, accountKey: azure.accountKeys(ACCOUNT)[0] },
    federation: {},
    'managed-identity': {},
  }
  await connections.create(caller, {
    name: 'acme',
    cloud: 'azure',
    method,
    auth: held[method],
    locations: [`azure://${HOST}/${CONTAINER}/data/`],
    purposes: ['import', 'backup'],
  })
  const identity = await setUp(installation, method)
  const transport = createTransport({ routes: lab.routes, responseTimeoutMs: 10_000 })

  const assignments = (): JsonObject[] => azure.roleAssignments().map((one) => ({ ...one }))
  const changeRoles: AzureWorld['changeRoles'] = (change) => putRoles(azure, change(assignments()))
  return {
    ...world,
    installation,
    azure,
    identity,
    enter,
    changeRoles,
    async diagnose(evidence) {
      clock.advance(60_000)
      return diagnoses.diagnose(caller, 'acme', { write: true, ...(evidence === undefined ? {} : { evidence }) }, signal)
    },
    // What no document of a case holds, the customer's admin shows by the answers of his own reads.
    observations: () => (sas?.includes('si=') === true ? [listedPolicies(azure)] : []),
    documents: () => ({
      accountSettings: azure.storageAccount(ACCOUNT),
      ...(identity === undefined ? {} : { roles: [...assignments(), ...azure.roleDefinitions()] }),
      ...(sas === undefined ? {} : { sasToken: sas.replace(/sig=[^&]*/, 'sig=') }),
    }),
    put(place, document) {
      if (place !== 'documents.roles' || !Array.isArray(document)) throw new Error(`The world has no ${place}.`)
      changeRoles(() => document)
    },
    async allowed() {
      const callers: { readonly [who: string]: Credential } = {
        'others without a credential': {},
        'a key': { query: generateAccountSas(sign(), clock.now()) },
        others: { bearer: tokenOf(azure, stranger.objectId) },
        ...(identity === undefined ? {} : { we: { bearer: tokenOf(azure, identity.objectId) } }),
        ...(sas === undefined ? {} : { 'our SAS': { query: sas } }),
      }
      const found: string[] = []
      for (const [who, credential] of Object.entries(callers))
        for (const attempt of ATTEMPTS) if (await isAllowed(transport, credential, attempt)) found.push(`${who} ${attempt.what}`)
      return found
    },
    async close() {
      transport.close()
      await installation.close()
    },
  }
}

/** Applies the connection's own template as the customer's admin. A key needs none; the SAS is the world's own. */
async function setUp(installation: Installation, method: AzureMethod): Promise<AzureWorld['identity']> {
  const { caller, connections, deps, lab, setups } = installation
  if (method === 'sas' || method === 'account-key') return undefined
  const { artifacts } = await setups.forConnection(caller, 'acme', {})
  const template = artifacts.find(({ id }) => id === 'arm-template')?.text ?? ''
  const { clientId = '', tenantId = '' } = lab.azure.applyTemplate(template, {}, TARGET)
  const { azure } = deps.platform()
  if (method === 'managed-identity') return { clientId: azure?.clientId ?? '', objectId: azure?.objectId ?? '' }
  await connections.update(caller, 'acme', { auth: { tenantId, clientId } })
  // Nobody else has been given anything yet.
  return { clientId, objectId: lab.azure.roleAssignments()[0]?.principalId ?? '' }
}

/** What `az storage container policy list` prints. */
function listedPolicies(azure: LabAzure): JsonObject {
  const policies = azure
    .accessPolicies(ACCOUNT, CONTAINER)
    .map(({ id, permissions = null, startsAt = null, expiresAt = null }) => [
      id,
      { permission: permissions, start: startsAt, expiry: expiresAt },
    ])
  return { operation: 'ListAccessPolicies', ok: true, message: JSON.stringify(Object.fromEntries(policies)) }
}

/** Takes away the assignments that are not in a list, and makes those that are new in it. */
function putRoles(azure: LabAzure, wanted: readonly Json[]): void {
  const entries = wanted.filter(isObject).filter((one) => one['principalId'] !== undefined)
  const kept = new Set(entries.map((one) => JSON.stringify(one)))
  for (const one of azure.roleAssignments()) if (!kept.has(JSON.stringify(one))) azure.removeRole(one.name)
  const there = new Set(azure.roleAssignments().map((one) => JSON.stringify(one)))
  for (const one of entries) {
    if (there.has(JSON.stringify(one))) continue
    const [principalId = '', role = '', scope = ''] = ['principalId', 'roleDefinitionId', 'scope'].map((name) => textOf(one[name]))
    const condition = textOf(one['condition'])
    azure.assignRole({ principalId, role, scope, ...(condition === undefined ? {} : { condition }) })
  }
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function tokenOf(azure: LabAzure, principalId: string): string {
  return azure.issueAccessToken({ principalId, tenantId: AZURE_TENANT })
}

function generateAccountSas(key: StorageSharedKeyCredential, now: number): string {
  const values = { services: 'b', resourceTypes: 'co', permissions: AccountSASPermissions.parse('rwdl') }
  return generateAccountSASQueryParameters({ ...values, expiresOn: new Date(now + YEAR) }, key).toString()
}

interface Credential {
  readonly bearer?: string
  readonly query?: string
}

interface Attempt {
  readonly what: string
  readonly method: 'GET' | 'PUT' | 'DELETE'
  readonly path: string
}

/** Each of what a connection does, in its own folder, beside it, and in another container. What would write never does: its condition cannot hold. */
const ATTEMPTS: readonly Attempt[] = [
  [CONTAINER, 'data/', 'a.csv'],
  [CONTAINER, 'other/', 'secret.csv'],
  [OTHER_CONTAINER, 'data/', 'a.csv'],
].flatMap(([container = '', folder = '', name = '']): readonly Attempt[] => {
  const where = `${container}/${folder}`
  return [
    { what: `list ${where}`, method: 'GET', path: `/${container}?restype=container&comp=list&prefix=${encodeURIComponent(folder)}` },
    { what: `read ${where}`, method: 'GET', path: `/${where}${name}` },
    { what: `write ${where}`, method: 'PUT', path: `/${where}${name}` },
    { what: `delete ${where}`, method: 'DELETE', path: `/${where}${name}` },
  ]
})

async function isAllowed(transport: ReturnType<typeof createTransport>, { bearer, query }: Credential, { method, path }: Attempt) {
  const target = query === undefined ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`
  const response = await transport(
    {
      method,
      url: new URL(`https://${HOST}${target}`),
      headers: {
        'x-ms-version': '2025-11-05',
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...(method === 'GET' ? {} : { 'if-match': '"0x0"' }),
        ...(method === 'PUT' ? { 'x-ms-blob-type': 'BlockBlob', 'content-length': '0' } : {}),
      },
      operation: 'azure.Attempt',
      tenant: 'test',
    },
    signal,
  )
  for await (const chunk of response.body) void chunk
  return response.status < 300 || response.status === 412
}
