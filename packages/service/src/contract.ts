import type {
  Access,
  AuditEvent,
  CheckEvent,
  Cloud,
  Column,
  Cell,
  Connection,
  ConnectionSettings,
  DiagnosisEvent,
  DiagnosisReport,
  FileFormat,
  Json,
  Language,
  Lease,
  ListPage,
  Location,
  ObjectStore,
  OpenConnection,
  Platform,
  Purpose,
  QueryLimits,
  QueryProgress,
  QueryStats,
  Report,
  Setup,
  SetupOptions,
  Stage,
  TokenIssuer,
} from '@sluice/core'

/** On whose behalf a use case runs. Every use case takes one first and touches only its project. */
export interface Caller {
  readonly organization: string
  readonly project: string
  /** `token:<id>` or `system`. */
  readonly actor: string
  readonly requestId: string
}

export interface ConnectionInput {
  readonly name: string
  readonly description?: string
  readonly labels?: { readonly [key: string]: string }
  readonly cloud: string
  /** May be left out where a credential in a URL says it. */
  readonly method?: string
  /** What becomes of a credential in the URL of a location: refused (default), or taken out and stored as if its fields had been given. */
  readonly credentialInUrl?: 'refuse' | 'store'
  /** The method's fields by name, as `CloudMethod.fields` declares them. */
  readonly auth: { readonly [field: string]: string }
  /** ISO time at which the secret ends, where its owner has said so; the secret itself may say an earlier one. */
  readonly secretExpiresAt?: string
  /** URLs of the cloud's own forms. */
  readonly locations?: readonly string[]
  /** For a URL that names one object: that object alone (default) or its folder. */
  readonly singleFile?: 'object' | 'folder'
  readonly purposes?: readonly Purpose[]
  readonly settings?: ConnectionSettings
}

/** What an update may change. The external id is not among it: it never changes. */
export interface ConnectionPatch {
  readonly name?: string
  readonly description?: string
  readonly labels?: { readonly [key: string]: string }
  readonly auth?: { readonly [field: string]: string }
  readonly secretExpiresAt?: string
  readonly locations?: readonly string[]
  readonly purposes?: readonly Purpose[]
  readonly settings?: ConnectionSettings
}

/** A cloud as it is described to whoever makes a connection to it. */
export type CloudDescription = Pick<
  Cloud,
  'id' | 'label' | 'schemes' | 'methods' | 'capabilities' | 'storageTypes' | 'takesEndpoint' | 'ownEndpoint' | 'presets'
>

/** What one cloud makes of a URL. */
export interface UrlReading {
  readonly cloud: string
  readonly location: Location
  /** The method that a credential in the URL belongs to, where there is one. */
  readonly method?: string
}

export interface CreatedConnection {
  readonly connection: Connection
  readonly warnings: readonly string[]
}

/** What a deletion would leave behind or break; shown before it is done. */
export interface DeletionPlan {
  readonly stages: readonly string[]
  /** What the customer can now remove in their cloud, in sentences. */
  readonly customerMayRemove: readonly string[]
}

export interface Connections {
  create(caller: Caller, input: ConnectionInput): Promise<CreatedConnection>
  /** Like `create`, but an existing connection of that name keeps its id and external id (SQL's CREATE OR REPLACE). */
  replace(caller: Caller, input: ConnectionInput): Promise<CreatedConnection>
  get(caller: Caller, name: string): Promise<Connection>
  list(caller: Caller, options: { readonly limit?: number; readonly after?: string }): Promise<readonly Connection[]>
  update(caller: Caller, name: string, patch: ConnectionPatch, expectedVersion?: number): Promise<CreatedConnection>
  disable(caller: Caller, name: string): Promise<Connection>
  enable(caller: Caller, name: string): Promise<Connection>
  deletionPlan(caller: Caller, name: string): Promise<DeletionPlan>
  /** Refused with `conflict` while stages use it. Ends its leases, deletes its secret. */
  delete(caller: Caller, name: string): Promise<DeletionPlan>
  /** Every cloud of this installation, with its methods and what it can do. */
  clouds(): readonly CloudDescription[]
  /** Which clouds a URL can be of, and what each makes of it: its own forms, those of a browser and a console included. */
  readUrl(url: string): readonly UrlReading[]
}

