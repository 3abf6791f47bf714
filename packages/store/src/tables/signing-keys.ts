import { accessError, type MetadataStore } from '@sluice/core'
import type { Database } from '../database.ts'
import { fromDocument, toDocument } from '../document.ts'
import { ADVISORY_LOCKS, lockAcrossNodes } from '../migrate.ts'
import { seal, unseal } from '../seal.ts'
import { insertEvents } from './audit.ts'
import type { Vault } from './secrets.ts'

export function signingKeysTable(database: Database, vault: Vault): MetadataStore['signingKeys'] {
  return {
    list: () =>
      database.read(async (db) => {
        const rows = await db.selectFrom('signing_keys').select('document').orderBy('generation').execute()
        return rows.map((row) => fromDocument(row.document))
      }),

    async privateKey(id) {
      const row = await database.read((db) => db.selectFrom('signing_keys').select('sealed').where('id', '=', id).executeTakeFirst())
      if (!row) return undefined
      const opened = unseal(row.sealed, boundTo(id), vault.masterKey)
      if (opened === undefined)
        throw accessError('store.corrupt', { message: `The signing key ${id} does not decrypt: its record was changed or moved.` })
      return fromDocument(opened)
    },

    add: (key, privateKey, { retired, events }) =>
      database.write(
        async (tx) => {
          const { id, generation } = key
          await lockAcrossNodes(tx, database.kind, ADVISORY_LOCKS.signingKeys)
          // The column alone does not tell: a generation that came and went between is no row any more.
          const later = await tx.selectFrom('signing_keys').select('id').where('generation', '>=', generation).limit(1).executeTakeFirst()
          if (later !== undefined) throw accessError('store.duplicate', { message: overtaken(generation) })
          const sealed = seal(toDocument(privateKey), boundTo(id), vault.masterKey, vault.random)
          await tx
            .insertInto('signing_keys')
            .values({ id, generation, document: toDocument(key), sealed })
            .execute()
          if (retired.length > 0) await tx.deleteFrom('signing_keys').where('id', 'in', retired).execute()
          if (events.length > 0) await insertEvents(tx, events)
        },
        { duplicate: overtaken(key.generation) },
      ),
  }
}

function overtaken(generation: number): string {
  return `Another node has made the signing key of generation ${generation}, or a later one.`
}

// Apart from the secrets of connections, whose envelopes are bound to ids too.
function boundTo(id: string): readonly string[] {
  return ['signing-key', id]
}
