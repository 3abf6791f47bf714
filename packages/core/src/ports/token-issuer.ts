import type { Connection } from '../connection.ts'

/** What a token of ours is asked to say. */
export interface TokenRequest {
  /** Who it is for, in the words of the cloud: `sts.amazonaws.com`, the resource name of a workload identity provider … */
  readonly audience: string
  /** Who it speaks for: `connectionSubject` of a connection. */
  readonly subject: string
}

/** Issues a short-lived token of ours (a JWT) that clouds trusting our issuer exchange for a credential of theirs. */
export type TokenIssuer = (request: TokenRequest, signal: AbortSignal) => Promise<string>

/**
 * The subject of a connection's tokens. It names organization, project and connection, so that a customer's trust in it
 * is trust in that one connection: `organization:default:project:default:connection:conn_…`. At most 127 bytes: Google takes no more.
 */
export function connectionSubject({ id, organization, project }: Pick<Connection, 'id' | 'organization' | 'project'>): string {
  return `organization:${organization}:project:${project}:connection:${id}`
}
