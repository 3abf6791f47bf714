import { randomBytes } from 'node:crypto'
import { connectionSubject, type AuditEvent, type Clock, type MetadataStore, type Platform } from '@sluice/core'
import { sampleStoreConnection } from '@sluice/conformance'
import { openStore } from '@sluice/store'
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Issuer } from '../src/contract.ts'
import { createIssuer } from '../src/issuer/issuer.ts'

const URL_OF_ISSUER = 'https://sluice.example.com/issuer'
const AUDIENCE = 'sts.amazonaws.com'
const START = Date.UTC(2026, 10, 22)
const DAY = 86_400_000
const signal = new AbortController().signal
const caller = { organization: 'org', project: 'alpha', actor: 'token:tok_1', requestId: 'req_1' }
const acme = sampleStoreConnection({ id: 'conn_acme', name: 'acme' })

let now: number
let store: MetadataStore
let issuer: Issuer

const clock: Clock = { now: () => now, sleep: () => Promise.reject(new Error('this test does not wait')) }
const random = { bytes: (length: number) => new Uint8Array(randomBytes(length)), fraction: () => 0 }
const platform: Platform = { issuer: { url: URL_OF_ISSUER }, regions: [], egressAddresses: [] }

/** Another node on the same metadata. */
const node = (change: { readonly platform?: Platform; readonly multiOrganization?: boolean } = {}): Issuer =>
  createIssuer({
    store,
    clock,
    random,
    platform: () => change.platform ?? platform,
    mode: { multiOrganization: change.multiOrganization ?? false },
  })

const events = (action: string): Promise<readonly AuditEvent[]> => store.audit.list('alpha', { limit: 100, action })
const tokenFor = (connection = acme, ofStranger = false) =>
  issuer.issue({ audience: AUDIENCE, subject: connectionSubject(connection), ofStranger }, signal)
const verify = async (token: string, at = now) =>
  jwtVerify(token, createLocalJWKSet(await issuer.keys()), { issuer: URL_OF_ISSUER, audience: AUDIENCE, currentDate: new Date(at) })

beforeEach(async () => {
  now = START
  store = await openStore({ url: 'sqlite::memory:', masterKey: new Uint8Array(32), clock, random })
  await store.projects.ensure({ id: 'alpha', organization: 'org', name: 'Alpha' })
  await store.connections.create(acme)
  issuer = node()
})
afterEach(() => store.close())

