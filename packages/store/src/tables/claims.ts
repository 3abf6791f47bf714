import { accessError, externalIdOf, type Connection } from '@sluice/core'
import type { Database } from '../database.ts'
import { ADVISORY_LOCKS, lockAcrossNodes } from '../migrate.ts'
import type { Writer } from '../schema.ts'

const NONE = ''

/**
 * Claims a connection's external id, and its role with that id, for its project for ever.
 *
 * Refused where another project holds or ever held the id; and where it holds the role and one of the two uses no id,
 * because a role that asks for no id also accepts any.
 */
export async function claim(tx: Writer, connection: Connection, kind: Database['kind']): Promise<void> {
  const { auth, project } = connection
  if (auth.externalId === undefined) return
  const externalId = externalIdOf(auth) ?? NONE
  const roleArn = roleKey(auth.fields['roleArn'] ?? NONE)
  // Reading and then inserting is safe only one claim at a time, whichever node makes it.
  await lockAcrossNodes(tx, kind, ADVISORY_LOCKS.claims)

  const conflicts = await tx
    .selectFrom('external_id_claims')
    .select(['external_id', 'role_arn'])
    .where('project', '<>', project)
    .where((where) => {
      const sameRole = where('role_arn', '=', roleArn)
      const sameId = where('external_id', '=', externalId)
      if (roleArn === NONE) return where.and([sameId, where('external_id', '<>', NONE)])
      if (externalId === NONE) return sameRole
      return where.or([sameId, where.and([sameRole, where('external_id', '=', NONE)])])
    })
    .limit(1)
    .execute()
  const conflict = conflicts[0]
  if (conflict) throw taken(conflict.external_id === externalId && externalId !== NONE)

  await tx
    .insertInto('external_id_claims')
    .values({ project, external_id: externalId, role_arn: roleArn, connection_id: connection.id, kind: auth.externalId.kind })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/**
 * The form of a role's ARN that is one for each role: an account has one role of a name, whatever its path and the name's case.
 * STS compares ARNs as they are written; a claim must not hang on that.
 */
function roleKey(arn: string): string {
  return arn.toLowerCase().replace(/:role\/.*\//, ':role/')
}

// Neither the id nor the project that holds it is named: the caller may not know of either.
function taken(id: boolean): unknown {
  return id
    ? accessError('store.external_id_taken', { message: 'Another project holds this external id, or once did.' })
    : accessError('store.external_id_taken', {
        message: 'Another project holds this role, and one of the two uses no external id.',
        remedy: 'Use a role of its own for each project, with an external id issued by Sluice.',
      })
}

/** The id that was issued for a connection, whatever became of its method since. */
export async function issuedExternalId(tx: Pick<Writer, 'selectFrom'>, connectionId: string): Promise<string | undefined> {
  const row = await tx
    .selectFrom('external_id_claims')
    .select('external_id')
    .where('connection_id', '=', connectionId)
    .where('kind', '=', 'issued')
    .executeTakeFirst()
  return row?.external_id
}
