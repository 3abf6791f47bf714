import { accessError, type Connection, type MetadataStore } from '@sluice/core'
import type { Database } from '../database.ts'
import { fromDocument, toDocument, type Document } from '../document.ts'
import type { Writer } from '../schema.ts'
import { insertEvent } from './audit.ts'
import { claim, issuedExternalId } from './claims.ts'
import { nameKey, PAGE_LIMIT } from './names.ts'
import { insertSecret, noteEnds, type Vault } from './secrets.ts'

export function connectionsTable(database: Database, vault: Vault): MetadataStore['connections'] {
  const { kind } = database
  return {
    create: (connection, alongside) =>
      database.write(
        async (tx) => {
          await tx.insertInto('connections').values(toRow(connection)).execute()
          await claim(tx, connection, kind)
          if (alongside?.secret) await insertSecret(tx, { ...alongside.secret, connectionId: connection.id }, vault)
          await noteEnds(tx, connection)
          if (alongside?.event) await insertEvent(tx, alongside.event)
        },
        { duplicate: nameTaken(connection) },
      ),

    get: (project, name) =>
      database.read(async (db) => {
        const query = db.selectFrom('connections').select('document').where('project', '=', project).where('name_key', '=', nameKey(name))
        return fromRow(await query.executeTakeFirst())
      }),

    getById: (id) =>
      database.read(async (db) => fromRow(await db.selectFrom('connections').select('document').where('id', '=', id).executeTakeFirst())),

    list: (project, { limit = PAGE_LIMIT, after = '' }) =>
      database.read(async (db) => {
        const query = db.selectFrom('connections').select('document').where('project', '=', project).where('name_key', '>', nameKey(after))
        const rows = await query.orderBy('name_key').limit(Math.min(limit, PAGE_LIMIT)).execute()
        return rows.map((row) => fromDocument(row.document))
      }),

    update: (connection, alongside) =>
      database.write(
        async (tx) => {
          await replaceRow(tx, connection)
          await claim(tx, connection, kind)
          if (alongside?.secret) await insertSecret(tx, { ...alongside.secret, connectionId: connection.id }, vault)
          await deleteSecrets(tx, connection)
          await noteEnds(tx, connection)
          if (alongside?.event) await insertEvent(tx, alongside.event)
        },
        { duplicate: nameTaken(connection) },
      ),

    delete: (id, alongside) =>
      database.write(
        async (tx) => {
          const { numDeletedRows } = await tx.deleteFrom('connections').where('id', '=', id).executeTakeFirstOrThrow()
          if (numDeletedRows === 0n) throw accessError('store.missing', { message: `There is no connection ${id}.` })
          await tx.deleteFrom('secrets').where('connection_id', '=', id).execute()
          if (alongside?.event) await insertEvent(tx, alongside.event)
        },
        { referenceMeansInUse: true, reference: 'Stages still use this connection.' },
      ),

    issuedExternalId: (id) => database.read((db) => issuedExternalId(db, id)),
  }
}

async function replaceRow(tx: Writer, connection: Connection): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('connections')
    .set(toRow(connection))
    .where('id', '=', connection.id)
    .where('version', '=', connection.version - 1)
    .executeTakeFirstOrThrow()
  if (numUpdatedRows > 0n) return
  const exists = await tx.selectFrom('connections').select('id').where('id', '=', connection.id).executeTakeFirst()
  throw exists
    ? accessError('store.version', { message: `The connection ${connection.name} was changed meanwhile.` })
    : accessError('store.missing', { message: `There is no connection ${connection.id}.` })
}

async function deleteSecrets(tx: Writer, connection: Connection): Promise<void> {
  const kept = [connection.auth.secretId ?? '', connection.next?.auth.secretId ?? '']
  await tx.deleteFrom('secrets').where('connection_id', '=', connection.id).where('id', 'not in', kept).execute()
}

function toRow(connection: Connection) {
  const { id, project, name, version } = connection
  return { id, project, name_key: nameKey(name), version, document: toDocument(connection) }
}

function fromRow(row: { document: Document<Connection> } | undefined): Connection | undefined {
  return row && fromDocument(row.document)
}

function nameTaken(connection: Connection): string {
  return `A connection named ${connection.name} exists in this project already; upper and lower case count as the same.`
}
