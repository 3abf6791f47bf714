import {
  AccountSASPermissions,
  AccountSASResourceTypes,
  AccountSASServices,
  SASProtocol,
  StorageSharedKeyCredential,
  generateAccountSASQueryParameters,
} from '@azure/storage-blob'
import { type JWK, SignJWT, exportJWK, generateKeyPair } from 'jose'
import { type AuthContext, type Cloud, type Connection, type Platform, type TokenIssuer, connectionSubject } from '@sluice/core'
import { type Lab, type LabOptions, startLab } from '@sluice/lab'
import { type CloudDeps, type PooledTransport, createClouds, createTransport } from '../../src/index.ts'
import { impatientClock, random } from './aws-world.ts'

export const ISSUER = 'https://sluice.example.com'
export const AUDIENCE = 'api://AzureADTokenExchange'
export const ACCOUNT = 'lakedata'
export const CONTAINER = 'landing'
export const TENANT = '11111111-1111-4111-8111-111111111111'
export const CONNECTION = { id: 'conn_aaaaaaaaaaaaaaaaaaaa', organization: 'org', project: 'project' }

/** The lab with a storage account and an application that trusts our tokens, and the cloud that reaches it by route. */
export interface AzureWorld {
  readonly lab: Lab
  readonly deps: CloudDeps
  readonly transport: PooledTransport
  readonly azure: Cloud
  /** The application of the world: may do everything with the data of the container. */
  readonly application: { readonly tenantId: string; readonly clientId: string; readonly objectId: string }
  readonly accountKey: string
  context(settings?: AuthContext['settings']): AuthContext
  close(): Promise<void>
}

export interface AzureWorldOptions {
  readonly hierarchical?: boolean
  readonly versioning?: boolean
  readonly lab?: LabOptions
}

export async function startAzureWorld(options: AzureWorldOptions = {}): Promise<AzureWorld> {
  const lab = await startLab(options.lab)
  const issuer = await signingIssuer(lab)
  lab.azure.createStorageAccount({ name: ACCOUNT, hierarchical: options.hierarchical ?? false, versioning: options.versioning ?? false })
  lab.azure.createContainer(ACCOUNT, CONTAINER)
  const application = lab.azure.createApplication({
    name: 'sluice-lake',
    tenantId: TENANT,
    credentials: [{ name: 'sluice', issuer: ISSUER, subject: connectionSubject(CONNECTION), audiences: [AUDIENCE] }],
  })
  const identity = lab.azure.createManagedIdentity({ name: 'sluice-platform', tenantId: TENANT })
  for (const principalId of [application.objectId, identity.principalId]) {
    lab.azure.assignRole({ principalId, role: 'Storage Blob Delegator', scope: { account: ACCOUNT } })
    lab.azure.assignRole({ principalId, role: 'Storage Blob Data Contributor', scope: { account: ACCOUNT, container: CONTAINER } })
  }
  const platform: Platform = {
    issuer: { url: ISSUER },
    azure: { clientId: identity.clientId, objectId: identity.principalId, tenantId: TENANT },
    regions: [],
    egressAddresses: ['192.0.2.0/28'],
  }
  const clock = impatientClock()
  const transport = createTransport({ routes: lab.routes })
  const deps: CloudDeps = {
    transport,
    clock,
    random,
    platform: () => platform,
    platformCredentials: {
      azure: async () => ({
        token: lab.azure.issueAccessToken({ principalId: identity.principalId, tenantId: TENANT }),
        expiresAt: clock.now() + 3_600_000,
      }),
    },
    issuer,
  }
  const azure = createClouds(deps).find((cloud) => cloud.id === 'azure')
  if (azure === undefined) throw new Error('no cloud azure')
  return {
    lab,
    deps,
    transport,
    azure,
    application: { tenantId: TENANT, ...application },
    accountKey: lab.azure.accountKeys(ACCOUNT)[0],
    context: (settings = {}) => ({
      connectionName: 'lake',
      connection: CONNECTION,
      issuedExternalId: `sluice-${'0'.repeat(32)}`,
      secretId: 'secret_aaaaaaaaaaaaaaaaaaaa',
      platform,
      settings,
    }),
    close: async () => {
      transport.close()
      await lab.close()
    },
  }
}

/** An issuer with a key of its own, which the lab knows. */
async function signingIssuer(lab: Lab): Promise<TokenIssuer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid: 'key-1', alg: 'RS256', use: 'sig' }
  lab.trustIssuer(ISSUER, { keys: [jwk] })
  return ({ audience, subject, ofStranger }) =>
    new SignJWT()
      .setProtectedHeader({ alg: 'RS256', kid: 'key-1' })
      .setIssuer(ISSUER)
      .setAudience(audience)
      .setSubject(ofStranger === true ? subject.replace(/[^:]+$/, 'conn_stranger') : subject)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(privateKey)
}

/** A connection by federation to the world's container, with what a test changes about it. */
export function azureConnection(world: AzureWorld, changes: Partial<Connection> = {}): Connection {
  const { tenantId, clientId } = world.application
  return {
    ...CONNECTION,
    name: 'lake',
    description: '',
    labels: {},
    cloud: 'azure',
    auth: { method: 'federation', fields: { tenantId, clientId } },
    locations: [],
    purposes: ['backup'],
    access: ['list', 'read', 'write', 'delete'],
    settings: {},
    state: 'waiting',
    createdAt: '2026-11-22T00:00:00.000Z',
    updatedAt: '2026-11-22T00:00:00.000Z',
    version: 1,
    ...changes,
  }
}

/** An account SAS as the portal's page makes it. */
export function accountSas(world: AzureWorld, permissions = 'rwdl'): string {
  return generateAccountSASQueryParameters(
    {
      version: '2025-11-05',
      services: AccountSASServices.parse('b').toString(),
      resourceTypes: AccountSASResourceTypes.parse('co').toString(),
      permissions: AccountSASPermissions.parse(permissions),
      protocol: SASProtocol.Https,
      expiresOn: new Date(Date.now() + 3_600_000),
    },
    new StorageSharedKeyCredential(ACCOUNT, world.accountKey),
  ).toString()
}
