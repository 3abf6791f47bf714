import type { AccessError, ObjectInfo, ObjectStore } from '@sluice/core'
import type { Denial, DenialLayer } from './denial.ts'

/**
 * How one kind of store words its answers, what its permissions are called, and which requests prove something there.
 *
 * The checks of the data are the same for every cloud; what a refusal looks like is not. A dialect errs towards "says nothing":
 * what it does not know for a refusal is no denial, and what it does not know for a proof of permission is none.
 */
export interface Dialect {
  /** What sentences call the store: `S3`, `Cloud Storage`. */
  readonly service: string
  /** What they call the keeper of encryption keys: `KMS`. */
  readonly keyService: string
  /** The store's own names of the permissions, for remedies. */
  readonly permissions: {
    readonly list: readonly string[]
    readonly read: readonly string[]
    readonly write: readonly string[]
    readonly delete: readonly string[]
    readonly decrypt: readonly string[]
    readonly encrypt: readonly string[]
    /** What aborting an upload in parts takes. */
    readonly abort: string
  }
  /** What sentences call the policy layers that a denial of this store can name. */
  readonly layers: { readonly [layer in DenialLayer]?: string }
  /** Reads an error as a refusal for want of permission, and nothing else: clocks, suspended accounts and throttling are none. */
  denialOf(error: AccessError): Denial | undefined
  /** Whether a denial names reading itself, so that nothing else (a missing key hidden from us) can be meant. */
  deniesReading(denial: Denial): boolean
  /**
   * Whether an error is what a lease narrowed by place answers outside it, where that is worded as if the credential did not hold.
   * Absent where such a refusal is a denial like any other.
   */
  refusesOutside?(error: AccessError): boolean
  /** Whether it is the encryption key that refuses. */
  isKeyDenial(denial: Denial): boolean
  /** Whether the key cannot be used in the state it is in, whoever asks. */
  isKeyState(error: AccessError): boolean
  /** Whether it says that what was asked for is not there, which the store tells only to who has the permission. */
  isAbsence(error: AccessError): boolean
  /** Whether a read that failed shows that reading is allowed. */
  readWasAllowed(error: AccessError): boolean
  /** Whether a phantom write that failed shows that writing is allowed. */
  writeWasAllowed(error: AccessError): boolean
  /** A write that could not have created or changed anything, and fails always. `token` is random, for names that nobody else uses. */
  phantomWrite(store: ObjectStore, key: string, token: string, signal: AbortSignal): Promise<unknown>
  /**
   * Set where a phantom write that is allowed succeeds, because the store lets it be taken back before anything came of it. Writing is
   * then proved by one wherever we may not delete, so that no object of ours ever stays.
   */
  readonly takesBackWrites?: true
  /** A deletion that could not have deleted anything, and succeeds where deleting is allowed; absent where the store has no such request. */
  phantomDelete?(store: ObjectStore, key: string, signal: AbortSignal): Promise<unknown>
  /** Set where a grant to list is always one for the whole bucket: that it reaches outside a folder is no excess then. */
  readonly listsWholeBuckets?: true
  /** What is said where the store hides the region from us and nothing depends on it. Absent where a region is always told. */
  readonly hiddenRegion?: string
  /** Whether an object has to be restored before it can be read. */
  isArchived(object: ObjectInfo): boolean
  saysArchived(error: AccessError): boolean
}
