import type { KeyObject } from 'node:crypto'
import type { AccessBoundary, Clock, GoogleIdentity, IamPolicy, Random } from '@sluice/core'
import type { JSONWebKeySet } from 'jose'
import type { Content } from '../../http/content.ts'
import type { Issuers } from '../../oidc/issuers.ts'
import type { EventualMap } from '../../state/eventual.ts'
import type { IpFilter, PrincipalBoundary, ProjectGuards } from './guards.ts'
import type { ObjectTable, Versioned } from '../../storage/object-table.ts'

export interface Project {
  /** `acme-data` */
  readonly id: string
  /** Twelve digits. */
  readonly number: string
  readonly createdAt: number
  guards: ProjectGuards
}

/** A key of a service account. The private half of a user's key is not kept: Google does not have it either. */
export interface ServiceAccountKey {
  readonly id: string
  readonly publicKey: KeyObject
  readonly createdAt: number
  /** After this nothing it signs counts. */
  readonly validBefore: number
  readonly manager: 'USER_MANAGED' | 'SYSTEM_MANAGED'
  disabled: boolean
}

export interface ServiceAccount {
  readonly email: string
  readonly projectId: string
  /** Twenty-one digits. One made again under an old name has another. */
  readonly uniqueId: string
  readonly createdAt: number
  readonly displayName: string
  readonly description: string
  disabled: boolean
  readonly keys: Map<string, ServiceAccountKey>
  /** The key that Google keeps for signBlob, made when it is first needed. */
  signer: { readonly id: string; readonly privateKey: KeyObject } | undefined
}

/** Trust in an OpenID Connect issuer. */
export interface Provider {
  readonly id: string
  readonly displayName: string
  readonly description: string
  readonly disabled: boolean
  readonly issuerUri: string
  /** Empty: the provider's own name, with `https:` or without. */
  readonly allowedAudiences: readonly string[]
  /** Uploaded keys, instead of what the issuer publishes. */
  readonly keys?: JSONWebKeySet
  /** `google.subject` → a CEL expression over `assertion`. */
  readonly attributeMapping: { readonly [attribute: string]: string }
  readonly attributeCondition?: string
  readonly deleted: boolean
}

export interface Pool {
  readonly projectId: string
  readonly id: string
  /** With the project's number: `projects/123/locations/global/workloadIdentityPools/sluice` */
  readonly name: string
  readonly displayName: string
  readonly description: string
  readonly disabled: boolean
  readonly deleted: boolean
  readonly providers: Map<string, Provider>
}

export interface CustomRole {
  /** `projects/acme/roles/sluiceReader` */
  readonly name: string
  readonly title: string
  readonly description: string
  readonly permissions: readonly string[]
  readonly stage: string
  readonly deleted: boolean
}

/** What a bearer token stands for. */
export interface AccessToken {
  readonly identity: GoogleIdentity
  readonly scopes: readonly string[]
  readonly expiresAt: number
  /** Of a downscoped token. */
  readonly boundary?: AccessBoundary
  /** The account that the token is of, as it was then: one made again under its name is another. */
  readonly serviceAccountId?: string
}

export interface StoredObject extends Versioned {
  readonly content: Content
  readonly metageneration: number
  /** Base64. */
  readonly md5: string
  readonly crc32c: string
  readonly createdAt: number
  readonly updatedAt: number
  readonly storageClass: string
  readonly contentType?: string
  readonly cacheControl?: string
  readonly contentDisposition?: string
  readonly contentEncoding?: string
  readonly contentLanguage?: string
  readonly customTime?: string
  readonly metadata?: { readonly [name: string]: string }
  readonly kmsKeyName?: string
  readonly temporaryHold?: boolean
  readonly eventBasedHold?: boolean
  /** When the bucket's retention period began for it: at its making, or when its event-based hold was released. */
  readonly retainedFrom: number
}

