import type { AccessError, CheckName, Clock, Connection, Lease, Location, ObjectStore, Random, Remedy } from '@sluice/core'
import type { Denial, Probe } from './denial.ts'
import type { Dialect } from './dialect.ts'

/** A credential with all its grant allows, and where it came from. */
export interface Session {
  readonly lease: Lease
  /** Account the session belongs to, where the store has accounts. */
  readonly accountId?: string
  /** Whether it is an account's root user, whom no policy limits. */
  readonly root?: boolean
}

/** What can be learned of a bucket without any permission: an unsigned HEAD, where the cloud answers one. */
export interface BucketFace {
  readonly exists: boolean
  readonly region?: string
}

/** What a bucket tells of itself to those who may ask, as far as the store has such a question. */
export interface BucketFacts {
  readonly owner?: string
  /** Whether what is written over or deleted stays as an earlier version. */
  readonly keepsVersions?: boolean
}

/** What the checks ask of the store. Each cloud makes one; the checks know nothing else of it. */
export interface StoreAccess {
  /** What the bucket shows to everybody; to us, where the cloud shows nothing to strangers. */
  face(location: Location, signal: AbortSignal): Promise<BucketFace>
  /** What the bucket tells of itself to us; absent where the store has no such question. */
  facts?(location: Location, signal: AbortSignal): Promise<BucketFacts>
  /** A credential narrowed to the location and the connection's accesses, as jobs get it. */
  lease(location: Location, signal: AbortSignal): Promise<Lease>
  /** A credential narrowed to one folder below a location, for proving that narrowing works. */
  narrowLease(location: Location, signal: AbortSignal): Promise<Lease>
  /** A credential with everything the grant allows. For keys, the keys. */
  wide(signal: AbortSignal): Promise<Session>
  /** Opens the bucket; `owner` is sent as the expected owner with every request. */
  open(location: Location, lease: Lease, owner: string | undefined): ObjectStore
}

/** One validation: what is tested, with what, and what it has learned and left so far. */
export interface ValidationContext {
  readonly connection: Connection
  readonly locations: readonly Location[]
  readonly access: StoreAccess
  readonly dialect: Dialect
  /** Whether buckets of this store have regions that it names. */
  readonly namesRegions: boolean
  readonly clock: Clock
  readonly random: Random
  /** Whether leases of this method are narrowed by the cloud. */
  readonly narrows: boolean
  /** Owner to expect, once known: pinned, set, or the account of the role. */
  readonly expectedOwner: string | undefined
  /** What names that owner, so that somebody else's bucket refuses: each request, each lease, or nothing that this store has. */
  readonly ownerNamedIn: 'requests' | 'leases' | 'nothing'
  /** Check that must pass before any signed request makes sense. */
  readonly gate: CheckName | undefined
  /** What is to be done, in the words and commands of the cloud at hand. */
  readonly remedies: DataRemedies
  readonly serverRegions: readonly string[]
}

/** Everything a remedy may need to know about the request that was refused. */
export interface RefusedRequest {
  readonly location: Location
  readonly key?: string
  readonly actions: readonly string[]
}

/** The remedies of the data checks, in the words of one store. */
export interface DataRemedies {
  bucketMissing(location: Location): Remedy
  bucketOwner(location: Location, expected: string): Remedy
  region(location: Location, wanted: string, got: string): Remedy
  denied(request: RefusedRequest, denial: Denial): Remedy
  foreignObject(request: RefusedRequest): Remedy
  encryption(request: RefusedRequest, denial: Denial): Remedy
  keyState(request: RefusedRequest): Remedy
  leaseTooWide(location: Location): Remedy
  broader(location: Location, findings: readonly string[]): Remedy
  leftover(keys: readonly string[]): Remedy
  /** Of an error that is no denial and yet says for certain what stands in the way, whoever asks: a retention policy, a closed account. */
  obstacle?(error: AccessError, location: Location): Remedy | undefined
}

/** One location's share of the run. */
export type ProbeOf<T> = (signal: AbortSignal) => Promise<Probe<T>>
