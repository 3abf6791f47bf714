import { initial } from './0001-initial.ts'
import { authFields } from './0002-auth-fields.ts'
import { signingKeys } from './0003-signing-keys.ts'
import { secretEnds } from './0004-secret-ends.ts'
import { watches } from './0005-watches.ts'
import type { Migration } from './migration.ts'

/** Every step of the schema, in order. */
export const MIGRATIONS: readonly Migration[] = [initial, authFields, signingKeys, secretEnds, watches]