export interface Setups {
  forConnection(caller: Caller, name: string, options: SetupOptions): Promise<Setup>
  /** Uploads the template to the platform's template bucket and returns the quick-create link. */
  publish(
    caller: Caller,
    name: string,
    options: SetupOptions,
    signal: AbortSignal,
  ): Promise<{ readonly templateUrl: string; readonly quickCreateUrl: string }>
}

export interface ValidationOptions {
  /** Keep trying until everything holds or this many seconds have passed; absent: one run, with up to 60 s for a role that is new. */
  readonly waitSeconds?: number
}

export interface Validations {
  /** Runs the checks, telling each as it goes; the last event is the report. Stores the report and the connection's new state. */
  validate(caller: Caller, name: string, options: ValidationOptions, signal: AbortSignal): AsyncIterable<CheckEvent>
  history(caller: Caller, name: string, limit: number): Promise<readonly Report[]>
}

export interface RotationRequest {
  /** Fields of the connection's method; open ones that are left out stay as they are. Absent: the new secret that waits is tried again. */
  readonly auth?: { readonly [field: string]: string }
  readonly secretExpiresAt?: string
  /** Keep trying until everything holds or this many seconds have passed. */
  readonly waitSeconds?: number
}

/** What came of a rotation: on `kept` the connection goes on with its present secret, and the new one waits. */
export interface Rotation {
  readonly outcome: 'switched' | 'kept'
  readonly connection: Connection
  /** Of the validation with the new secret. */
  readonly report: Report
  readonly warnings: readonly string[]
}

export type RotationEvent = Exclude<CheckEvent, { readonly type: 'report' }> | { readonly type: 'rotation'; readonly rotation: Rotation }

export interface Rotations {
  /** Stores a new secret beside the present one, validates with it, and switches when it passes. The last event is the rotation. */
  rotate(caller: Caller, name: string, request: RotationRequest, signal: AbortSignal): AsyncIterable<RotationEvent>
  /** Drops the new secret that waits. */
  abandon(caller: Caller, name: string): Promise<Connection>
}

export interface DiagnosisOptions {
  /** Also tries to write: one small object of ours, which is deleted again. Without it nothing is changed. */
  readonly write?: boolean
  /** A case document whose parts join what the probes see: the output of a read-only script the customer ran. */
  readonly evidence?: Json
  readonly language?: Language
}

export interface Diagnoses {
  /** Probes the connection and says what is wrong with it, with proof and what to change. At most a few in a minute for each connection. */
  diagnose(caller: Caller, name: string, options: DiagnosisOptions, signal: AbortSignal): Promise<DiagnosisReport>
  /** The same, telling what it asks for as it goes. A reader who stops early ends it. */
  follow(caller: Caller, name: string, options: DiagnosisOptions, signal: AbortSignal): AsyncIterable<DiagnosisEvent>
  /**
   * What is behind a failure that was just met, or would be met: whoever is about to run something long on a connection asks this first,
   * with `write` where it is going to write, and does not begin where the verdict is `blocked`. The same probes as `diagnose`, within the
   * same two seconds, and nothing is audited: whoever asks has an event of its own. Undefined where probes see nothing wrong, where
   * nothing can be said, and where the connection was looked at too often in this minute. Never throws because of the customer's cloud.
   */
  explain(
    connection: Connection,
    options: Pick<DiagnosisOptions, 'write' | 'language'>,
    signal: AbortSignal,
  ): Promise<DiagnosisReport | undefined>
}

export interface LeaseRequest {
  readonly connection: string
  /** URL within the connection's locations; absent: its only location. */
  readonly location?: string
  readonly access: readonly Access[]
  /** The lease has at least this long to live when handed out. */
  readonly minimumSeconds?: number
}

export interface Leases {
  /** Hands out a lease to a caller outside: audited, scope checked against the connection. */
  create(caller: Caller, request: LeaseRequest, signal: AbortSignal): Promise<Lease>
  /** Opens a location for our own use; leases are renewed under way. */
  open(caller: Caller, connection: Connection, location: Location, access: readonly Access[], signal: AbortSignal): Promise<ObjectStore>
  /** Opens a location with a credential that is used for this alone: nothing of it is stored or shared. */
  openOnce(caller: Caller, open: OpenConnection, location: Location, access: readonly Access[], signal: AbortSignal): ObjectStore
  /** Ends every lease of a connection: none is served from now on. */
  end(connectionId: string): void
  /** Since start: how many leases were asked for and how many times the cloud was. */
  stats(): { readonly served: number; readonly minted: number }
}