describe('a token', () => {
  it('says who it is of and for, and ends within ten minutes', async () => {
    const { payload, protectedHeader } = await verify(await tokenFor())
    const [key] = (await issuer.keys()).keys
    expect(protectedHeader).toEqual({ alg: 'RS256', kid: key?.kid, typ: 'JWT' })
    const seconds = START / 1000
    expect(payload).toEqual({
      iss: URL_OF_ISSUER,
      sub: 'organization:org:project:alpha:connection:conn_acme',
      aud: AUDIENCE,
      organization: 'org',
      project: 'alpha',
      connection: 'conn_acme',
      iat: seconds - 60,
      nbf: seconds - 60,
      exp: seconds + 540,
      jti: expect.stringMatching(/^jti_[a-z2-7]{20}$/),
    })
  })

  it('holds for a cloud whose clock is a minute behind, and not after its end', async () => {
    const token = await tokenFor()
    await expect(verify(token, now - 60_000)).resolves.toBeDefined()
    await expect(verify(token, now + 541_000)).rejects.toThrow('exp')
  })

  it('is recorded before it is handed out, without itself', async () => {
    const token = await tokenFor()
    const { jti } = decodeJwt(token)
    expect(await events('issuer.issue')).toEqual([
      {
        at: new Date(now).toISOString(),
        organization: 'org',
        project: 'alpha',
        actor: 'system',
        action: 'issuer.issue',
        target: 'acme',
        result: 'ok',
        details: {
          token: jti,
          audience: AUDIENCE,
          subject: connectionSubject(acme),
          ofStranger: false,
          key: decodeProtectedHeader(token).kid,
          expiresAt: new Date(now + 540_000).toISOString(),
        },
      },
    ])
    expect(JSON.stringify(await events('issuer.issue'))).not.toContain(token.split('.')[2])
  })

  it('is not handed out when it cannot be recorded', async () => {
    const failing = { ...store, audit: { ...store.audit, append: () => Promise.reject(new Error('the disk is full')) } }
    issuer = createIssuer({ store: failing, clock, random, platform: () => platform, mode: { multiOrganization: false } })
    await expect(tokenFor()).rejects.toThrow('the disk is full')
  })

  it('of a stranger names a connection that nobody has, in the same project', async () => {
    const { payload } = await verify(await tokenFor(acme, true))
    expect(payload.sub).toMatch(/^organization:org:project:alpha:connection:conn_[a-z2-7]{20}$/)
    expect(payload).toMatchObject({ organization: 'org', project: 'alpha', connection: payload.sub?.split(':').at(-1) })
    expect((await verify(await tokenFor(acme, true))).payload.sub).not.toBe(payload.sub)
    expect(await events('issuer.issue')).toMatchObject([{ target: 'acme', details: { ofStranger: true } }, {}])
  })

  it.each([
    ['a connection that does not exist', 'organization:org:project:alpha:connection:conn_nobody'],
    ['another project', 'organization:org:project:beta:connection:conn_acme'],
    ['another organization', 'organization:other:project:alpha:connection:conn_acme'],
    ['more than a connection', 'organization:org:project:alpha:connection:conn_other:connection:conn_acme'],
    ['something before it', 'x:organization:org:project:alpha:connection:conn_acme'],
    ['no connection', 'conn_acme'],
    ['nothing', ''],
  ])('is not issued for %s', async (_what, subject) => {
    for (const ofStranger of [false, true])
      await expect(issuer.issue({ audience: AUDIENCE, subject, ofStranger }, signal)).rejects.toMatchObject({
        reason: 'issuer.unknown_subject',
      })
  })

  it('is not issued for a connection that is disabled or deleted', async () => {
    await store.connections.update({ ...acme, state: 'disabled', version: 2 })
    for (const ofStranger of [false, true])
      await expect(tokenFor(acme, ofStranger)).rejects.toMatchObject({ reason: 'connection.disabled' })
    expect(await events('issuer.issue')).toMatchObject([{ result: 'refused', reason: 'connection.disabled' }, {}])
    await store.connections.delete(acme.id)
    await expect(tokenFor()).rejects.toMatchObject({ reason: 'issuer.unknown_subject' })
  })

  it('is not issued where Sluice is no issuer', async () => {
    issuer = node({ platform: { regions: [], egressAddresses: [] } })
    await expect(tokenFor()).rejects.toMatchObject({ reason: 'issuer.not_configured' })
    await expect(issuer.keys()).rejects.toMatchObject({ reason: 'issuer.not_configured' })
    await expect(issuer.rotate(caller, { withdraw: false })).rejects.toMatchObject({ reason: 'issuer.not_configured' })
    expect(() => issuer.discovery()).toThrow(expect.objectContaining({ reason: 'issuer.not_configured' }))
    expect(await store.signingKeys.list()).toEqual([])
  })
})

