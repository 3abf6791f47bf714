import type { Connection } from '../connection.ts'

/** What a token of ours is asked to say. */
export interface TokenRequest {
  /** Who it is for, in the words of the cloud: `sts.amazonaws.com`, the resource name of a workload identity provider … */
  readonly audience: string
  /** Who it speaks for: `connectionSubject` of a connection. */
  readonly subject: string
  /**
   * Asks for the token of a stranger instead: a connection of the subject's project that the issuer makes up, and that nobody has.
   * It proves that a trust refuses everybody but its own connection. No caller chooses the stranger's name.
   */
  readonly ofStranger?: boolean
}

/**
 * Issues a short-lived token of ours (a JWT) that clouds trusting our issuer exchange for a credential of theirs.
 *
 * Errors: `issuer.not_configured`, `issuer.unknown_subject`, `connection.disabled`.
 */
export type TokenIssuer = (request: TokenRequest, signal: AbortSignal) => Promise<string>

/** An audience that no cloud has: a token for it must be refused wherever ours are accepted. */
export const FOREIGN_AUDIENCE = 'urn:sluice:nobody'

/**
 * The subject of a connection's tokens. It names organization, project and connection, so that a customer's trust in it
 * is trust in that one connection: `organization:default:project:default:connection:conn_…`. At most 127 bytes: Google takes no more.
 */
export function connectionSubject({ id, organization, project }: Pick<Connection, 'id' | 'organization' | 'project'>): string {
  return `organization:${organization}:project:${project}:connection:${id}`
}

/** The id of the connection that a subject names. What else the subject says counts only as far as that connection has it too. */
export function subjectConnectionId(subject: string): string | undefined {
  return /:connection:([^:]+)$/.exec(subject)?.[1]
}
