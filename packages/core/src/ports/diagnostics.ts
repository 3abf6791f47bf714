import type { Access } from '../access.ts'
import type { Json } from '../json.ts'
import type { Lease } from '../lease.ts'
import type { Location } from '../location.ts'
import type { OpenConnection } from './cloud.ts'
import type { ObjectStore } from './object-store.ts'

/** What objects say that probes write, to whoever finds one. */
export const PROBE_NOTICE = 'Sluice wrote this to find out why something was refused. It may be deleted.\n'

/** A connection under diagnosis after its first requests: what they were made with, and what was refused. */
export interface ProbeSubject extends OpenConnection {
  readonly location: Location
  /** What the first requests were made with. */
  readonly lease: Lease
  /** The accesses that were refused. */
  readonly refused: readonly Access[]
  /** The object that could not be read. */
  readonly key?: string
  /** Where something of ours may be written. Absent where nobody agreed to that. */
  readonly writeKey?: string
}

/**
 * One probe. Refusals are thrown as from every other request; whatever comes of it, the transport tells. One that writes resolves once
 * something was written, with its version where the bucket keeps versions.
 */
export type ProbeRequest = (signal: AbortSignal) => Promise<void | { readonly versionId?: string }>

/** The requests that a cloud can make of those in its table of probes, by their names. */
export interface ProbeRequests {
  readonly [name: string]: ProbeRequest
}

/** What a cloud brings to a diagnosis beside its store and its leases. */
export interface CloudDiagnostics {
  /** Documents of a case that we know by ourselves, as the policy that our sessions are narrowed by. Nothing of them is secret. */
  documents(open: OpenConnection, location: Location): { readonly [name: string]: Json }
  /** Asks what takes no credential, side by side with the first lease. */
  unsigned?(open: OpenConnection, location: Location, signal: AbortSignal): Promise<void>
  /** Tries what takes more than a small write does, once one of this key was served: writes it anew. */
  rewrite?(store: ObjectStore, key: string, signal: AbortSignal): Promise<{ readonly versionId?: string }>
  /** The probes that make sense after what was seen. Sessions that they take are named `diag-…` where the cloud lets them have a name. */
  probes(subject: ProbeSubject): ProbeRequests
}
