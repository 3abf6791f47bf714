import {
  type AuthField,
  type Cell,
  type Cloud,
  type Column,
  type Connection,
  externalIdOf,
  type FileFormat,
  type Stage,
} from '@sluice/core'
import { requireMethod } from '../shared/lookup.ts'
import type { StatementResult } from '../contract.ts'
import type { FoundFile } from '../stages/find-files.ts'
import { storageTypeOf } from './connection-parameters.ts'

/** A result before it is told which statement it belongs to. */
export type Outcome = Omit<StatementResult, 'statement'>

/** The outcome of a statement that returns no rows. */
export function done(message: string, warnings: readonly string[] = []): Outcome {
  return { kind: 'done', columns: [], rows: [], truncated: false, message, warnings }
}

function rowsOf(columns: readonly Column[], rows: readonly (readonly Cell[])[]): Outcome {
  return { kind: 'rows', columns, rows, truncated: false, warnings: [] }
}

const CONNECTION_COLUMNS: readonly Column[] = [
  { name: 'name', type: 'String' },
  { name: 'storage_type', type: 'String' },
  { name: 'storage_params', type: 'String' },
]

/** A connection with what is shown of it. `principal` is who the customer must trust, where there is one. */
export interface ShownConnection {
  readonly connection: Connection
  readonly cloud: Cloud
  readonly principal: string | undefined
}

/** SHOW CONNECTIONS and DESC CONNECTION. */
export function connectionRows(connections: readonly ShownConnection[]): Outcome {
  return rowsOf(
    CONNECTION_COLUMNS,
    connections.map((shown) => [shown.connection.name, storageTypeOf(shown.cloud), storageParameters(shown)]),
  )
}

function storageParameters({ connection, cloud, principal }: ShownConnection): string {
  const { auth, settings } = connection
  const fields = requireMethod(cloud, auth.method).fields
  const pairs: (readonly [string, string | undefined])[] = [
    ['endpoint_url', settings.endpoint],
    ['region', settings.region],
    ['preset', settings.preset],
    ['enable_virtual_host_style', settings.addressing === undefined ? undefined : String(settings.addressing === 'virtual-host')],
    ...fields.map((field) => [field.sql[0] ?? field.name, shownValue(auth, field)] as const),
    ['principal', principal],
  ]
  return pairs.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`])).join(' ')
}

/** Of a secret only that there is one: a required one always is, of the others only the vault knows. */
function shownValue(auth: Connection['auth'], field: AuthField): string | undefined {
  if (field.secret) return field.required && auth.secretId !== undefined ? '***' : undefined
  return field.name === 'externalId' ? externalIdOf(auth) : auth.fields[field.name]
}

const STAGE_COLUMNS: readonly Column[] = [
  { name: 'name', type: 'String' },
  { name: 'stage_type', type: 'String' },
  { name: 'storage_type', type: 'String' },
  { name: 'url', type: 'String' },
  { name: 'endpoint', type: 'String' },
  { name: 'has_credentials', type: 'Boolean' },
  { name: 'has_encryption_key', type: 'Boolean' },
  { name: 'storage_params', type: 'Variant' },
  { name: 'file_format_options', type: 'Variant' },
  { name: 'creator', type: 'String' },
  { name: 'created_on', type: 'Timestamp' },
  { name: 'comment', type: 'String' },
  { name: 'owner', type: 'String' },
]

/** A stage with what is shown of it. */
export interface ShownStage {
  readonly stage: Stage
  readonly connection: Connection
  readonly cloud: Cloud
  readonly url: string
}

/** SHOW STAGES and DESC STAGE. Who created a stage is in the audit log, not here: `creator` and `owner` are NULL. */
export function stageRows(stages: readonly ShownStage[]): Outcome {
  return rowsOf(
    STAGE_COLUMNS,
    stages.map(({ stage, connection, cloud, url }) => [
      stage.name,
      'External',
      storageTypeOf(cloud),
      url,
      connection.settings.endpoint ?? null,
      connection.auth.method !== 'none',
      connection.settings.encryption?.keyId !== undefined,
      { connection_name: connection.name, ...(connection.settings.region ? { region: connection.settings.region } : {}) },
      formatOptions(stage.format),
      null,
      timestamp(stage.createdAt, ''),
      stage.comment,
      null,
    ]),
  )
}

function formatOptions(format: FileFormat): { readonly [name: string]: string | number | boolean } {
  if (format.byExtension) return {}
  const words = Object.entries(format).flatMap(([key, value]) => (value === undefined ? [] : [[OPTION_NAMES[key] ?? key, value] as const]))
  return Object.fromEntries(
    words.map(([name, value]) => [name, name === 'type' || name === 'compression' ? String(value).toUpperCase() : value]),
  )
}

/** The names that SQL has for the options of a format. */
const OPTION_NAMES: { readonly [key: string]: string } = {
  fieldDelimiter: 'field_delimiter',
  recordDelimiter: 'record_delimiter',
  skipHeader: 'skip_header',
  nullDisplay: 'null_display',
  trimSpace: 'trim_space',
}

const LIST_COLUMNS: readonly Column[] = [
  { name: 'name', type: 'String' },
  { name: 'size', type: 'UInt64' },
  { name: 'md5', type: 'String' },
  { name: 'last_modified', type: 'String' },
  { name: 'creator', type: 'String' },
]

/** LIST @stage: at most `limit` rows. */
export function listRows(files: readonly FoundFile[], limit: number): Outcome {
  const rows = files
    .slice(0, limit)
    .map(({ info, filename }) => [filename, info.size, info.etag === '' ? null : info.etag, timestamp(info.lastModified, ' +0000'), null])
  return { ...rowsOf(LIST_COLUMNS, rows), truncated: files.length > limit }
}

/** `YYYY-MM-DD HH:MM:SS.mmm` and a zone. */
function timestamp(iso: string, zone: string): string {
  const time = new Date(iso)
  if (Number.isNaN(time.getTime())) return iso
  return `${time.toISOString().slice(0, 10)} ${time.toISOString().slice(11, 23)}${zone}`
}
