import type { Access } from '../access.ts'
import type { CheckName, CheckOutcome, Report, Severity } from '../check.ts'
import type { Connection, ConnectionAuth } from '../connection.ts'
import type { Lease, LeaseScope } from '../lease.ts'
import type { CloudId, Location } from '../location.ts'
import type { Platform } from '../platform.ts'
import type { Setup, SetupOptions } from '../setup.ts'
import type { ObjectStore } from './object-store.ts'

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
  readonly id: ConnectionAuth['method']
  readonly label: string
  readonly summary: string
  readonly fields: readonly AuthField[]
  /** Whether the cloud enforces a lease's scope for this method. */
  readonly narrows: boolean
  readonly access: readonly Access[]
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
  /** Facts to pin after a pass. */
  discovered(): { readonly bucketOwner?: string; readonly region?: string }
}

export interface ValidationSubject extends OpenConnection {
  /** The locations to test: the connection's own, or its stages' for a connection without any. */
  readonly locations: readonly Location[]
}

/** One cloud: a value, never subclassed. Made from its dependencies (transport, clock, random, our own credentials). */
export interface Cloud {
  readonly id: CloudId
  readonly label: string
  /** `s3://`, `gs://` … */
  readonly schemes: readonly string[]
  readonly methods: readonly CloudMethod[]
  /** Parses any URL form of this cloud. Throws `invalid` with what to write instead; a credential in the URL is refused and never echoed. */
  parse(url: string): Location
  /** The canonical URL of a location. */
  format(location: Location): string
  /** Checks a method's inputs and splits them into open and secret parts. */
  parseAuth(method: string, fields: { readonly [name: string]: string }, context: AuthContext): ParsedAuth
  /** What the cloud admin applies. Pure. */
  setup(connection: Connection, platform: Platform, options: SetupOptions): Setup
  /** The claims to test, in order. */
  validation(subject: ValidationSubject): ValidationRun
  /** Issues the narrowest credential that allows `scope`, valid for at most `seconds`. Never wider: refuses instead. */
  lease(open: OpenConnection, scope: LeaseScope, seconds: number, signal: AbortSignal): Promise<Lease>
  /**
   * Opens the bucket with a lease; `current` is asked for a fresh one before each request and told what the request does,
   * so that a caller may hold one lease for each access where one for all of them is refused as too large.
   */
  open(connection: Connection, location: Location, current: (signal: AbortSignal, access: Access) => Promise<Lease>): ObjectStore
}
