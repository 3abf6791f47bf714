import type { Cell, Column, Connection, FileFormat, Stage } from '@sluice/core'
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

/** SHOW CONNECTIONS and DESC CONNECTION. `principal` is who the customer's role must trust, where there is one. */
export function connectionRows(connections: readonly Connection[], principal: (connection: Connection) => string | undefined): Outcome {
  return rowsOf(
    CONNECTION_COLUMNS,
    connections.map((connection) => [
      connection.name,
      storageTypeOf(connection.cloud),
      storageParameters(connection, principal(connection)),
    ]),
  )
}

function storageParameters(connection: Connection, principal: string | undefined): string {
  const { auth, settings } = connection
  const pairs: (readonly [string, string | undefined])[] = [
    ['endpoint_url', settings.endpoint],
    ['region', settings.region],
    ['enable_virtual_host_style', settings.addressing === undefined ? undefined : String(settings.addressing === 'virtual-host')],
  ]
  if (auth.method === 'role')
    pairs.push(
      ['role_arn', auth.roleArn],
      ['external_id', auth.externalId.kind === 'none' ? undefined : auth.externalId.value],
      ['principal', principal],
    )
  if (auth.method === 'keys') pairs.push(['access_key_id', auth.accessKeyId], ['secret_access_key', '***'])
  return pairs.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`])).join(' ')
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
  readonly url: string
}

/** SHOW STAGES and DESC STAGE. Who created a stage is in the audit log, not here: `creator` and `owner` are NULL. */
export function stageRows(stages: readonly ShownStage[]): Outcome {
  return rowsOf(
    STAGE_COLUMNS,
    stages.map(({ stage, connection, url }) => [
      stage.name,
      'External',
      storageTypeOf(connection.cloud),
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
