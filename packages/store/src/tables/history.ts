import type { MetadataStore } from '@sluice/core'
import type { Database } from '../database.ts'
import { fromDocument, toDocument } from '../document.ts'

export function historyTable(database: Database): MetadataStore['history'] {
  return {
    async add({ project, ...entry }) {
      await database.write((tx) =>
        tx
          .insertInto('history')
          .values({ project, document: toDocument(entry) })
          .execute(),
      )
    },

    list: (project, limit) =>
      database.read(async (db) => {
        const query = db.selectFrom('history').select('document').where('project', '=', project)
        const rows = await query.orderBy('position', 'desc').limit(limit).execute()
        return rows.map((row) => fromDocument(row.document))
      }),
  }
}
