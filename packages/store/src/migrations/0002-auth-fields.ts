import type { Connection } from '@sluice/core'
import { fromDocument, toDocument } from '../document.ts'
import type { Migration } from './migration.ts'

/** The parts of an authentication that are not among its fields. */
const OWN_PARTS = ['method', 'externalId', 'secretId', 'secretExpiresAt']

/** What a method is told moves into `auth.fields`: clouds add methods, and nothing but the cloud reads their fields. */
export const authFields: Migration = {
  name: '0002-auth-fields',
  async up(tx) {
    const rows = await tx.selectFrom('connections').select(['id', 'document']).execute()
    for (const { id, document } of rows) {
      const connection = fromDocument(document)
      if ('fields' in connection.auth) continue
      const before: { readonly [name: string]: unknown } = connection.auth
      const own = Object.entries(before).filter(([name]) => OWN_PARTS.includes(name))
      const fields = Object.entries(before).filter(([name]) => !OWN_PARTS.includes(name))
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the former form held under these names is what the new form holds under them
      const auth = { ...Object.fromEntries(own), fields: Object.fromEntries(fields) } as Connection['auth']
      await tx
        .updateTable('connections')
        .set({ document: toDocument({ ...connection, auth }) })
        .where('id', '=', id)
        .execute()
    }
  },
}
