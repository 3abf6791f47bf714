import { accessError, type Connection, type MetadataStore, type Random } from '@sluice/core'
import type { Database } from '../database.ts'
import { fromDocument, toDocument } from '../document.ts'
import type { Writer } from '../schema.ts'
import { seal, unseal } from '../seal.ts'
import { insertEvent } from './audit.ts'

/** What sealing needs. */
export interface Vault {
  readonly masterKey: Uint8Array
  readonly random: Random
}

export interface NewSecret {
  readonly id: string
  readonly connectionId: string
  readonly value: { readonly [field: string]: string }
}

export function secretsTable(database: Database, vault: Vault): MetadataStore['secrets'] {
  return {
    put: (secret) => database.write((tx) => insertSecret(tx, secret, vault), { duplicate: `The secret ${secret.id} exists already.` }),

    async get(id, connectionId) {
      const row = await database.read((db) =>
        db.selectFrom('secrets').select('sealed').where('id', '=', id).where('connection_id', '=', connectionId).executeTakeFirst(),
      )
      if (!row) return undefined
      const opened = unseal(row.sealed, [id, connectionId], vault.masterKey)
      if (opened === undefined)
        throw accessError('store.corrupt', { message: `The stored secret ${id} does not decrypt: its record was changed or moved.` })
      return fromDocument(opened)
    },

    async delete(id) {
      await database.write((tx) => tx.deleteFrom('secrets').where('id', '=', id).execute())
    },

    ending: ({ after, until, warning, limit }) =>
      database.read(async (db) => {
        const query = db.selectFrom('secrets').select(['id', 'connection_id', 'ends_at'])
        const inSpan = query.where('ends_at', '>', after).where('ends_at', '<=', until)
        const rows = await inSpan.where('warned', 'is distinct from', warning).orderBy('ends_at').orderBy('id').limit(limit).execute()
        return rows.flatMap(({ id, connection_id, ends_at }) =>
          ends_at === null ? [] : [{ id, connectionId: connection_id, endsAt: ends_at }],
        )
      }),

    warned: (id, warning, event) =>
      database.write(async (tx) => {
        const update = tx.updateTable('secrets').set({ warned: warning }).where('id', '=', id)
        const { numUpdatedRows } = await update.where('warned', 'is distinct from', warning).executeTakeFirstOrThrow()
        if (numUpdatedRows === 0n) return false
        await insertEvent(tx, event)
        return true
      }),
  }
}

/** Writes down when a connection's secrets end. A secret whose end has moved is warned of anew. */
export async function noteEnds(tx: Writer, { auth, next }: Connection): Promise<void> {
  for (const { secretId, secretExpiresAt } of next === undefined ? [auth] : [auth, next.auth]) {
    if (secretId === undefined) continue
    const endsAt = secretExpiresAt === undefined ? null : new Date(secretExpiresAt).toISOString()
    const update = tx.updateTable('secrets').set({ ends_at: endsAt, warned: null }).where('id', '=', secretId)
    await update.where('ends_at', 'is distinct from', endsAt).execute()
  }
}

/** Seals a secret into its table; the id and the connection are bound into the envelope. */
export async function insertSecret(tx: Writer, secret: NewSecret, vault: Vault): Promise<void> {
  const { id, connectionId } = secret
  const sealed = seal(toDocument(secret.value), [id, connectionId], vault.masterKey, vault.random)
  await tx.insertInto('secrets').values({ id, connection_id: connectionId, sealed }).execute()
}
