import type { Clock, CompiledRamPolicy, PolicyDocument, Random } from '@sluice/core'
import type { Content } from '../../http/content.ts'
import type { Issuers } from '../../oidc/issuers.ts'
import type { EventualMap } from '../../state/eventual.ts'
import type { ObjectTable, Versioned } from '../../storage/object-table.ts'
import type { StoredPart } from '../../storage/parts.ts'
import type { Versioning } from '../../storage/versions.ts'

/** A policy that is attached to a user or role, by name. */
export interface PolicyRef {
  readonly type: 'Custom' | 'System'
  readonly name: string
}

export interface RamUser {
  readonly name: string
  /** The UID by which bucket policies name it. */
  readonly id: string
  readonly displayName: string
  readonly comments: string
  readonly createdAt: number
  readonly attached: readonly PolicyRef[]
}

export interface RamRole {
  readonly name: string
  readonly id: string
  readonly arn: string
  readonly description: string
  readonly createdAt: number
  readonly trust: PolicyDocument
  readonly maxSessionDuration: number
  readonly attached: readonly PolicyRef[]
}

/** A custom policy and its versions. */
export interface RamPolicy {
  readonly name: string
  readonly description: string
  /** Of the default version: the one that counts. */
  readonly document: PolicyDocument
  readonly createdAt: number
  readonly defaultVersion: string
  /** Oldest first. */
  readonly versions: readonly RamPolicyVersion[]
  /** How many versions there have been: their numbers do not come back. */
  readonly versionsMade: number
}

export interface RamPolicyVersion {
  /** `v1` */
  readonly id: string
  readonly document: PolicyDocument
  readonly createdAt: number
}

export interface AliyunAccessKey {
  readonly id: string
  readonly secret: string
  /** '' for the account's own. */
  readonly userName: string
  readonly createdAt: number
  readonly status: 'Active' | 'Inactive'
}

export interface OidcProvider {
  readonly name: string
  readonly arn: string
  readonly issuer: string
  readonly clientIds: readonly string[]
  readonly fingerprints: readonly string[]
  readonly description: string
  readonly createdAt: number
  /** How many hours after its issue a token is still taken. */
  readonly issuanceLimitHours: number
}

export interface AliyunAccount {
  readonly uid: string
  readonly name: string
  /** By name in lower case: names are not told apart by letter case. */
  readonly users: EventualMap<RamUser>
  readonly roles: EventualMap<RamRole>
  readonly policies: Map<string, RamPolicy>
  readonly accessKeys: Map<string, AliyunAccessKey>
  readonly oidcProviders: Map<string, OidcProvider>
  /** What the resource directory lets users and roles of the account do; undefined where it belongs to none. */
  controlPolicies: readonly PolicyDocument[] | undefined
  /** Whether OSS serves the account: not after long arrears, nor when it was closed for security. */
  standing: 'good' | 'suspended'
}

/** Temporary credentials of a role and what they stand for. */
export interface AliyunSession {
  readonly accessKeyId: string
  readonly secret: string
  readonly token: string
  readonly expiresAt: number
  readonly accountId: string
  readonly roleName: string
  readonly roleId: string
  readonly sessionName: string
  /** The session policy, where one was passed. */
  readonly policy?: PolicyDocument
}

export const BUCKET_ACLS = ['private', 'public-read', 'public-read-write'] as const
export type BucketAcl = (typeof BUCKET_ACLS)[number]
export type OssAcl = BucketAcl | 'default'

export const STORAGE_CLASSES = ['Standard', 'IA', 'Archive', 'ColdArchive', 'DeepColdArchive'] as const
export type StorageClass = (typeof STORAGE_CLASSES)[number]

/** How objects are encrypted; with KMS and without a key, by one that OSS manages. */
export interface OssEncryption {
  readonly algorithm: 'AES256' | 'KMS'
  /** `acs:kms:…:key/…` */
  readonly kmsKey?: string
}

export interface OssObject extends Versioned {
  readonly content: Content
  /** With quotes. */
  readonly etag: string
  readonly type: 'Normal' | 'Multipart'
  readonly lastModified: number
  readonly storageClass: StorageClass
  readonly acl: OssAcl
  readonly encryption?: OssEncryption
  /** content-type, cache-control … and x-oss-meta-*, as they are answered. */
  readonly headers: { readonly [name: string]: string }
}

/** Hotlink protection: which pages may lead to an object. */
export interface OssReferers {
  readonly allowsEmpty: boolean
  /** With `*` and `?`. An empty list lets every page in. */
  readonly allowed: readonly string[]
}

export interface OssBucket {
  readonly name: string
  readonly accountId: string
  /** `cn-hangzhou` */
  readonly region: string
  readonly createdAt: number
  readonly storageClass: StorageClass
  acl: BucketAcl
  blockPublicAccess: boolean
  policy: PolicyDocument | undefined
  encryption: OssEncryption | undefined
  versioning: Versioning
  referers: OssReferers | undefined
  /** A retention policy in force: for so many days after it was written, an object is neither replaced nor deleted. */
  retentionDays: number | undefined
  readonly objects: ObjectTable<OssObject>
}

export interface OssUpload {
  readonly id: string
  readonly bucket: string
  readonly key: string
  readonly initiatedAt: number
  readonly acl: OssAcl
  readonly storageClass: StorageClass
  readonly encryption?: OssEncryption
  readonly headers: { readonly [name: string]: string }
  readonly parts: Map<number, StoredPart>
}

export interface AliyunKey {
  /** `acs:kms:cn-hangzhou:123:key/…` */
  readonly arn: string
  readonly id: string
  readonly accountId: string
  readonly region: string
  state: 'Enabled' | 'Disabled' | 'PendingDeletion'
}

/** Everything the Alibaba Cloud of one lab knows. */
export interface AliyunState {
  readonly clock: Clock
  readonly random: Random
  readonly issuers: Issuers
  /** By UID. */
  readonly accounts: Map<string, AliyunAccount>
  /** By access key id. */
  readonly sessions: Map<string, AliyunSession>
  /** Names are unique among all accounts. */
  readonly buckets: Map<string, OssBucket>
  readonly uploads: Map<string, OssUpload>
  /** By resource name. */
  readonly keys: Map<string, AliyunKey>
  /** Nonces of requests that were answered, and until when they are remembered. */
  readonly nonces: Map<string, number>
  /** Policies prepared for evaluation, by their document: documents are never changed, only replaced. */
  readonly compiled: WeakMap<PolicyDocument, CompiledRamPolicy>
  /** Policies of the gateway endpoints of VPCs, by the id of the VPC. */
  readonly vpcPolicies: Map<string, PolicyDocument>
  /** Where requests seem to come from, of which all really come from loopback: the address and, within Alibaba Cloud, the VPC. */
  origin: { readonly address?: string; readonly vpc?: string }
  /** How long a change of RAM takes to reach authorisation. */
  ramDelayMs: number
}
