import { randomUUID } from 'node:crypto'
import type { TokenIssuer } from '@sluice/core'
import { type JSONWebKeySet, SignJWT, exportJWK, generateKeyPair } from 'jose'

/** An OpenID Connect issuer without a server: its tokens, and the keys that a lab is given to verify them. */
export interface TestIssuer {
  readonly url: string
  readonly keys: JSONWebKeySet
  readonly issue: TokenIssuer
}

export async function createTestIssuer(url = 'https://sluice.example.com'): Promise<TestIssuer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  const jwk = { ...(await exportJWK(publicKey)), kid: 'test', alg: 'RS256', use: 'sig' }
  return {
    url,
    keys: { keys: [jwk] },
    issue: ({ audience, subject, ofStranger }) =>
      new SignJWT()
        .setProtectedHeader({ alg: 'RS256', kid: 'test' })
        .setIssuer(url)
        .setAudience(audience)
        .setSubject(ofStranger === true ? subject.replace(/[^:]+$/, `conn_${randomUUID()}`) : subject)
        .setJti(randomUUID())
        .setIssuedAt()
        .setExpirationTime('5m')
        .sign(privateKey),
  }
}
