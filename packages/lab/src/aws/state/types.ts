import type { Clock, CompiledPolicy, PolicyDocument, Random, RequestContext } from '@sluice/core'
import type { Content } from '../../http/content.ts'
import type { Issuers } from '../../oidc/issuers.ts'
import type { EventualMap } from '../../state/eventual.ts'
import type { ObjectTable, Versioned } from '../../storage/object-table.ts'
import type { StoredPart } from '../../storage/parts.ts'
import type { Versioning } from '../../storage/versions.ts'

/**
 * A policy document with the principals it named when it was saved. AWS keeps their unique ids: when a role is deleted and
 * made again under its old name, the stored principal turns into the dead id and matches nobody.
 */
export interface StoredPolicy {
  readonly document: PolicyDocument
  readonly principalIds: ReadonlyMap<string, string>
}

export interface AccessKey {
  readonly id: string
  readonly secret: string
  readonly userName: string
  readonly createdAt: number
}

export interface User {
  readonly arn: string
  readonly id: string
  readonly name: string
  readonly path: string
  readonly createdAt: number
  readonly inline: ReadonlyMap<string, PolicyDocument>
  /** ARNs of managed policies. */
  readonly attached: readonly string[]
  readonly boundary?: string
  readonly tags: { readonly [key: string]: string }
}

export interface Role {
  readonly arn: string
  readonly id: string
  readonly name: string
  readonly path: string
  readonly description: string
  readonly createdAt: number
  readonly trust: StoredPolicy
  readonly inline: ReadonlyMap<string, PolicyDocument>
  readonly attached: readonly string[]
  readonly boundary?: string
  readonly maxSessionDuration: number
  readonly tags: { readonly [key: string]: string }
}

export interface ManagedPolicy {
  readonly arn: string
  readonly id: string
  readonly name: string
  readonly path: string
  readonly description: string
  readonly createdAt: number
  /** The default version's: the one that is in force. */
  readonly document: PolicyDocument
  /** At most five, newest last. */
  readonly versions: readonly PolicyVersion[]
  readonly versionsMade: number
  readonly defaultVersion: string
  readonly tags: { readonly [key: string]: string }
}

export interface PolicyVersion {
  /** `v1`, `v2` and so on; a number is never given twice. */
  readonly id: string
  readonly document: PolicyDocument
  readonly createdAt: number
}

/** An OpenID Connect identity provider that the roles of an account may trust. */
export interface OidcProvider {
  readonly arn: string
  /** Without its scheme, as trust policies name its claims. */
  readonly url: string
  readonly clientIds: readonly string[]
  readonly thumbprints: readonly string[]
  readonly createdAt: number
  readonly tags: { readonly [key: string]: string }
}

export interface Account {
  readonly id: string
  readonly name: string
  /** The 64 hex digits that S3 writes as Owner.ID. */
  readonly canonicalId: string
  /** Closed or unpaid: nothing of it answers any more. */
  suspended: boolean
  readonly users: EventualMap<User>
  readonly roles: EventualMap<Role>
  /** By ARN. */
  readonly policies: Map<string, ManagedPolicy>
  /** Keys that live as long as their user, the root's under the name ''. */
  readonly accessKeys: Map<string, AccessKey>
  /** By ARN. */
  readonly oidcProviders: Map<string, OidcProvider>
  /** The regions whose STS issues no sessions for the account. */
  readonly stsInactive: Set<string>
}

/** A policy of an organization that limits accounts: what their identities may do, or what may be done to what is theirs. */
export interface OrganizationPolicy {
  readonly arn: string
  readonly name: string
  readonly type: 'SERVICE_CONTROL_POLICY' | 'RESOURCE_CONTROL_POLICY'
  readonly document: PolicyDocument
}

/** An account's place in an organization. */
export interface Membership {
  readonly organizationId: string
  readonly managementAccount: string
  readonly policies: readonly OrganizationPolicy[]
}

/** The network that requests come from, as far as conditions can see it. */
export interface Network {
  readonly address?: string
  /** Of the TLS that a route takes off: `1.3` where it is not said; `none` for plain HTTP. */
  readonly tlsVersion?: string
  /** Where it is a VPC: its gateway to S3. */
  readonly endpoint?: VpcEndpoint
}

/** Temporary credentials and what they stand for. */
export interface Session {
  readonly accessKeyId: string
  readonly secret: string
  readonly token: string
  readonly issuedAt: number
  readonly expiresAt: number
  readonly accountId: string
  readonly identity:
    | {
        readonly kind: 'role'
        readonly roleName: string
        readonly roleId: string
        readonly sessionName: string
        /** Session policies as passed: none, or the intersection of all of these. */
        readonly policies: readonly PolicyDocument[]
        /** Condition keys that the session carries: the claims of the token that it was issued for. */
        readonly context?: RequestContext
      }
    | { readonly kind: 'user'; readonly userName: string }
}

export const OWNERSHIPS = ['BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter'] as const
export type Ownership = (typeof OWNERSHIPS)[number]

export interface PublicAccessBlock {
  readonly blockPublicAcls: boolean
  readonly ignorePublicAcls: boolean
  readonly blockPublicPolicy: boolean
  readonly restrictPublicBuckets: boolean
}

/** How objects are encrypted; `kmsKeyArn` absent with aws:kms means the account's aws/s3 key. */
export interface Encryption {
  readonly algorithm: 'AES256' | 'aws:kms' | 'aws:kms:dsse'
  readonly kmsKeyArn?: string
  readonly bucketKey?: boolean
}

