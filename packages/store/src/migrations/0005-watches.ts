import type { Migration } from './migration.ts'

/** When each connection is to be looked at again. */
export const watches: Migration = {
  name: '0005-watches',
  async up({ schema }) {
    await schema
      .createTable('watches')
      .addColumn('connection_id', 'text', (column) => column.primaryKey().references('connections.id').onDelete('cascade'))
      .addColumn('due_at', 'text', (column) => column.notNull())
      .execute()
    await schema.createIndex('watches_due_at').on('watches').column('due_at').execute()
  },
}
