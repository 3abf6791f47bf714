import { accessError, type MetadataStore, type Random } from '@sluice/core'
import type { Database } from '../database.ts'
import { fromDocument, toDocument } from '../document.ts'
import type { Writer } from '../schema.ts'
import { seal, unseal } from '../seal.ts'

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
  }
}

/** Seals a secret into its table; the id and the connection are bound into the envelope. */
export async function insertSecret(tx: Writer, secret: NewSecret, vault: Vault): Promise<void> {
  const { id, connectionId } = secret
  const sealed = seal(toDocument(secret.value), [id, connectionId], vault.masterKey, vault.random)
  await tx.insertInto('secrets').values({ id, connection_id: connectionId, sealed }).execute()
}
