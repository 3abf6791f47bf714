import { type Connection, accessError, connectionSubject } from '@sluice/core'
import type { CloudDeps } from '../deps.ts'
import { EXCHANGE_AUDIENCE, type StorageToken, exchangeToken } from './entra.ts'

/** What Entra is asked with: by default what the customer's trust names. */
export interface TokenVariant {
  readonly audience?: string
  /** The token of a connection that nobody has, of the same project. */
  readonly ofStranger?: boolean
}

/** The application of a connection, which trusts our tokens, or the refusal that says what is missing. */
export function requireApplication(connection: Connection): { readonly tenantId: string; readonly clientId: string } {
  const { tenantId, clientId } = connection.auth.fields
  if (tenantId !== undefined && clientId !== undefined) return { tenantId, clientId }
  throw accessError('azure.identity.absent', {
    message: `Connection ${connection.name} does not know ${tenantId === undefined ? 'the tenant' : 'the client id'} of its application yet.`,
  })
}

/** A token for storage, of the connection's application or of the platform's own managed identity. */
export async function tokenFor(
  deps: CloudDeps,
  connection: Connection,
  signal: AbortSignal,
  variant: TokenVariant = {},
): Promise<StorageToken> {
  if (connection.auth.method === 'managed-identity') return requireManagedIdentity(deps, connection)(signal)
  const { tenantId, clientId } = requireApplication(connection)
  const assertion = await ownToken(deps, connection, signal, variant)
  return exchangeToken({ transport: deps.transport, clock: deps.clock, tenant: connection.id }, { tenantId, clientId, assertion }, signal)
}

/** Our own token, which says that it is this connection that asks. */
export async function ownToken(deps: CloudDeps, connection: Connection, signal: AbortSignal, variant: TokenVariant = {}): Promise<string> {
  if (deps.issuer === undefined)
    throw accessError('azure.identity.no_issuer', {
      message: `Connection ${connection.name} works by tokens of this Sluice, which is no issuer of tokens.`,
    })
  return deps.issuer(
    {
      audience: variant.audience ?? EXCHANGE_AUDIENCE,
      subject: connectionSubject(connection),
      ...(variant.ofStranger === true ? { ofStranger: true } : {}),
    },
    signal,
  )
}

function requireManagedIdentity(deps: CloudDeps, connection: Connection): (signal: AbortSignal) => Promise<StorageToken> {
  const { azure } = deps.platformCredentials
  if (deps.platform().azure !== undefined && azure !== undefined) return azure
  throw accessError('azure.identity.none', {
    message: `Connection ${connection.name} works by a managed identity of this Sluice, which has none.`,
  })
}
