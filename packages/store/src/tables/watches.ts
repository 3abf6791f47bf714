import type { MetadataStore } from '@sluice/core'
import type { Database } from '../database.ts'

export function watchesTable(database: Database): MetadataStore['watches'] {
  return {
    due: (now, limit) =>
      database.read(async (db) => {
        const rows = await db
          .selectFrom('connections')
          .leftJoin('watches', 'watches.connection_id', 'connections.id')
          .select('connections.id')
          .where((where) => where.or([where('watches.due_at', 'is', null), where('watches.due_at', '<=', now)]))
          .orderBy('watches.due_at')
          .orderBy('connections.id')
          .limit(limit)
          .execute()
        return rows.map(({ id }) => id)
      }),

    take: (connectionId, now, next) =>
      database.write(
        async (tx) => {
          const { numInsertedOrUpdatedRows } = await tx
            .insertInto('watches')
            .values({ connection_id: connectionId, due_at: next })
            .onConflict((conflict) => conflict.column('connection_id').doUpdateSet({ due_at: next }).where('watches.due_at', '<=', now))
            .executeTakeFirstOrThrow()
          return numInsertedOrUpdatedRows === 1n
        },
        { reference: 'The connection does not exist any more.' },
      ),
  }
}
