import { accessError, type Clock, type MetadataStore, type Random } from '@sluice/core'
import type { Database } from './database.ts'
import { checkMasterKey } from './master-key-check.ts'
import { migrate } from './migrate.ts'
import { openPostgres } from './postgres/open.ts'
import { openSqlite } from './sqlite/open.ts'
import { auditTable } from './tables/audit.ts'
import { connectionsTable } from './tables/connections.ts'
import { historyTable } from './tables/history.ts'
import { organizationsTable, projectsTable } from './tables/projects.ts'
import { reportsTable } from './tables/reports.ts'
import { secretsTable, type Vault } from './tables/secrets.ts'
import { signingKeysTable } from './tables/signing-keys.ts'
import { stagesTable } from './tables/stages.ts'
import { tokensTable } from './tables/tokens.ts'
import { watchesTable } from './tables/watches.ts'

export interface StoreOptions {
  /** `sqlite:/path/to/file`, `sqlite::memory:` or `postgres://user:password@host/database`. */
  readonly url: string
  /** 32 bytes; see `loadMasterKey`. */
  readonly masterKey: Uint8Array
  readonly clock: Clock
  readonly random: Random
  /** How long to wait for another process to let go of a SQLite file, in milliseconds; 3,000 unless told. */
  readonly lockWaitMs?: number
}

/** Opens the metadata, makes or updates its schema, and refuses a master key that is not the one it was made with. */
export async function openStore(options: StoreOptions, signal: AbortSignal = new AbortController().signal): Promise<MetadataStore> {
  if (options.masterKey.length !== 32) throw accessError('store.bad_master_key', { message: 'The master key is not 32 bytes long.' })
  const database = await openDatabase(options, signal)
  try {
    await migrate(database, options.clock)
    await checkMasterKey(database, options)
  } catch (error) {
    await database.close()
    throw error
  }
  return tables(database, options)
}

async function openDatabase({ url, lockWaitMs = 3_000, clock }: StoreOptions, signal: AbortSignal): Promise<Database> {
  if (url.startsWith('sqlite:') && url.length > 'sqlite:'.length) return openSqlite(url.slice('sqlite:'.length), lockWaitMs, clock, signal)
  if (/^postgres(?:ql)?:\/\//.test(url)) return openPostgres(url)
  throw accessError('store.bad_url', {
    message: 'The metadata URL is none that Sluice knows; it is not shown because it may hold a password.',
  })
}

function tables(database: Database, vault: Vault): MetadataStore {
  return {
    organizations: organizationsTable(database),
    projects: projectsTable(database),
    connections: connectionsTable(database, vault),
    stages: stagesTable(database),
    watches: watchesTable(database),
    reports: reportsTable(database),
    secrets: secretsTable(database, vault),
    signingKeys: signingKeysTable(database, vault),
    tokens: tokensTable(database),
    audit: auditTable(database),
    history: historyTable(database),
    close: () => database.close(),
  }
}
