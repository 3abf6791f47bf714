import { accessError, type MetadataStore, type Stage } from '@sluice/core'
import type { Database } from '../database.ts'
import { fromDocument, toDocument } from '../document.ts'
import { nameKey, PAGE_LIMIT } from './names.ts'

export function stagesTable(database: Database): MetadataStore['stages'] {
  return {
    async create(stage) {
      await database.write((tx) => tx.insertInto('stages').values(toRow(stage)).execute(), messages(stage))
    },

    async put(stage) {
      const { id: _, ...replaced } = toRow(stage)
      await database.write(
        (tx) =>
          tx
            .insertInto('stages')
            .values(toRow(stage))
            .onConflict((conflict) => conflict.columns(['project', 'name_key']).doUpdateSet({ ...replaced, id: stage.id }))
            .execute(),
        messages(stage),
      )
    },

    get: (project, name) =>
      database.read(async (db) => {
        const query = db.selectFrom('stages').select('document').where('project', '=', project).where('name_key', '=', nameKey(name))
        const row = await query.executeTakeFirst()
        return row && fromDocument(row.document)
      }),

    list: (project, { limit = PAGE_LIMIT, after = '' }) =>
      database.read(async (db) => {
        const query = db.selectFrom('stages').select('document').where('project', '=', project).where('name_key', '>', nameKey(after))
        const rows = await query.orderBy('name_key').limit(Math.min(limit, PAGE_LIMIT)).execute()
        return rows.map((row) => fromDocument(row.document))
      }),

    listByConnection: (connectionId) =>
      database.read(async (db) => {
        const query = db.selectFrom('stages').select('document').where('connection_id', '=', connectionId)
        const rows = await query.orderBy('name_key').execute()
        return rows.map((row) => fromDocument(row.document))
      }),

    delete: (project, name) =>
      database.write(async (tx) => {
        const query = tx.deleteFrom('stages').where('project', '=', project).where('name_key', '=', nameKey(name))
        const { numDeletedRows } = await query.executeTakeFirstOrThrow()
        if (numDeletedRows === 0n) throw accessError('store.missing', { message: `There is no stage named ${name} in this project.` })
      }),
  }
}

function toRow(stage: Stage) {
  const { id, project, name, connectionId } = stage
  return { id, project, name_key: nameKey(name), connection_id: connectionId, document: toDocument(stage) }
}

function messages(stage: Stage) {
  return {
    duplicate: `A stage named ${stage.name} exists in this project already; upper and lower case count as the same.`,
    reference: 'The connection of this stage does not exist.',
  }
}
