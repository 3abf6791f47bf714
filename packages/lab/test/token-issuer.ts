import { exportJWK, generateKeyPair, SignJWT, type JSONWebKeySet, type JWTPayload } from 'jose'

/** An OpenID Connect issuer with a key of its own, as a test needs one: it signs whatever it is told to. */
export interface TestIssuer {
  readonly url: string
  readonly keys: JSONWebKeySet
  /** Signs claims over a token that would be right: ten minutes from `now`, of the test's subject and audience. */
  token(claims?: JWTPayload): Promise<string>
  /** The same, by a key that is not published. */
  forged(): Promise<string>
}

export async function testIssuer(input: {
  readonly url: string
  readonly subject: string
  readonly audience: string
  readonly now: () => number
}): Promise<TestIssuer> {
  const own = await generateKeyPair('RS256')
  const other = await generateKeyPair('RS256')
  const keys = { keys: [{ ...(await exportJWK(own.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' }] }
  const sign = (claims: JWTPayload, key = own.privateKey): Promise<string> => {
    const seconds = Math.floor(input.now() / 1000)
    const { url: iss, subject: sub, audience: aud } = input
    return new SignJWT({ iss, sub, aud, iat: seconds, exp: seconds + 600, ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
      .sign(key)
  }
  return { url: input.url, keys, token: (claims = {}) => sign(claims), forged: () => sign({}, other.privateKey) }
}
