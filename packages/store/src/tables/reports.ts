import type { MetadataStore } from '@sluice/core'
import type { Database } from '../database.ts'
import { fromDocument, toDocument } from '../document.ts'
import type { Writer } from '../schema.ts'

/** Reports kept per connection: waiting for a role to appear writes many, and only the latest are ever read. */
export const REPORTS_KEPT = 100

export function reportsTable(database: Database): MetadataStore['reports'] {
  return {
    add: (report) =>
      database.write(
        async (tx) => {
          await tx
            .insertInto('reports')
            .values({ connection_id: report.connectionId, document: toDocument(report) })
            .execute()
          await forgetOldest(tx, report.connectionId)
        },
        { reference: `The connection ${report.connection} does not exist any more.` },
      ),

    list: (connectionId, limit) =>
      database.read(async (db) => {
        const query = db.selectFrom('reports').select('document').where('connection_id', '=', connectionId)
        const rows = await query.orderBy('position', 'desc').limit(limit).execute()
        return rows.map((row) => fromDocument(row.document))
      }),
  }
}

async function forgetOldest(tx: Writer, connectionId: string): Promise<void> {
  const oldestForgotten = tx
    .selectFrom('reports')
    .select('position')
    .where('connection_id', '=', connectionId)
    .orderBy('position', 'desc')
    .offset(REPORTS_KEPT)
    .limit(1)
  await tx.deleteFrom('reports').where('connection_id', '=', connectionId).where('position', '<=', oldestForgotten).execute()
}