export interface Bucket {
  readonly name: string
  readonly projectId: string
  readonly createdAt: number
  /** `US`, `EUROPE-WEST3` */
  readonly location: string
  updatedAt: number
  metageneration: number
  storageClass: string
  labels: { readonly [name: string]: string }
  uniformAccess: boolean
  publicAccessPrevention: 'inherited' | 'enforced'
  versioning: boolean
  requesterPays: boolean
  defaultKmsKeyName: string | undefined
  retentionSeconds: number | undefined
  defaultEventBasedHold: boolean
  softDeleteSeconds: number
  ipFilter: IpFilter | undefined
  readonly objects: ObjectTable<StoredObject>
}

/** A key of Cloud KMS, as far as Cloud Storage uses it. Who may use it stands in its policy. */
export interface KmsKey {
  /** `projects/p/locations/eu/keyRings/r/cryptoKeys/k` */
  readonly name: string
  state: 'ENABLED' | 'DISABLED' | 'DESTROYED'
}

/** A resumable upload, also after its end: its URL goes on answering. */
export interface ResumableUpload {
  readonly id: string
  readonly bucket: string
  readonly key: string
  readonly startedAt: number
  readonly plan: WritePlan
  /** What X-Upload-Content-Length announced. */
  readonly announced: number | undefined
  received: readonly Uint8Array[]
  size: number
  state: { readonly kind: 'open' } | { readonly kind: 'done'; readonly object: StoredObject } | { readonly kind: 'cancelled' }
}

/** What a write is to make, besides its bytes. */
export interface WritePlan {
  readonly key: string
  readonly resource: ObjectResource
  readonly preconditions: Preconditions
  /** For the 403 that a write may still meet at its end. */
  readonly overwriteRefusal: Error | undefined
}

/** The properties of an object that a client may set. */
export interface ObjectResource {
  readonly storageClass?: string
  readonly contentType?: string
  readonly cacheControl?: string
  readonly contentDisposition?: string
  readonly contentEncoding?: string
  readonly contentLanguage?: string
  readonly customTime?: string
  readonly metadata?: { readonly [name: string]: string }
  readonly kmsKeyName?: string
  readonly temporaryHold?: boolean
  readonly eventBasedHold?: boolean
  /** What the bytes must come to. */
  readonly md5?: string
  readonly crc32c?: string
}

/** What must be so of the live object for a request to go on. 0 as a generation: that there is none. */
export interface Preconditions {
  readonly generationMatch?: string
  readonly generationNotMatch?: string
  readonly metagenerationMatch?: string
  readonly metagenerationNotMatch?: string
}

/** Everything the Google Cloud of one lab knows. */
export interface GcpState {
  readonly clock: Clock
  readonly random: Random
  readonly issuers: Issuers
  /** By id. */
  readonly projects: Map<string, Project>
  /** By e-mail address. */
  readonly serviceAccounts: Map<string, ServiceAccount>
  /** By name, which has the project's number. */
  readonly pools: Map<string, Pool>
  /** By name. What it holds reaches authorisation late. */
  readonly roles: EventualMap<CustomRole>
  /** Allow policies, by what carries them: `projects/p`, `projects/_/buckets/b`, `projects/_/buckets/b/managedFolders/f/`, `projects/p/serviceAccounts/e`, the name of a KMS key. */
  readonly policies: EventualMap<IamPolicy>
  /** By the token itself. */
  readonly tokens: Map<string, AccessToken>
  /** Names are unique among all projects. */
  readonly buckets: Map<string, Bucket>
  readonly uploads: Map<string, ResumableUpload>
  readonly kmsKeys: Map<string, KmsKey>
  principalBoundaries: readonly PrincipalBoundary[]
  /** Where requests seem to come from: for filters of addresses. */
  callerAddress: string
  /** How long a change of policies takes to reach authorisation. */
  iamDelayMs: number
  /** Generations never repeat. */
  lastGeneration: bigint
}
