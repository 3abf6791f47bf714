import { createServer } from 'node:http'
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { issuers } from '../src/oidc/issuers.ts'
import { verifyIssuedToken, type TokenVerdict } from '../src/oidc/verify.ts'

const ISSUER = 'https://sluice.example'
const AUDIENCE = 'api://AzureADTokenExchange'
const NOW = Date.parse('2026-11-22T10:00:00Z')
const SECONDS = NOW / 1000
const CLAIMS: JWTPayload = { iss: ISSUER, sub: 'connection', aud: AUDIENCE, iat: SECONDS, exp: SECONDS + 600 }

const own = await generateKeyPair('RS256')
const other = await generateKeyPair('RS256')
const keys = { keys: [{ ...(await exportJWK(own.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' }] }

function without(name: string): JWTPayload {
  return Object.fromEntries(Object.entries(CLAIMS).filter(([claim]) => claim !== name))
}

function sign(claims: JWTPayload, header: { readonly kid?: string } = {}, key = own.privateKey): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k1', ...header }).sign(key)
}

const known = issuers()
known.trust(ISSUER, keys)

function verify(token: string, audiences: readonly string[] = [AUDIENCE], from = known): Promise<TokenVerdict> {
  return verifyIssuedToken(from, token, { issuer: ISSUER, audiences }, NOW)
}

describe('a token of an issuer', () => {
  it('holds when its signature, time and audience are right', async () => {
    expect(await verify(await sign(CLAIMS))).toEqual({ ok: true, claims: CLAIMS })
    expect(await verify(await sign({ ...CLAIMS, aud: ['x', AUDIENCE] }), ['y', AUDIENCE])).toMatchObject({ ok: true })
  })

  it.each<readonly [string, string, () => string | Promise<string>]>([
    ['malformed', 'not a token', () => 'abc'],
    ['algorithm', 'no signature', () => new UnsecuredJWT(CLAIMS).encode()],
    ['claim-missing', 'no subject', () => sign(without('sub'))],
    ['claim-missing', 'no end', () => sign(without('exp'))],
    ['issuer', 'another issuer', () => sign({ ...CLAIMS, iss: `${ISSUER}/` })],
    ['audience', 'another audience', () => sign({ ...CLAIMS, aud: 'sts.amazonaws.com' })],
    ['expired', 'a time that is over', () => sign({ ...CLAIMS, exp: SECONDS - 61 })],
    ['not-yet-valid', 'a time that has not come', () => sign({ ...CLAIMS, nbf: SECONDS + 61 })],
    ['key', 'a key that is not published', () => sign(CLAIMS, { kid: 'k2' })],
    ['signature', 'the signature of somebody else', () => sign(CLAIMS, {}, other.privateKey)],
  ])('is refused as %s with %s', async (problem, _, token) => {
    expect(await verify(await token())).toMatchObject({ ok: false, problem })
  })

  it('is refused when nobody knows the way to its issuer', async () => {
    expect(await verify(await sign(CLAIMS), [AUDIENCE], issuers())).toMatchObject({ ok: false, problem: 'issuer-unreachable' })
  })

  it('counts by keys that were uploaded, whatever the issuer publishes', async () => {
    const uploaded = { keys: [{ ...(await exportJWK(other.publicKey)), kid: 'k1', alg: 'RS256' }] }
    const token = await sign(CLAIMS, {}, other.privateKey)
    expect(await verifyIssuedToken(known, token, { issuer: ISSUER, audiences: [AUDIENCE], keys: uploaded }, NOW)).toMatchObject({
      ok: true,
    })
  })
})

describe('an issuer that is fetched from', () => {
  let published: { readonly [path: string]: unknown } = {}
  let address = ''
  const server = createServer((request, response) => {
    const document = published[request.url ?? '']
    response.writeHead(document === undefined ? 404 : 200).end(JSON.stringify(document ?? {}))
  })
  const discovery = { issuer: ISSUER, jwks_uri: `${ISSUER}/.well-known/jwks.json` }
  const documents = { '/.well-known/openid-configuration': discovery, '/.well-known/jwks.json': keys }

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const bound = server.address()
    if (typeof bound === 'string' || bound === null) throw new Error('no TCP address')
    address = `http://127.0.0.1:${bound.port}`
  })
  afterAll(() => void server.close())

  it('is asked for its discovery document and its keys where it answers on loopback', async () => {
    published = documents
    expect(await verify(await sign(CLAIMS), [AUDIENCE], issuers({ [ISSUER]: address }))).toMatchObject({ ok: true })
  })

  it.each([
    ['issuer-unreachable', 'has no discovery document', {}],
    [
      'issuer-mismatch',
      'calls itself otherwise',
      { ...documents, '/.well-known/openid-configuration': { ...discovery, issuer: 'https://x' } },
    ],
    ['issuer-unreachable', 'publishes no keys', { '/.well-known/openid-configuration': discovery }],
    ['issuer-unreachable', 'publishes something else', { ...documents, '/.well-known/jwks.json': { keys: 1 } }],
    [
      'issuer-unreachable',
      'keeps its keys elsewhere',
      { ...documents, '/.well-known/openid-configuration': { ...discovery, jwks_uri: 'https://x/keys' } },
    ],
  ])('is %s when it %s', async (problem, _, documents) => {
    published = documents
    expect(await verify(await sign(CLAIMS), [AUDIENCE], issuers({ [ISSUER]: address }))).toMatchObject({ ok: false, problem })
  })
})
