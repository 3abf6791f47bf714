import type { Access } from '../access.ts'
import type { CheckName, CheckOutcome, Report, Severity } from '../check.ts'
import type { Connection, ConnectionAuth, ConnectionSettings } from '../connection.ts'
import type { Lease, LeaseScope } from '../lease.ts'
import type { CloudId, Location } from '../location.ts'
import type { Platform } from '../platform.ts'
import type { Setup, SetupOptions, SetupRoute } from '../setup.ts'
import type { CloudDiagnostics } from './diagnostics.ts'
import type { ObjectStore, StoreCapabilities } from './object-store.ts'

/** One input of an authentication method. Drives the API's schema, the CLI's flags, SQL's parameters and the form. */
export interface AuthField {
  /** camelCase, as in the API: `roleArn`. The CLI's flag is `--role-arn`. */
  readonly name: string
  readonly label: string
  readonly help: string
  readonly example: string
  readonly required: boolean
  /** Goes in and never comes out. */
  readonly secret: boolean
  /** The SQL connection parameters that mean this field, lower case, the preferred one first. */
  readonly sql: readonly string[]
}

export interface CloudMethod {
  readonly id: string
  readonly label: string
  readonly summary: string
  readonly fields: readonly AuthField[]
  /** Whether the cloud enforces a lease's scope for this method. */
  readonly narrows: boolean
  /** Whether it works without a stored secret. */
  readonly keyless: boolean
  readonly access: readonly Access[]
  /** Names of the fields that are known only after the customer applied the setup: while one is absent there is nothing to try. */
  readonly awaits: readonly string[]
  /** The routes of its setup. */
  readonly setups: readonly SetupRoute['id'][]
  /** Set where all projects act as one identity of ours: refused where several organizations share the installation. */
  readonly sharesIdentity?: (platform: Platform) => boolean
}

/** What a method's inputs come to: what is stored openly, and what goes to the vault. */
export interface ParsedAuth {
  readonly auth: ConnectionAuth
  readonly secret?: { readonly [field: string]: string }
  /** Said to the user at once, for example that these are root keys. */
  readonly warnings: readonly string[]
}

export interface AuthContext {
  readonly connectionName: string
  /** Organization, project and id of the connection: what the subject of our tokens is made of. */
  readonly connection: Pick<Connection, 'id' | 'organization' | 'project'>
  /** Issued for this connection before anything else exists. */
  readonly issuedExternalId: string
  /** Names the secret in the vault. */
  readonly secretId: string
  readonly platform: Platform
  readonly settings: Connection['settings']
}

/** A connection with its secret, if its method has one. Only drivers and lease hand-out see it. */
export interface OpenConnection {
  readonly connection: Connection
  readonly secret?: { readonly [field: string]: string }
}

/** One claim of a validation run and how to test it. */
export interface CheckPlan {
  readonly name: CheckName
  /** Tested only when all of these passed; skipped because of the first that did not, otherwise. */
  readonly needs: readonly CheckName[]
  /** Where this run weighs the check otherwise than the table does. */
  readonly severity?: Severity
  run(signal: AbortSignal): Promise<CheckOutcome>
}

/** One validation of one connection. Its plans share what they learn, so that each request is made once. */
export interface ValidationRun {
  readonly checks: readonly CheckPlan[]
  /** Our probe objects that could not be removed. Complete once `cleaned-up` has run. */
  leftovers(): Report['leftovers']
  /** Facts to pin after a pass; and when the secret ends, where that was learned only now. */
  discovered(): { readonly bucketOwner?: string; readonly region?: string; readonly secretExpiresAt?: string }
}

export interface ValidationSubject extends OpenConnection {
  /** The locations to test: the connection's own, or its stages' for a connection without any. */
  readonly locations: readonly Location[]
}

/** A URL as a person pasted it, taken apart. */
export interface PastedUrl {
  /** Without any credential. */
  readonly url: string
  /** What the credential in it amounts to: a method of the cloud and its fields, as if they had been given. */
  readonly credential?: { readonly method: string; readonly fields: { readonly [field: string]: string } }
}

/** One of the stores that speak a cloud's protocol, known by name. */
export interface StorePreset {
  readonly id: string
  readonly label: string
  /** Its endpoint, with what differs from customer to customer in braces: `https://{account}.r2.cloudflarestorage.com`. Absent: anybody's. */
  readonly endpoint?: string
  /** Host names of its endpoints. */
  readonly hosts?: RegExp
}

/** What an endpoint of a cloud's own says besides where to send requests: which account, which region. */
export interface OwnEndpoint {
  readonly fields: { readonly [field: string]: string }
  readonly settings: ConnectionSettings
}

/** One cloud: a value, never subclassed. Made from its dependencies (transport, clock, random, our own credentials). */
export interface Cloud {
  readonly id: CloudId
  readonly label: string
  /** `s3://`, `gs://` … */
  readonly schemes: readonly string[]
  readonly methods: readonly CloudMethod[]
  /** What its stores can do. */
  readonly capabilities: StoreCapabilities
  /** SQL's storage types that mean this cloud, the preferred one first: `s3`, `gcs`, `azblob`, `oss`. */
  readonly storageTypes: readonly string[]
  /** Whether connections name an endpoint of their own: the cloud is a protocol, not a vendor. */
  readonly takesEndpoint: boolean
  /** The stores it knows by name, where it is a protocol that several speak. */
  readonly presets?: readonly StorePreset[]
  /** Reads an endpoint of the vendor's, which SQL of the Databend family names even where it is the only one. Undefined: it is not the vendor's. */
  ownEndpoint?(endpoint: string): OwnEndpoint | undefined
  /** Parses any URL form of this cloud. Throws `invalid` with what to write instead; a credential in the URL is refused and never echoed. */
  parse(url: string): Location
  /** Takes a credential out of a URL, where people paste one in it (a SAS, a key pair, a presigned query). Never throws: what it does not know it leaves. */
  splitCredential(url: string): PastedUrl
  /** The canonical URL of a location. */
  format(location: Location): string
  /** Checks a method's inputs and splits them into open and secret parts. */
  parseAuth(method: string, fields: { readonly [name: string]: string }, context: AuthContext): ParsedAuth
  /** Who the customer's trust names, for people: a role's ARN, a service account, an issuer with a subject. Undefined where nobody is trusted. */
  principal(connection: Connection, platform: Platform): string | undefined
  /** What the cloud admin applies. Pure. */
  setup(connection: Connection, platform: Platform, options: SetupOptions): Setup
  /** What the customer can remove once the connection is gone, as far as we know of it: whole sentences. Pure. */
  removable(connection: Connection): readonly string[]
  /** The claims to test, in order. */
  validation(subject: ValidationSubject): ValidationRun
  /** What a diagnosis can ask beside what the store and leases offer; absent where there is nothing more. */
  readonly diagnostics?: CloudDiagnostics
  /** Issues the narrowest credential that allows `scope`, valid for at most `seconds`. Never wider: refuses instead. */
  lease(open: OpenConnection, scope: LeaseScope, seconds: number, signal: AbortSignal): Promise<Lease>
  /**
   * Opens the bucket with a lease; `current` is asked for a fresh one before each request and told what the request does,
   * so that a caller may hold one lease for each access where one for all of them is refused as too large.
   */
  open(connection: Connection, location: Location, current: (signal: AbortSignal, access: Access) => Promise<Lease>): ObjectStore
}
