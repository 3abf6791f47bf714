import type { MetadataStore, TokenRecord } from '@sluice/core'
import type { Database } from '../database.ts'
import type { Schema } from '../schema.ts'

export function tokensTable(database: Database): MetadataStore['tokens'] {
  return {
    async create({ id, project, name, hash, createdAt }) {
      const row = { id, project, name, hash, created_at: createdAt }
      await database.write((tx) => tx.insertInto('tokens').values(row).execute(), { duplicate: 'This token exists already.' })
    },

    findByHash: (hash) =>
      database.read(async (db) => {
        const row = await db.selectFrom('tokens').selectAll().where('hash', '=', hash).executeTakeFirst()
        return row && fromRow(row)
      }),

    list: (project) =>
      database.read(async (db) => {
        const query = db.selectFrom('tokens').selectAll().where('project', '=', project)
        const rows = await query.orderBy('created_at').orderBy('id').execute()
        return rows.map(fromRow)
      }),

    async delete(id) {
      await database.write((tx) => tx.deleteFrom('tokens').where('id', '=', id).execute())
    },
  }
}

function fromRow({ id, project, name, hash, created_at }: Schema['tokens']): TokenRecord {
  return { id, project, name, hash, createdAt: created_at }
}