export interface StageInput {
  readonly name: string
  readonly connection: string
  readonly url: string
  readonly format?: Partial<FileFormat>
  readonly comment?: string
}

export interface Stages {
  create(caller: Caller, input: StageInput, mode: 'create' | 'replace' | 'if-not-exists'): Promise<Stage>
  get(caller: Caller, name: string): Promise<Stage>
  list(caller: Caller, options: { readonly limit?: number; readonly after?: string }): Promise<readonly Stage[]>
  delete(caller: Caller, name: string, ifExists: boolean): Promise<void>
  /** One page of a stage's files below `path` (relative to the stage). */
  files(
    caller: Caller,
    name: string,
    request: { readonly path?: string; readonly delimiter?: '/'; readonly continuation?: string; readonly limit?: number },
    signal: AbortSignal,
  ): Promise<ListPage>
}

/** The outcome of one statement. `statement` is the source text, credentials stripped. */
export interface StatementResult {
  readonly statement: string
  readonly kind: 'rows' | 'done'
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
  readonly truncated: boolean
  /** For people: "Connection lake_test created." */
  readonly message?: string
  readonly warnings: readonly string[]
  readonly stats?: QueryStats
}

export interface SqlRequest {
  readonly sql: string
  readonly limits?: Partial<QueryLimits>
  readonly onProgress?: (progress: QueryProgress) => void
}

export interface Sql {
  /**
   * Runs the statements one after another and yields each result as it comes; stops at the first error, thrown as an AccessError
   * whose context has `line`, `column`, `position` and `length` within `sql`, as the user wrote it.
   */
  run(caller: Caller, request: SqlRequest, signal: AbortSignal): AsyncIterable<StatementResult>
  history(
    caller: Caller,
    limit: number,
  ): Promise<readonly { readonly id: string; readonly sql: string; readonly at: string; readonly ok: boolean; readonly ms: number }[]>
}

/** The discovery document of an OpenID Connect issuer. */
export interface DiscoveryDocument {
  readonly issuer: string
  readonly jwks_uri: string
  readonly response_types_supported: string[]
  readonly subject_types_supported: string[]
  readonly id_token_signing_alg_values_supported: string[]
  readonly scopes_supported: string[]
  readonly claims_supported: string[]
}

/** A JSON Web Key Set of public RSA keys. */
export interface KeySet {
  readonly keys: {
    readonly kty: 'RSA'
    readonly kid: string
    readonly use: 'sig'
    readonly alg: string
    readonly n: string
    readonly e: string
  }[]
}

/** One published key: `next` waits for its time, `signing` signs, `retired` stays until every token it signed has ended. */
export interface IssuerKeyView {
  readonly id: string
  readonly state: 'next' | 'signing' | 'retired'
  readonly createdAt: string
  readonly signsFrom: string
  /** Absent while no key follows it. */
  readonly signsUntil?: string
  readonly publishedUntil?: string
}

export interface IssuerView {
  readonly url: string
  readonly discoveryUrl: string
  readonly keysUrl: string
  /** When the next key is made and published. */
  readonly nextKeyAt: string
  readonly keys: IssuerKeyView[]
}

/** Sluice as OpenID Connect issuer. Everything fails with `issuer.not_configured` where it is none. */
export interface Issuer {
  readonly issue: TokenIssuer
  discovery(): DiscoveryDocument
  /** The keys published now. */
  keys(): Promise<KeySet>
  show(): Promise<IssuerView>
  /**
   * Makes the next key, unless it waits already. With `withdraw`, makes one that signs at once and takes all others back:
   * for a key that somebody else may have. Refused to one of several organizations.
   */
  rotate(caller: Caller, options: { readonly withdraw: boolean }): Promise<IssuerView>
}

/** Everything Sluice can do, for the one place that serves it. */
export interface Services {
  readonly connections: Connections
  readonly setups: Setups
  readonly validations: Validations
  readonly diagnoses: Diagnoses
  readonly rotations: Rotations
  readonly leases: Leases
  readonly stages: Stages
  readonly sql: Sql
  readonly issuer: Issuer
  readonly platform: () => Platform
  readonly audit: { list(caller: Caller, options: { readonly limit: number; readonly action?: string }): Promise<readonly AuditEvent[]> }
}
