import type { Clock, DenyAssignment, Random, RoleAssignment, RoleDefinition } from '@sluice/core'
import type { EventualMap } from '../../state/eventual.ts'
import type { Content } from '../../http/content.ts'

/** A block of a block blob: its base64 id and bytes. */
export interface Block {
  readonly id: string
  readonly content: Content
}

/** One version of a blob. A directory of a hierarchical account is one without bytes. */
export interface StoredBlob {
  readonly name: string
  /** A time with seven digits of fraction: Azure's versions are told by when they came. */
  readonly versionId: string
  readonly isDirectory: boolean
  readonly content: Content
  readonly blocks: readonly Block[]
  /** With quotes, as in the header. */
  readonly etag: string
  readonly createdAt: number
  readonly lastModified: number
  /** content-type and the like, lower case, as they come back. */
  readonly headers: { readonly [name: string]: string }
  readonly metadata: { readonly [name: string]: string }
  readonly tier: string
}

/** The blobs of one container, with their earlier versions. */
export interface BlobTable {
  current(name: string): StoredBlob | undefined
  version(name: string, versionId: string): StoredBlob | undefined
  /** Earlier versions, newest first. */
  previous(name: string): readonly StoredBlob[]
  /** Names of current blobs, in Azure's order. */
  sortedNames(): readonly string[]
  /** The same, with the names of which only earlier versions are left. */
  everyName(): readonly string[]
  set(name: string, current: StoredBlob | undefined, previous: readonly StoredBlob[]): void
  readonly size: number
}

/** What SAS may refer to by `si`. */
export interface StoredAccessPolicy {
  readonly id: string
  readonly permissions?: string
  readonly startsAt?: string
  readonly expiresAt?: string
}

export interface Container {
  readonly name: string
  readonly blobs: BlobTable
  /** Blocks that were put and not yet committed, by blob and block id. */
  readonly uncommitted: Map<string, Map<string, Block>>
  etag: string
  lastModified: number
  publicAccess: 'none' | 'blob' | 'container'
  accessPolicies: readonly StoredAccessPolicy[]
  metadata: { readonly [name: string]: string }
  /** Access control lists of a hierarchical account's paths, '' for the root, where they are not those that Azure begins with. */
  readonly acls: Map<string, PathAccess>
  /** Why blobs here cannot be changed or deleted; undefined where they can. */
  immutable: Immutability | undefined
}

/** Whose a path is, and its access control list as Azure writes one. */
export interface PathAccess {
  readonly owner: string
  readonly group: string
  /** `user::rwx,user:OBJECT-ID:r-x,group::r-x,mask::r-x,other::---` */
  readonly acl: string
}

export interface Immutability {
  /** No change before this time. */
  readonly until?: number
  readonly legalHold?: boolean
}

export interface Firewall {
  readonly publicNetworkAccess: 'Enabled' | 'Disabled'
  readonly defaultAction: 'Allow' | 'Deny'
  /** Addresses and CIDR blocks that are let in whatever the default. */
  readonly addresses: readonly string[]
}

export interface StorageAccount {
  readonly name: string
  readonly tenantId: string
  readonly subscriptionId: string
  readonly resourceGroup: string
  readonly location: string
  readonly hierarchical: boolean
  readonly containers: Map<string, Container>
  /** key1 and key2, base64. */
  keys: readonly [string, string]
  /** When each of them was made. */
  keysCreated: readonly [number, number]
  /** What user delegation keys are made from; a new one revokes them all. */
  delegationSecret: Uint8Array
  versioning: boolean
  allowSharedKeyAccess: boolean
  allowBlobPublicAccess: boolean
  supportsHttpsTrafficOnly: boolean
  disabled: boolean
  firewall: Firewall
  /** Whether the account can use the customer's key that its data are encrypted with; 'none': they are encrypted with Microsoft's. */
  customerKey: CustomerKey
}

export type CustomerKey = 'none' | 'usable' | 'key-missing' | 'vault-missing' | 'identity-refused'

/** Whose tokens an application takes for its own: issuer, subject and audience must be exactly these. */
export interface FederatedCredential {
  readonly name: string
  readonly issuer: string
  readonly subject: string
  readonly audiences: readonly string[]
}

/** A secret of an application: what it is, and when it ends. */
export interface ClientSecret {
  readonly value: string
  readonly expiresAt: number
}

export interface Application {
  readonly clientId: string
  readonly name: string
  readonly credentials: readonly FederatedCredential[]
  readonly secrets: readonly ClientSecret[]
  /** Whether its service principals are kept from signing in. */
  readonly disabled: boolean
  /** Whether a policy of Conditional Access keeps it from getting tokens. Managed identities have none that would. */
  readonly blocked: boolean
  /** Object id of its service principal in each tenant it is known in: what roles are given to. */
  readonly principals: { readonly [tenantId: string]: string }
}

/** An identity of Azure's own resources. Those of the platform's machine get tokens from its metadata service. */
export interface ManagedIdentity {
  readonly clientId: string
  readonly principalId: string
  readonly tenantId: string
  readonly name: string
  /** Federated credentials may be put on user-assigned ones too. */
  readonly credentials: readonly FederatedCredential[]
  readonly onMachine: boolean
}

/** Everything the Azure of one lab knows. */
export interface AzureState {
  readonly clock: Clock
  readonly random: Random
  readonly tenants: Set<string>
  /** By client id. What is changed reaches sign-in late, as it does in Entra. */
  readonly applications: EventualMap<Application>
  /** By client id. */
  readonly identities: EventualMap<ManagedIdentity>
  /** By id. They reach authorisation late. */
  readonly assignments: EventualMap<RoleAssignment>
  /** By name. They count before every role. */
  readonly denials: Map<string, DenyAssignment>
  /** Custom roles, by id. */
  readonly definitions: Map<string, RoleDefinition>
  /** Names are unique among all tenants. */
  readonly accounts: Map<string, StorageAccount>
  /** What access tokens are signed with. */
  readonly tokenSecret: Uint8Array
  /** How long a change of roles or of identities takes. */
  propagationMs: number
  /** Where callers seem to come from, and by which protocol: all really come from loopback, through a route that takes TLS off. */
  callerAddress: string
  callerProtocol: 'https' | 'http'
  /** Makes etags and versions differ that are made in one millisecond. */
  sequence: number
}
