import type { AuditEvent, Connection, Report, SigningKey, Stage } from '@sluice/core'
import type { ColumnType, Generated, Kysely, Transaction } from 'kysely'
import type { Document } from './document.ts'
import type { Sealed } from './seal.ts'

/**
 * The tables. A column exists for what queries ask for; the rest of a thing is one JSON document,
 * written whole in the same statement, so that the two cannot drift apart.
 * Only text and integers: these mean the same on every database.
 */
export interface Schema {
  organizations: { id: string; name: string }
  projects: { id: string; organization: string; name: string }
  connections: { id: string; project: string; name_key: string; version: number; document: Document<Connection> }
  /** Who ever held which external id and role, the role without its path and in lower case. Rows are never deleted. '' stands for no external id, or no role yet. */
  external_id_claims: { project: string; external_id: string; role_arn: string; connection_id: string; kind: string }
  stages: { id: string; project: string; name_key: string; connection_id: string; document: Document<Stage> }
  /** `due_at` is an ISO time in UTC, which sorts as it passes. */
  watches: { connection_id: string; due_at: string }
  reports: { position: Generated<number>; connection_id: string; document: Document<Report> }
  /** `sealed` is an envelope of seal.ts, base64; `ends_at` an ISO time in UTC, which sorts as it passes; `warned` the last warning given of it. */
  secrets: {
    id: string
    connection_id: string
    sealed: Sealed<Document<SecretValue>>
    ends_at: ColumnType<string | null, string | null | undefined>
    warned: ColumnType<string | null, string | null | undefined>
  }
  /** One row for each generation. `sealed` holds the private part. */
  signing_keys: { id: string; generation: number; document: Document<SigningKey>; sealed: Sealed<Document<SecretValue>> }
  tokens: { id: string; project: string; name: string; hash: string; created_at: string }
  audit: { position: Generated<number>; project: string; action: string; document: Document<AuditEvent> }
  history: { position: Generated<number>; project: string; document: Document<HistoryEntry> }
  /** One row: a known text sealed under the master key. */
  master_key_check: { id: number; sealed: Sealed<string> }
}

export type SecretValue = { readonly [field: string]: string }

/** A statement as it was run. */
export interface HistoryEntry {
  readonly id: string
  readonly sql: string
  readonly at: string
  readonly ok: boolean
  readonly ms: number
}

export type Reader = Kysely<Schema>
export type Writer = Transaction<Schema>
