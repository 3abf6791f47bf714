import type { Access, Purpose } from './access.ts'
import type { CloudId, Location } from './location.ts'

/** `issued` by Sluice, `chosen` by the customer, or `none`: a project-wide connection without an external id. */
export type ExternalId = { readonly kind: 'issued' | 'chosen'; readonly value: string } | { readonly kind: 'none' }

/**
 * How a connection reaches its cloud, as the cloud's `parseAuth` wrote it.
 *
 * Only that cloud reads `fields`; everybody else goes by what stands beside them. Secrets are not in here: `secretId` names them in the vault.
 */
export interface ConnectionAuth {
  /** One of the cloud's methods. */
  readonly method: string
  /**
   * Open values by the names of the method's fields: `roleArn`, `accessKeyId`, `clientId` … Never a secret. Absent ones are not known yet.
   * What the customer's trust is bound to together with an external id is called `roleArn` in every cloud that has one.
   */
  readonly fields: { readonly [name: string]: string }
  /** Present where the customer's trust asks for an external id. */
  readonly externalId?: ExternalId
  /** Names the secret in the vault; present where the method stores one. */
  readonly secretId?: string
  /** ISO time at which the secret ends, where it says so itself. */
  readonly secretExpiresAt?: string
}

/** Things about a bucket that a remedy may tell somebody to set. Absent means: the store's default. */
export interface ConnectionSettings {
  /** Pinned region; absent means discovered. */
  readonly region?: string
  /** `required` fails validation when the bucket is outside the platform's regions, `advisory` only says so. */
  readonly sameRegion?: 'required' | 'advisory'
  readonly expectedBucketOwner?: string
  readonly requesterPays?: boolean
  readonly encryption?: { readonly algorithm: 'AES256' | 'aws:kms' | 'aws:kms:dsse'; readonly keyId?: string }
  /** KMS keys that objects to read, and objects to write, are encrypted with: full ARNs. */
  readonly kmsReadKeys?: readonly string[]
  readonly kmsWriteKeys?: readonly string[]
  readonly storageClass?: string
  readonly acl?: string
  /** S3-compatible stores and other protocols only. */
  readonly endpoint?: string
  /** Which of the stores that speak the protocol it is, where they differ: one of the cloud's presets. */
  readonly preset?: string
  readonly addressing?: 'virtual-host' | 'path'
}

/**
 * Where a connection stands: `draft` (nothing to try yet), `waiting` (set up, never passed),
 * `ready` (last validation passed), `failing` (it passed once and now fails), `disabled`.
 */
export const CONNECTION_STATES = ['draft', 'waiting', 'ready', 'failing', 'disabled'] as const
export type ConnectionState = (typeof CONNECTION_STATES)[number]

/** A secret that is to take the place of the present one as soon as it has passed validation. */
export interface NextSecret {
  /** Of the connection's own method. */
  readonly auth: ConnectionAuth
  /** ISO time. */
  readonly addedAt: string
  /** How it last did; absent while that is not known. */
  readonly checked?: { readonly at: string; readonly verdict: 'failed' | 'inconclusive' }
}

/** A project's access to one cloud: how it authenticates, and the locations it may touch. */
export interface Connection {
  readonly id: string
  readonly organization: string
  readonly project: string
  readonly name: string
  readonly description: string
  readonly labels: { readonly [key: string]: string }
  readonly cloud: CloudId
  readonly auth: ConnectionAuth
  /** Present while a new secret waits to be validated; the connection goes on with the present one. */
  readonly next?: NextSecret
  /** Empty: wherever the project's stages on this connection point (a connection made by SQL). */
  readonly locations: readonly Location[]
  readonly purposes: readonly Purpose[]
  readonly access: readonly Access[]
  readonly settings: ConnectionSettings
  readonly state: ConnectionState
  /** ISO time of the first validation that passed; absent while none has. */
  readonly firstPassedAt?: string
  /** Pinned by the first validation that passed; sent with every request from then on. */
  readonly pinned?: { readonly bucketOwner?: string; readonly region?: string }
  readonly createdAt: string
  readonly updatedAt: string
  /** Counts changes; a change names the version it was based on. */
  readonly version: number
}

/** The external id that a connection sends; undefined where it has none. */
export function externalIdOf({ externalId }: ConnectionAuth): string | undefined {
  return externalId === undefined || externalId.kind === 'none' ? undefined : externalId.value
}
