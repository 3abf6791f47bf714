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
import { accessError, type Json, type JsonObject } from '@sluice/core'
import type { LabAzure } from '@sluice/lab'
import { blobService } from '../../packages/lab/test/azure-client.ts'
import {
  ACCOUNT,
  ATTEMPTS,
  CONTAINER,
  type Credential,
  HOST,
  isAllowed,
  OTHER_CONTAINER,
  tried,
  signedForUser,
  triedMachine,
  triedSecret,
} from './denials-azure-requests.ts'
import type { DenialWorld } from './denials.ts'
import { AZURE_TENANT, type Installation, startInstallation } from './installation.ts'

const TARGET = { tenantId: AZURE_TENANT, subscriptionId: '22222222-2222-4222-8222-222222222222', resourceGroup: 'lake' }
const DAY = 24 * 3_600_000
const YEAR = 365 * DAY
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
  /** What a program of ours sees that lists the folder and reads its file with a credential of its own, as observations of a case. */
  tryWith(credential: Credential): Promise<readonly JsonObject[]>
  /** What a program of ours sees that asks for a token with a secret of an application. */
  trySecret(clientId: string, secret: string): Promise<readonly JsonObject[]>
  /** What a program of ours sees that asks the machine it runs on for a token of the connection's identity. */
  tryMachine(): Promise<readonly JsonObject[]>
  /** A SAS for the container, signed with a key of an identity's own, for a user that access control lists are asked about (suoid). */
  delegationSas(principalId: string, userId: string): Promise<string>
  /** A token of Entra for somebody, as any of its own code gets one. */
  token(change?: {
    readonly principalId?: string
    readonly tenantId?: string
    readonly resource?: string
    readonly seconds?: number
  }): string
  /** Puts the clock of Azure ahead of ours. */
  skewBy(ms: number): void
  /** Takes the name of the storage account out of the DNS, or puts it there again. */
  setGone(gone: boolean): void
  /** Rewrites the role assignments, each as `az role assignment list` prints it. */
  changeRoles(change: (assignments: readonly JsonObject[]) => readonly JsonObject[]): void
}

export interface AzureWorldOptions {
  readonly hierarchical?: boolean
  /** Whether it is an application of the customer's that trusts us, instead of the managed identity that the setup makes. */
  readonly application?: boolean
}

