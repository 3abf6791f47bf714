import type { Migration } from './migration.ts'

/** The keys that Sluice signs tokens with. One row a generation, so that of nodes that make the next one at once a single one does. */
export const signingKeys: Migration = {
  name: '0003-signing-keys',
  async up({ schema }) {
    await schema
      .createTable('signing_keys')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('generation', 'integer', (column) => column.notNull().unique())
      .addColumn('document', 'text', (column) => column.notNull())
      .addColumn('sealed', 'text', (column) => column.notNull())
      .execute()
  },
}