/** Until when a version can be neither deleted nor written over: for whoever may bypass it in governance, for everybody in compliance. */
export interface Retention {
  readonly mode: 'GOVERNANCE' | 'COMPLIANCE'
  readonly until: number
}

/** What Object Lock holds of a version: both hold by themselves. */
export interface ObjectLock {
  readonly retention?: Retention
  readonly legalHold?: boolean
}

/** Object Lock of a bucket, with the retention that what is written there gets by default. */
export interface ObjectLockConfiguration {
  readonly retention?: { readonly mode: Retention['mode']; readonly days: number }
}

export type CannedAcl =
  | 'private'
  | 'public-read'
  | 'public-read-write'
  | 'authenticated-read'
  | 'bucket-owner-read'
  | 'bucket-owner-full-control'

export interface StoredObject extends Versioned {
  readonly content: Content
  /** With quotes. */
  readonly etag: string
  readonly lastModified: number
  readonly storageClass: string
  readonly ownerAccount: string
  readonly acl: CannedAcl
  readonly encryption: Encryption
  /** With SSE-C: the MD5 of the writer's key, in base64. The key itself is not kept, as S3 keeps none. */
  readonly customerKeyMd5?: string
  readonly lock?: ObjectLock
  /** Where intelligent tiering has archived it. */
  readonly archiveTier?: 'ARCHIVE_ACCESS' | 'DEEP_ARCHIVE_ACCESS'
  /** Until when a restored copy of an archived object is there. */
  readonly restoredUntil?: number
  /** content-type, cache-control … and x-amz-meta-*, as they are answered. */
  readonly headers: { readonly [name: string]: string }
  /** `x-amz-checksum-crc32` and so on. */
  readonly checksum?: readonly [header: string, value: string]
}

export interface Bucket {
  readonly name: string
  readonly accountId: string
  readonly region: string
  readonly createdAt: number
  policy: StoredPolicy | undefined
  ownership: Ownership
  publicAccessBlock: PublicAccessBlock
  encryption: Encryption
  requesterPays: boolean
  versioning: Versioning
  /** Absent where Object Lock was never on. */
  objectLock?: ObjectLockConfiguration
  tags: { readonly [key: string]: string }
  readonly objects: ObjectTable<StoredObject>
}

export interface UploadPart extends StoredPart {
  readonly checksum?: readonly [header: string, value: string]
}

export interface Upload {
  readonly id: string
  readonly bucket: string
  readonly key: string
  readonly initiatedAt: number
  readonly initiatorArn: string
  readonly ownerAccount: string
  readonly acl: CannedAcl
  readonly storageClass: string
  readonly encryption: Encryption
  readonly customerKeyMd5?: string
  readonly lock?: ObjectLock
  readonly headers: { readonly [name: string]: string }
  /** `whole`: of the object's bytes; otherwise of the parts' checksums. */
  readonly checksum?: { readonly header: string; readonly whole: boolean }
  readonly parts: Map<number, UploadPart>
}

/** A way into a bucket with a policy of its own. */
export interface AccessPoint {
  readonly arn: string
  readonly name: string
  /** Takes the place of a bucket's name in requests. */
  readonly alias: string
  readonly accountId: string
  readonly bucket: string
  policy: StoredPolicy | undefined
}

/** A bucket of S3 Express: reached by sessions, which are asked for with `s3express:CreateSession`. */
export interface DirectoryBucket {
  readonly arn: string
  readonly name: string
  readonly accountId: string
  readonly region: string
  policy: StoredPolicy | undefined
}

/** A gateway through which a VPC reaches S3. */
export interface VpcEndpoint {
  readonly id: string
  readonly vpc: string
  readonly policy: PolicyDocument
}

/** A permission on a key that stands beside its policy. */
export interface KeyGrant {
  readonly id: string
  /** ARN of a user or role. */
  readonly grantee: string
  /** `Decrypt`, `GenerateDataKey` … */
  readonly operations: readonly string[]
}

export interface KmsKey {
  readonly arn: string
  readonly id: string
  readonly accountId: string
  readonly region: string
  readonly manager: 'AWS' | 'CUSTOMER'
  readonly createdAt: number
  alias: string | undefined
  policy: StoredPolicy
  state: 'Enabled' | 'Disabled' | 'PendingDeletion' | 'PendingImport' | 'Unavailable'
  readonly grants: Map<string, KeyGrant>
}

/** Everything the AWS of one lab knows. */
export interface AwsState {
  readonly clock: Clock
  readonly random: Random
  readonly issuers: Issuers
  readonly accounts: Map<string, Account>
  /** By access key id. */
  readonly sessions: Map<string, Session>
  /** Names are unique among all accounts. */
  readonly buckets: Map<string, Bucket>
  readonly uploads: Map<string, Upload>
  /** By alias. */
  readonly accessPoints: Map<string, AccessPoint>
  readonly directoryBuckets: Map<string, DirectoryBucket>
  /** By ARN. */
  readonly keys: Map<string, KmsKey>
  /** Policies prepared for evaluation, by their document: documents are never changed, only replaced. */
  readonly compiled: WeakMap<PolicyDocument, CompiledPolicy>
  /** By account. */
  readonly memberships: Map<string, Membership>
  /** undefined: requests come from where they really come from. */
  network: Network | undefined
  /** How long a change of IAM takes to reach authorisation. */
  iamDelayMs: number
}