describe('the keys', () => {
  const states = async () => (await issuer.show()).keys.map(({ state }) => state)

  it('are made on first use, once, however many nodes need one', async () => {
    const nodes = Array.from({ length: 4 }, () => node())
    const sets = await Promise.all([...nodes, ...nodes].map((one) => one.keys()))
    expect(await store.signingKeys.list()).toHaveLength(1)
    expect(new Set(sets.map((set) => JSON.stringify(set))).size).toBe(1)
    await expect(verify(await tokenFor())).resolves.toBeDefined()
  })

  it('have nothing private in what is published', async () => {
    const [key] = (await issuer.keys()).keys
    expect(Object.keys(key ?? {}).toSorted()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use'])
    expect(Buffer.from(key?.n ?? '', 'base64url').length).toBeGreaterThanOrEqual(256)
    const secret = await store.signingKeys.privateKey(key?.kid ?? '')
    const shown = JSON.stringify([await issuer.keys(), await issuer.show(), await events('issuer.rotate')])
    for (const part of ['d', 'p', 'q', 'dp', 'dq', 'qi']) expect(shown).not.toContain(secret?.[part] ?? '?')
  })

  it('follow one another by the clock: published, then signing, then published until every token has ended', async () => {
    const first = decodeProtectedHeader(await tokenFor()).kid
    now = START + 83 * DAY - 1
    expect(await states()).toEqual(['signing'])
    now = START + 83 * DAY
    expect(await states()).toEqual(['signing', 'next'])
    now = START + 90 * DAY - 1
    const last = await tokenFor()
    expect(decodeProtectedHeader(last).kid).toBe(first)
    now = START + 90 * DAY
    expect(await states()).toEqual(['retired', 'signing'])
    expect(decodeProtectedHeader(await tokenFor()).kid).not.toBe(first)
    now += 538_000
    await expect(verify(last)).resolves.toBeDefined()
    now += 3_600_000
    expect(await states()).toEqual(['signing'])
    await expect(verify(await tokenFor())).resolves.toBeDefined()
  })

  it('are rotated by one of many nodes, and by one command of many', async () => {
    await issuer.keys()
    now = START + 83 * DAY
    await Promise.all([node(), node(), node(), node()].map((one) => one.keys()))
    expect(await store.signingKeys.list()).toHaveLength(2)
    await Promise.all([node(), node(), node(), node()].map((one) => one.rotate(caller, { withdraw: false })))
    expect(await store.signingKeys.list()).toHaveLength(2)
  })

  it('go on signing after a long sleep, until the next one has been published as long as any', async () => {
    const first = decodeProtectedHeader(await tokenFor()).kid
    now = START + 400 * DAY
    expect(decodeProtectedHeader(await tokenFor()).kid).toBe(first)
    expect(await states()).toEqual(['signing', 'next'])
    now += 7 * DAY
    expect(decodeProtectedHeader(await tokenFor()).kid).not.toBe(first)
  })

  it('sign although the clock was set back', async () => {
    await issuer.keys()
    now = START - DAY
    await expect(verify(await tokenFor())).resolves.toBeDefined()
  })

  it('are rotated on command without refusing anybody', async () => {
    const before = await tokenFor()
    const view = await issuer.rotate(caller, { withdraw: false })
    expect(view.keys.map(({ state }) => state)).toEqual(['signing', 'next'])
    expect(view.keys[0]).toMatchObject({ signsUntil: view.keys[1]?.signsFrom })
    await expect(verify(before)).resolves.toBeDefined()
    expect(await issuer.rotate(caller, { withdraw: false })).toEqual(view)
    const [event] = await events('issuer.rotate')
    expect(event).toMatchObject({ actor: 'token:tok_1', requestId: 'req_1', target: view.keys[1]?.id, details: { othersWithdrawn: false } })
  })

  it('are withdrawn on command at once, on every node', async () => {
    const other = node()
    const before = await other.issue({ audience: AUDIENCE, subject: connectionSubject(acme) }, signal)
    await issuer.rotate(caller, { withdraw: false })
    const view = await issuer.rotate(caller, { withdraw: true })
    expect(view.keys.map(({ state }) => state)).toEqual(['signing'])
    await expect(verify(before)).rejects.toThrow('no applicable key')
    const after = await other.issue({ audience: AUDIENCE, subject: connectionSubject(acme) }, signal)
    expect(decodeProtectedHeader(after).kid).toBe(view.keys[0]?.id)
    expect((await other.keys()).keys).toHaveLength(1)
  })

  it('end with one when several nodes withdraw at once', async () => {
    await issuer.keys()
    await Promise.all([node(), node(), node()].map((one) => one.rotate(caller, { withdraw: true })))
    expect((await issuer.keys()).keys).toHaveLength(1)
    await expect(verify(await tokenFor())).resolves.toBeDefined()
  })

  it('are not withdrawn by one of several organizations', async () => {
    issuer = node({ multiOrganization: true })
    await expect(issuer.rotate(caller, { withdraw: true })).rejects.toMatchObject({ reason: 'issuer.shared' })
    expect((await issuer.rotate(caller, { withdraw: false })).keys).toHaveLength(2)
  })
})

it('describes itself as clouds expect', () => {
  expect(issuer.discovery()).toMatchObject({
    issuer: URL_OF_ISSUER,
    jwks_uri: `${URL_OF_ISSUER}/.well-known/jwks.json`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  })
})
