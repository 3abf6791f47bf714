import type { Migration } from './migration.ts'

/** When a secret ends, where that is known, and which warning of it was last given. */
export const secretEnds: Migration = {
  name: '0004-secret-ends',
  async up({ schema }) {
    await schema.alterTable('secrets').addColumn('ends_at', 'text').execute()
    await schema.alterTable('secrets').addColumn('warned', 'text').execute()
    await schema.createIndex('secrets_ends_at').on('secrets').column('ends_at').execute()
  },
}
