import { accessError } from '@sluice/core'
import type { Database } from './database.ts'
import { seal, unseal } from './seal.ts'
import type { Vault } from './tables/secrets.ts'

const BOUND = ['master-key-check']
const KNOWN_TEXT: string = 'this master key opens this database'

/** Refuses a master key other than the one the database was first opened with; remembers the first. */
export async function checkMasterKey(database: Database, vault: Vault): Promise<void> {
  const sealed = await database.write(async (tx) => {
    await tx
      .insertInto('master_key_check')
      .values({ id: 1, sealed: seal(KNOWN_TEXT, BOUND, vault.masterKey, vault.random) })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute()
    const row = await tx.selectFrom('master_key_check').select('sealed').where('id', '=', 1).executeTakeFirstOrThrow()
    return row.sealed
  })
  if (unseal(sealed, BOUND, vault.masterKey) !== KNOWN_TEXT)
    throw accessError('store.wrong_master_key', { message: 'The metadata database was made with another master key.' })
}
