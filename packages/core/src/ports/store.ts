import type { Report } from '../check.ts'
import type { Connection } from '../connection.ts'
import type { AuditEvent } from './audit.ts'
import type { FileFormat } from './engine.ts'
import type { Location } from '../location.ts'

export interface Organization {
  readonly id: string
  readonly name: string
}
export interface Project {
  readonly id: string
  readonly organization: string
  readonly name: string
}

/** A named location, connection and file format, to read and write files with SQL. */
export interface Stage {
  readonly id: string
  readonly project: string
  readonly name: string
  readonly connectionId: string
  readonly location: Location
  readonly format: FileFormat
  readonly comment: string
  readonly createdAt: string
  readonly updatedAt: string
}

/** An API token; only a hash of it is kept. */
export interface TokenRecord {
  readonly id: string
  readonly project: string
  readonly name: string
  /** SHA-256 of the token, hex. */
  readonly hash: string
  readonly createdAt: string
}

/** A key that Sluice signs tokens with as an issuer: its public part, and when it is used. The private part stays in the store. */
export interface SigningKey {
  /** The `kid` of its tokens: the thumbprint of the public part (RFC 7638). */
  readonly id: string
  /** 1 for the first, one more for each that follows. */
  readonly generation: number
  /** As a JSON Web Key has them, base64url. */
  readonly publicKey: { readonly n: string; readonly e: string }
  /** ISO time from which it is published. */
  readonly createdAt: string
  /** ISO time from which it signs: until the key of the next generation does. */
  readonly signsFrom: string
}

export interface ListOptions {
  readonly limit?: number
  /** Names after this one, in name order. */
  readonly after?: string
}

/** A secret with a known end. */
export interface EndingSecret {
  readonly id: string
  readonly connectionId: string
  /** ISO time. */
  readonly endsAt: string
}

/** What is written in the same transaction as a change of a connection: all of it is durable, or none. */
export interface Alongside {
  /** Encrypted as `secrets.put` does. Every secret of the connection that neither `auth` nor `next` names is deleted. */
  readonly secret?: { readonly id: string; readonly value: { readonly [field: string]: string } }
  readonly event?: AuditEvent
}

/**
 * Everything Sluice remembers. Every method is atomic and durable when it resolves.
 *
 * Names of connections and stages are kept as given, and found, compared and ordered without regard to case, like SQL identifiers.
 *
 * Errors: `conflict` `store.duplicate` (a name or an external-id claim exists), `conflict` `store.version` (the row changed meanwhile),
 * `not_found` `store.missing`, `unavailable` `store.unavailable`.
 */
export interface MetadataStore {
  organizations: {
    ensure(organization: Organization): Promise<void>
    list(): Promise<readonly Organization[]>
  }
  projects: {
    ensure(project: Project): Promise<void>
    get(id: string): Promise<Project | undefined>
    list(): Promise<readonly Project[]>
  }
  connections: {
    /**
     * Inserts a connection and claims its external id and (role, id) pair for its project, in one transaction.
     * A claim that another project holds, or ever held, is refused: `conflict` `store.external_id_taken`.
     */
    create(connection: Connection, alongside?: Alongside): Promise<void>
    get(project: string, name: string): Promise<Connection | undefined>
    getById(id: string): Promise<Connection | undefined>
    list(project: string, options: ListOptions): Promise<readonly Connection[]>
    /** Replaces the row whose version is `connection.version - 1`, and claims as `create` does. Renaming is a change of name. */
    update(connection: Connection, alongside?: Alongside): Promise<void>
    /** Deletes it, its secrets and its reports; refused with `conflict` `store.in_use` while a stage refers to it. Its claims stay for ever. */
    delete(id: string, alongside?: Pick<Alongside, 'event'>): Promise<void>
    /** The external id that was issued for this connection, also after it was given another method. */
    issuedExternalId(id: string): Promise<string | undefined>
  }
  stages: {
    create(stage: Stage): Promise<void>
    /** Inserts or replaces the stage of that project and name. */
    put(stage: Stage): Promise<void>
    get(project: string, name: string): Promise<Stage | undefined>
    list(project: string, options: ListOptions): Promise<readonly Stage[]>
    listByConnection(connectionId: string): Promise<readonly Stage[]>
    delete(project: string, name: string): Promise<void>
  }
  /** When each connection is to be looked at again by itself. One that nobody has scheduled is due. */
  watches: {
    /** Ids of connections that are due, those waiting longest first. */
    due(now: string, limit: number): Promise<readonly string[]>
    /** Takes a connection that is due and makes it due again at `next`: true for exactly one of any number of nodes. */
    take(connectionId: string, now: string, next: string): Promise<boolean>
  }
  reports: {
    add(report: Report): Promise<void>
    /** Newest first. */
    list(connectionId: string, limit: number): Promise<readonly Report[]>
  }
  secrets: {
    /** Encrypts and stores; `connectionId` is bound into the ciphertext's authenticated data. */
    put(secret: { readonly id: string; readonly connectionId: string; readonly value: { readonly [field: string]: string } }): Promise<void>
    get(id: string, connectionId: string): Promise<{ readonly [field: string]: string } | undefined>
    delete(id: string): Promise<void>
    /** Secrets that end after one time and not after another, as their connections say, and of which this warning was not the last given. The next to end first. */
    ending(span: {
      readonly after: string
      readonly until: string
      readonly warning: string
      readonly limit: number
    }): Promise<readonly EndingSecret[]>
    /** Notes that a warning of a secret's end was given, and writes its event; false, and nothing written, where it was given before. */
    warned(id: string, warning: string, event: AuditEvent): Promise<boolean>
  }
  signingKeys: {
    /** In the order of their generations. */
    list(): Promise<readonly SigningKey[]>
    /** The private part, decrypted. Undefined for a key that is not there any more. */
    privateKey(id: string): Promise<{ readonly [field: string]: string } | undefined>
    /**
     * Adds a key, deletes those that are `retired` and records the events, all or nothing.
     * `conflict` `store.duplicate` where another node has added this generation before, or a later one.
     */
    add(
      key: SigningKey,
      privateKey: { readonly [field: string]: string },
      alongside: { readonly retired: readonly string[]; readonly events: readonly AuditEvent[] },
    ): Promise<void>
  }
  tokens: {
    create(token: TokenRecord): Promise<void>
    findByHash(hash: string): Promise<TokenRecord | undefined>
    list(project: string): Promise<readonly TokenRecord[]>
    delete(id: string): Promise<void>
  }
  audit: {
    append(event: AuditEvent): Promise<void>
    /** Newest first. */
    list(project: string, options: { readonly limit: number; readonly action?: string }): Promise<readonly AuditEvent[]>
  }
  history: {
    /** A statement as run, credentials stripped. */
    add(entry: {
      readonly id: string
      readonly project: string
      readonly sql: string
      readonly at: string
      readonly ok: boolean
      readonly ms: number
    }): Promise<void>
    list(
      project: string,
      limit: number,
    ): Promise<readonly { readonly id: string; readonly sql: string; readonly at: string; readonly ok: boolean; readonly ms: number }[]>
  }
  close(): Promise<void>
}
