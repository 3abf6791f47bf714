import { connectionSubject, type Connection } from '@sluice/core'
import { SignJWT, type CryptoKey } from 'jose'
import { ALGORITHM } from './key-pair.ts'
import { BACKDATED_SECONDS, TOKEN_SECONDS } from './schedule.ts'

/** What a token says. */
export interface TokenContent {
  readonly issuer: string
  readonly audience: string
  /** Whose it is: by whom a cloud finds it again in its logs, claim by claim. */
  readonly holder: Pick<Connection, 'id' | 'organization' | 'project'>
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** When a token that is made now ends, in milliseconds since the epoch. */
export function tokenEnd(now: number): number {
  return (Math.floor(now / 1000) - BACKDATED_SECONDS + TOKEN_SECONDS) * 1000
}

/** Signs a token. */
export function signToken({ issuer, audience, holder, id, now }: TokenContent, signer: { id: string; key: CryptoKey }): Promise<string> {
  const issuedAt = Math.floor(now / 1000) - BACKDATED_SECONDS
  return new SignJWT({ organization: holder.organization, project: holder.project, connection: holder.id })
    .setProtectedHeader({ alg: ALGORITHM, kid: signer.id, typ: 'JWT' })
    .setIssuer(issuer)
    .setSubject(connectionSubject(holder))
    .setAudience(audience)
    .setIssuedAt(issuedAt)
    .setNotBefore(issuedAt)
    .setExpirationTime(tokenEnd(now) / 1000)
    .setJti(id)
    .sign(signer.key)
}
