import type { CloudDiagnostics } from '@sluice/core'
import type { CloudDeps } from '../../deps.ts'
import { accountOf } from '../account.ts'
import { callAndDiscard } from '../call.ts'
import { withoutSignature } from '../sas-token.ts'

/** What a diagnosis asks of Azure beside the store; what a SAS says of itself it need not ask. */
export function diagnoseAzure(deps: CloudDeps): CloudDiagnostics {
  return {
    // Everything of a SAS but its signature may be read, and tells most of what can be wrong with it.
    documents: ({ secret }) => (secret?.['sasToken'] === undefined ? {} : { sasToken: withoutSignature(secret['sasToken']) }),
    probes: ({ connection, location, lease }) => {
      const container = {
        account: accountOf(connection, location),
        container: location.bucket,
        lease: () => Promise.resolve(lease),
        transport: deps.transport,
        clock: deps.clock,
        tenant: connection.id,
      }
      return {
        'account-information': async (signal) => {
          const query = { restype: 'account', comp: 'properties' }
          await callAndDiscard(container, { operation: 'GetAccountInformation', method: 'GET', access: 'list', query }, signal)
        },
      }
    },
  }
}
