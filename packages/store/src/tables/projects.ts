import type { MetadataStore } from '@sluice/core'
import type { Database } from '../database.ts'

export function organizationsTable(database: Database): MetadataStore['organizations'] {
  return {
    async ensure({ id, name }) {
      await database.write((tx) =>
        tx
          .insertInto('organizations')
          .values({ id, name })
          .onConflict((conflict) => conflict.column('id').doUpdateSet({ name }))
          .execute(),
      )
    },

    list: () => database.read((db) => db.selectFrom('organizations').selectAll().orderBy('id').execute()),
  }
}

export function projectsTable(database: Database): MetadataStore['projects'] {
  return {
    async ensure({ id, organization, name }) {
      await database.write((tx) =>
        tx
          .insertInto('projects')
          .values({ id, organization, name })
          .onConflict((conflict) => conflict.column('id').doUpdateSet({ organization, name }))
          .execute(),
      )
    },

    get: (id) => database.read((db) => db.selectFrom('projects').selectAll().where('id', '=', id).executeTakeFirst()),

    list: () => database.read((db) => db.selectFrom('projects').selectAll().orderBy('id').execute()),
  }
}
