import { createTransport } from '@sluice/clouds'
import { accessError, type JsonObject, type Transport } from '@sluice/core'
import type { LabAzure } from '@sluice/lab'
import { listedPolicies, putRoles, shownAccess } from './denials-azure-documents.ts'
import {
  ATTEMPTS,
  ACCOUNT,
  CONTAINER,
  type Credential,
  HOST,
  isAllowed,
  tried,
  triedMachine,
  triedSecret,
} from './denials-azure-requests.ts'
import { type SasMaker, sasMaker } from './denials-azure-sas.ts'
import { type AzureIdentity, type AzureMethod, fillStorage, setUp } from './denials-azure-setup.ts'
import type { DenialWorld } from './denials.ts'
import { AZURE_TENANT, type Installation, startInstallation } from './installation.ts'

const signal = new AbortController().signal

/** A customer of Azure with a storage account, and a connection to a folder of it that was set up as its own documents say. */
export interface AzureWorld extends DenialWorld, SasMaker {
  readonly installation: Installation
  readonly azure: LabAzure
  /** The application or managed identity that the connection comes as. */
  readonly identity: AzureIdentity | undefined
  /** Hands the connection a new SAS or key, or another tenant or application. */
  enter(fields: { readonly [field: string]: string }): Promise<void>
  /** What a program of ours sees that lists the folder and reads its file with a credential of its own, as observations of a case. */
  tryWith(credential: Credential): Promise<readonly JsonObject[]>
  /** What a program of ours sees that asks for a token with a secret of an application. */
  trySecret(clientId: string, secret: string): Promise<readonly JsonObject[]>
  /** What a program of ours sees that asks the machine it runs on for a token of the connection's identity. */
  tryMachine(): Promise<readonly JsonObject[]>
  /** A token of Entra for somebody, as code of its own gets one. */
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
  const weather = { skew: 0, isGone: false }
  const installation = await startInstallation({
    labClock: (own) => ({ ...own, now: () => own.now() + weather.skew }),
    // The lab cannot take a name out of the DNS: the resolver of this world does.
    layer: (send) => (request, given) => (weather.isGone && request.url.hostname === HOST ? unresolved(request) : send(request, given)),
  })
  const { caller, clock, connections, diagnoses, lab } = installation
  const { azure } = lab
  fillStorage(azure, hierarchical)
  const stranger = azure.createApplication({ name: 'somebody else', tenantId: AZURE_TENANT })
  const maker = sasMaker(lab, clock)
  let sas = method === 'sas' ? maker.containerSas() : undefined
  await connections.create(caller, {
    name: 'acme',
    cloud: 'azure',
    method,
    auth: {
      sas: { sasToken: sas ?? '' },
      'account-key': { accountName: ACCOUNT, accountKey: azure.accountKeys(ACCOUNT)[0] },
      federation: {},
      'managed-identity': {},
    }[method],
    locations: [`azure://${HOST}/${CONTAINER}/data/`],
    purposes: ['import', 'backup'],
  })
  const identity = await setUp(installation, method, application)
  const transport = createTransport({ routes: lab.routes, responseTimeoutMs: 10_000 })
  const tokenOf = (principalId: string): string => azure.issueAccessToken({ principalId, tenantId: AZURE_TENANT })
  const assignments = (): readonly JsonObject[] => azure.roleAssignments().map((one) => ({ ...one }))
  const changeRoles: AzureWorld['changeRoles'] = (change) => putRoles(azure, change(assignments()))
  return {
    ...maker,
    installation,
    azure,
    identity,
    changeRoles,
    async enter(fields) {
      sas = fields['sasToken'] ?? sas
      await connections.update(caller, 'acme', { auth: fields })
    },
    token: (change = {}) =>
      azure.issueAccessToken({ principalId: identity?.objectId ?? stranger.objectId, tenantId: AZURE_TENANT, ...change }),
    tryWith: (credential) => Promise.all(ATTEMPTS.slice(0, 2).map((attempt) => tried(transport, credential, attempt))),
    trySecret: async (clientId, secret) => [await triedSecret(transport, { tenantId: AZURE_TENANT, clientId, secret })],
    tryMachine: async () => [await triedMachine(lab.url, identity?.clientId ?? '')],
    skewBy: (ms) => void (weather.skew = ms),
    setGone: (gone) => void (weather.isGone = gone),
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
    allowed: () =>
      served(transport, {
        'others without a credential': {},
        others: { bearer: tokenOf(stranger.objectId) },
        'a key': { query: maker.accountSas() },
        ...(identity === undefined ? {} : { we: { bearer: tokenOf(identity.objectId) } }),
        ...(sas === undefined ? {} : { 'our SAS': { query: sas } }),
      }),
    async close() {
      transport.close()
      await installation.close()
    },
  }
}

function unresolved({ operation }: { readonly operation: string }): Promise<never> {
  return Promise.reject(accessError('network.dns', { message: `The name ${HOST} could not be resolved (${operation}, ENOTFOUND).` }))
}

/** What of a fixed list of requests each of these may do. */
async function served(transport: Transport, callers: { readonly [who: string]: Credential }): Promise<readonly string[]> {
  const found: string[] = []
  for (const [who, credential] of Object.entries(callers))
    for (const attempt of ATTEMPTS) if (await isAllowed(transport, credential, attempt)) found.push(`${who} ${attempt.what}`)
  return found
}
