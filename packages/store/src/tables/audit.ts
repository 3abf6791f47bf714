import type { AuditEvent, MetadataStore } from '@sluice/core'
import { appendQueue } from '../append-queue.ts'
import type { Database } from '../database.ts'
import { fromDocument, toDocument } from '../document.ts'
import type { Writer } from '../schema.ts'
import { storable } from './names.ts'

export function auditTable(database: Database): MetadataStore['audit'] {
  return {
    append: appendQueue((events) => database.write((tx) => insertEvents(tx, events))),

    list: (project, { limit, action }) =>
      database.read(async (db) => {
        let query = db.selectFrom('audit').select('document').where('project', '=', project)
        if (action !== undefined) query = query.where('action', '=', storable(action))
        const rows = await query.orderBy('position', 'desc').limit(limit).execute()
        return rows.map((row) => fromDocument(row.document))
      }),
  }
}

/** Appends an event as part of the change it tells of. */
export function insertEvent(tx: Writer, event: AuditEvent): Promise<void> {
  return insertEvents(tx, [event])
}

/** Appends events as part of the change they tell of. */
export async function insertEvents(tx: Writer, events: readonly AuditEvent[]): Promise<void> {
  const rows = events.map((event) => ({ project: event.project, action: event.action, document: toDocument(event) }))
  await tx.insertInto('audit').values(rows).execute()
}
