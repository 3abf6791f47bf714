import type { Access } from './access.ts'
import type { Location } from './location.ts'

/** What a lease is asked to allow: these accesses under this location, and nothing else. */
export interface LeaseScope {
  readonly location: Location
  readonly access: readonly Access[]
}

/** A credential as the cloud's signer takes it. Only drivers and lease hand-out look inside. */
export type LeaseSecret =
  | { readonly kind: 'aws'; readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'sas'; readonly query: string }
  | { readonly kind: 'oss'; readonly accessKeyId: string; readonly accessKeySecret: string; readonly securityToken?: string }
  /** The connection's own secret as the vault has it, where the cloud makes nothing narrower of it. Never handed out. */
  | { readonly kind: 'stored'; readonly secret: { readonly [field: string]: string } }
  | { readonly kind: 'anonymous' }

/** A short-lived credential with a scope and an end. */
export interface Lease {
  readonly id: string
  readonly scope: LeaseScope
  /** Whether the cloud itself enforces exactly `scope`. False for keys that cannot be narrowed: the credential then allows all the key allows. */
  readonly narrowed: boolean
  /** Where `narrowed` is false: what the credential reaches instead, in one sentence. */
  readonly reach?: string
  /** Milliseconds since the epoch; Infinity where the credential has no known end. */
  readonly expiresAt: number
  readonly secret: LeaseSecret
}