/** Starts one, its connection healthy. */
export async function startAzureWorld(method: AzureMethod, options: AzureWorldOptions = {}): Promise<AzureWorld> {
  const { hierarchical = false, application = false } = options
  let skew = 0
  let isGone = false
  const installation = await startInstallation({
    labClock: (own) => ({ ...own, now: () => own.now() + skew }),
    // The lab cannot take a name out of the DNS: the resolver of this world does.
    layer: (send) => (request, given) =>
      isGone && request.url.hostname === HOST
        ? Promise.reject(
            accessError('network.dns', { message: `The name ${HOST} could not be resolved (${request.operation}, ENOTFOUND).` }),
          )
        : send(request, given),
  })
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
  const identity = await setUp(installation, method, application)
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
    token: (change = {}) =>
      azure.issueAccessToken({ principalId: identity?.objectId ?? stranger.objectId, tenantId: AZURE_TENANT, ...change }),
    tryWith: (credential) => Promise.all(ATTEMPTS.slice(0, 2).map((attempt) => tried(transport, credential, attempt))),
    trySecret: async (clientId, secret) => [await triedSecret(transport, { tenantId: AZURE_TENANT, clientId, secret })],
    tryMachine: async () => [await triedMachine(lab.url, identity?.clientId ?? '')],
    async delegationSas(principalId, userId) {
      const token = { token: azure.issueAccessToken({ principalId, tenantId: AZURE_TENANT }), expiresOnTimestamp: Infinity }
      const [start, end] = [new Date(clock.now()), new Date(clock.now() + 6 * DAY)]
      const key = await blobService(lab, HOST, { getToken: () => Promise.resolve(token) }).getUserDelegationKey(start, end)
      return signedForUser(key, userId, end)
    },
    skewBy(ms) {
      skew = ms
    },
    setGone(gone) {
      isGone = gone
    },
    async diagnose(evidence) {
      clock.advance(60_000)
      return diagnoses.diagnose(caller, 'acme', { write: true, ...(evidence === undefined ? {} : { evidence }) }, signal)
    },
    // What no document of a case holds, the customer's admin shows by the answers of his own reads.
    observations: () => [
      ...(sas?.includes('si=') === true ? [listedPolicies(azure)] : []),
      ...(hierarchical ? shownAccess(azure) : []),
      ...(identity === undefined
        ? []
        : [{ operation: 'ListDenyAssignments', ok: true, message: JSON.stringify({ value: azure.denyAssignments() }) }]),
    ],
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
        others: { bearer: azure.issueAccessToken({ principalId: stranger.objectId, tenantId: AZURE_TENANT }) },
        ...(identity === undefined
          ? {}
          : { we: { bearer: azure.issueAccessToken({ principalId: identity.objectId, tenantId: AZURE_TENANT }) } }),
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
async function setUp(installation: Installation, method: AzureMethod, application: boolean): Promise<AzureWorld['identity']> {
  const { caller, connections, deps, lab, setups } = installation
  if (method === 'sas' || method === 'account-key') return undefined
  const { artifacts } = await setups.forConnection(caller, 'acme', {})
  const template = artifacts.find(({ id }) => id === 'arm-template')?.text ?? ''
  const { clientId = '', tenantId = '' } = lab.azure.applyTemplate(template, {}, TARGET)
  if (application) return asApplication(installation, clientId, tenantId)
  const { azure } = deps.platform()
  if (method === 'managed-identity') return { clientId: azure?.clientId ?? '', objectId: azure?.objectId ?? '' }
  await connections.update(caller, 'acme', { auth: { tenantId, clientId } })
  // Nobody else has been given anything yet.
  return { clientId, objectId: lab.azure.roleAssignments()[0]?.principalId ?? '' }
}

/** Lets an application in, as the managed identity that the template made was. */
async function asApplication({ caller, connections, lab }: Installation, madeId: string, tenantId: string) {
  const { azure } = lab
  const credentials = azure.federatedCredentials(madeId)
  const { clientId, objectId } = azure.createApplication({ name: 'sluice', tenantId, credentials })
  const roles = azure.roleAssignments()
  for (const { name, roleDefinitionId: role, scope, condition } of roles) {
    azure.removeRole(name)
    azure.assignRole({ principalId: objectId, role, scope, ...(condition === undefined ? {} : { condition }) })
  }
  azure.deleteManagedIdentity(madeId)
  await connections.update(caller, 'acme', { auth: { tenantId, clientId } })
  return { clientId, objectId }
}

/** What the access control lists of the connection's folder are, as `az storage fs access show` reads them. */
function shownAccess(azure: LabAzure): readonly JsonObject[] {
  return ['', 'data', 'data/a.csv'].map((path) => {
    const { acl, owner, group } = azure.pathAccess(ACCOUNT, CONTAINER, path)
    const target = `https://${ACCOUNT}.dfs.core.windows.net/${CONTAINER}/${path}`
    return {
      operation: 'GetPathAccessControl',
      target,
      status: 200,
      headers: { 'x-ms-acl': acl, 'x-ms-owner': owner, 'x-ms-group': group },
    }
  })
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
    const [principalId = '', role = '', scope = '', condition = ''] = ['principalId', 'roleDefinitionId', 'scope', 'condition'].map(
      (name) => textOf(one, name),
    )
    azure.assignRole({ principalId, role, scope, ...(condition === '' ? {} : { condition }) })
  }
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A text of an object; '' where it has none of that name. */
export function textOf(object: JsonObject, name: string): string {
  const value = object[name]
  return typeof value === 'string' ? value : ''
}

function generateAccountSas(key: StorageSharedKeyCredential, now: number): string {
  const values = { services: 'b', resourceTypes: 'co', permissions: AccountSASPermissions.parse('rwdl') }
  return generateAccountSASQueryParameters({ ...values, expiresOn: new Date(now + YEAR) }, key).toString()
}
