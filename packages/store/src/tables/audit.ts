import type { AuditEvent, MetadataStore } from '@sluice/core'
import type { Database } from '../database.ts'
import { fromDocument, toDocument } from '../document.ts'
import type { Writer } from '../schema.ts'

export function auditTable(database: Database): MetadataStore['audit'] {
  return {
    append: (event) => database.write((tx) => insertEvent(tx, event)),

    list: (project, { limit, action }) =>
      database.read(async (db) => {
        let query = db.selectFrom('audit').select('document').where('project', '=', project)
        if (action !== undefined) query = query.where('action', '=', action)
        const rows = await query.orderBy('position', 'desc').limit(limit).execute()
        return rows.map((row) => fromDocument(row.document))
      }),
  }
}

/** Appends an event as part of the change it tells of. */
export async function insertEvent(tx: Writer, event: AuditEvent): Promise<void> {
  await tx
    .insertInto('audit')
    .values({ project: event.project, action: event.action, document: toDocument(event) })
    .execute()
}
