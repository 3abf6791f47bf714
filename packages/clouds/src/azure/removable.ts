import type { Connection, Location } from '@sluice/core'

/** What the customer can remove in Azure once the connection is gone. */
export function removableInAzure({ auth, locations }: Connection): readonly string[] {
  const { accountName, clientId } = auth.fields
  const accounts = [...new Set(locations.flatMap(({ account = accountName }) => account ?? []))]
  const shown = accounts.length === 0 ? 'the storage account' : `the storage account ${accounts.join(' and ')}`
  switch (auth.method) {
    case 'federation':
      return [
        clientId === undefined
          ? 'The application or managed identity made for this connection, if one was made: Sluice was never told its client id.'
          : `The application or managed identity ${clientId}, or only its federated credential for us where something else uses it.`,
        ...roleSentences(clientId === undefined ? 'it' : clientId, shown, locations),
      ]
    case 'managed-identity':
      return roleSentences('our managed identity', shown, locations)
    case 'sas':
      return [
        `Nothing has to be removed: the SAS ends at its time. To end it at once, rotate the key of ${shown} that signed it, which ends everything else that the key signed.`,
      ]
    default:
      return [`Nothing was made: rotate the key of ${shown}, for it works until then for whoever has it.`]
  }
}

function roleSentences(holder: string, account: string, locations: readonly Location[]): readonly string[] {
  return [
    ...[...new Set(locations.map(({ bucket }) => bucket))].map(
      (bucket) => `The role of ${holder} on the container ${bucket}, and the custom role in it.`,
    ),
    `The role Storage Blob Delegator of ${holder} on ${account}, unless other connections use it.`,
  ]
}
