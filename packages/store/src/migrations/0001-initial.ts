import { sql } from 'kysely'
import type { Migration } from './migration.ts'

export const initial: Migration = {
  name: '0001-initial',
  async up(tx, kind) {
    // Names sort by code point on both, so that pages and their order do not depend on a server's locale.
    const name = kind === 'postgres' ? sql`text collate "C"` : sql`text`
    const position = kind === 'postgres' ? sql`bigserial` : sql`integer`
    const { schema } = tx

    await schema
      .createTable('organizations')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .execute()
    await schema
      .createTable('projects')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('organization', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .execute()

    await schema
      .createTable('connections')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('project', 'text', (column) => column.notNull())
      .addColumn('name_key', name, (column) => column.notNull())
      .addColumn('version', 'integer', (column) => column.notNull())
      .addColumn('document', 'text', (column) => column.notNull())
      .addUniqueConstraint('connections_name', ['project', 'name_key'])
      .execute()
    await schema
      .createTable('external_id_claims')
      .addColumn('project', 'text', (column) => column.notNull())
      .addColumn('external_id', 'text', (column) => column.notNull())
      .addColumn('role_arn', 'text', (column) => column.notNull())
      .addColumn('connection_id', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('external_id_claims_key', ['external_id', 'role_arn', 'project', 'connection_id'])
      .execute()
    await schema.createIndex('external_id_claims_role').on('external_id_claims').column('role_arn').execute()
    await schema.createIndex('external_id_claims_connection').on('external_id_claims').column('connection_id').execute()

    await schema
      .createTable('stages')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('project', 'text', (column) => column.notNull())
      .addColumn('name_key', name, (column) => column.notNull())
      .addColumn('connection_id', 'text', (column) => column.notNull().references('connections.id'))
      .addColumn('document', 'text', (column) => column.notNull())
      .addUniqueConstraint('stages_name', ['project', 'name_key'])
      .execute()
    await schema.createIndex('stages_connection').on('stages').column('connection_id').execute()

    await schema
      .createTable('reports')
      .addColumn('position', position, (column) => column.primaryKey())
      .addColumn('connection_id', 'text', (column) => column.notNull().references('connections.id').onDelete('cascade'))
      .addColumn('document', 'text', (column) => column.notNull())
      .execute()
    await schema.createIndex('reports_connection').on('reports').columns(['connection_id', 'position']).execute()

    // No reference to connections: a secret may be stored before its connection is.
    await schema
      .createTable('secrets')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('connection_id', 'text', (column) => column.notNull())
      .addColumn('sealed', 'text', (column) => column.notNull())
      .execute()
    await schema.createIndex('secrets_connection').on('secrets').column('connection_id').execute()

    await schema
      .createTable('tokens')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('project', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('hash', 'text', (column) => column.notNull().unique())
      .addColumn('created_at', 'text', (column) => column.notNull())
      .execute()

    await schema
      .createTable('audit')
      .addColumn('position', position, (column) => column.primaryKey())
      .addColumn('project', 'text', (column) => column.notNull())
      .addColumn('action', 'text', (column) => column.notNull())
      .addColumn('document', 'text', (column) => column.notNull())
      .execute()
    await schema.createIndex('audit_project').on('audit').columns(['project', 'position']).execute()
    await schema.createIndex('audit_action').on('audit').columns(['project', 'action', 'position']).execute()

    await schema
      .createTable('history')
      .addColumn('position', position, (column) => column.primaryKey())
      .addColumn('project', 'text', (column) => column.notNull())
      .addColumn('document', 'text', (column) => column.notNull())
      .execute()
    await schema.createIndex('history_project').on('history').columns(['project', 'position']).execute()

    await schema
      .createTable('master_key_check')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('sealed', 'text', (column) => column.notNull())
      .execute()
  },
}
