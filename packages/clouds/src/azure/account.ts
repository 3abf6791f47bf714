import { type Connection, type Location, accessError } from '@sluice/core'

/**
 * The storage account of a location: its own, or the connection's where it names none. A credential belongs to one account alone,
 * so that a location in another is refused rather than the credential shown to it.
 */
export function accountOf(connection: Pick<Connection, 'auth' | 'name'>, location: Location): string {
  const own = connection.auth.fields['accountName']
  const account = location.account ?? own
  if (account === undefined)
    throw accessError('azure.account.unknown', {
      message: `Nothing says in which storage account the container ${location.bucket} lies.`,
    })
  if (own !== undefined && own !== account)
    throw accessError('azure.account.other', {
      message: `The location lies in the storage account ${account}, the credential of connection ${connection.name} belongs to ${own}.`,
    })
  return account
}
