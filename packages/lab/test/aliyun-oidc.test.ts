import type { PolicyDocument } from '@sluice/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AliyunCredentials } from '../src/index.ts'
import {
  ALIYUN_BUCKET,
  aliyunRefusal,
  aliyunSts,
  AssumeRoleWithOIDCRequest,
  CUSTOMER_UID,
  LAKE_POLICY,
  oss,
  ramAllow,
  ramPolicy,
  startAliyun,
  type AliyunWorld,
} from './aliyun-world.ts'
import { manualClock } from './manual-clock.ts'
import { testIssuer, type TestIssuer } from './token-issuer.ts'

const ISSUER = 'https://sluice.example'
const AUDIENCE = 'sts.aliyuncs.com'
const SUBJECT = 'organization:o1:project:p1:connection:c1'
const PROVIDER = `acs:ram::${CUSTOMER_UID}:oidc-provider/sluice`
const ROLE = `acs:ram::${CUSTOMER_UID}:role/keyless`

function trust(conditions: PolicyDocument, provider = PROVIDER): PolicyDocument {
  return ramPolicy({
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Principal: { Federated: [provider] },
    Condition: { StringEquals: conditions },
  })
}

const CONDITIONS = { 'oidc:iss': ISSUER, 'oidc:aud': AUDIENCE, 'oidc:sub': SUBJECT }

const clock = manualClock()
let world: AliyunWorld
let issuer: TestIssuer

beforeAll(async () => {
  world = await startAliyun({ clock })
  issuer = await testIssuer({ url: ISSUER, subject: SUBJECT, audience: AUDIENCE, now: clock.now })
  const { lab } = world
  lab.trustIssuer(ISSUER, issuer.keys)
  lab.aliyun.putOidcProvider(CUSTOMER_UID, { name: 'sluice', issuer: ISSUER, clientIds: [AUDIENCE], fingerprints: ['ab'.repeat(20)] })
  lab.aliyun.putRole(CUSTOMER_UID, { name: 'keyless', trust: trust(CONDITIONS), policies: { keyless: LAKE_POLICY } })
})
afterAll(() => world.lab.close())

interface AssumeInput {
  readonly roleArn?: string
  readonly OIDCProviderArn?: string
  readonly OIDCToken?: string
  readonly policy?: string
  readonly durationSeconds?: number
}

/** Asks with Alibaba's own client, without any credentials. */
async function assume(input: AssumeInput = {}) {
  const request = new AssumeRoleWithOIDCRequest({
    roleArn: ROLE,
    OIDCProviderArn: PROVIDER,
    OIDCToken: await issuer.token(),
    roleSessionName: 'sluice',
    ...input,
  })
  const { body } = await aliyunSts(world.lab).assumeRoleWithOIDC(request)
  return body
}

async function session(input?: AssumeInput): Promise<AliyunCredentials> {
  const { accessKeyId = '', accessKeySecret = '', securityToken = '' } = (await assume(input))?.credentials ?? {}
  return { accessKeyId, accessKeySecret, securityToken }
}

describe('AssumeRoleWithOIDC', () => {
  it('issues a session of the role to whoever brings the right token', async () => {
    expect(await assume()).toMatchObject({
      assumedRoleUser: { arn: `${ROLE}/sluice` },
      OIDCTokenInfo: { subject: SUBJECT, issuer: ISSUER, clientIds: AUDIENCE, verificationInfo: 'Success' },
    })
    const client = oss(world.lab, await session())
    await client.put('data/a.txt', Buffer.from('a'))
    expect(String((await client.get('data/a.txt')).content)).toBe('a')
  })

  it('narrows the session to the policy that is passed', async () => {
    const policy = JSON.stringify(ramPolicy(ramAllow('oss:GetObject', `acs:oss:*:*:${ALIYUN_BUCKET}/data/*`)))
    const client = oss(world.lab, await session({ policy }))
    expect(await aliyunRefusal(client.put('data/b.txt', Buffer.from('b')))).toMatchObject({ status: 403, code: 'AccessDenied' })
  })

  it.each<readonly [string, string, () => Promise<string>]>([
    ['OIDCToken.Invalid', 'what is no token', async () => 'abcd'],
    ['OIDCToken.Invalid', 'three parts of nothing', async () => 'a.b.c'],
    ['OIDCToken.IssuerNotMatch', 'a token of another issuer', () => issuer.token({ iss: 'https://other.example' })],
    ['OIDCToken.AudienceNotMatch', 'a token for somebody else', () => issuer.token({ aud: 'sts.amazonaws.com' })],
    ['OIDCToken.InvalidSignature', 'a forged token', () => issuer.forged()],
    ['OIDCToken.Expired', 'an expired token', () => issuer.token({ exp: Math.floor(clock.now() / 1000) - 120 })],
    ['OIDCToken.Expired', 'a token that was issued too long ago', () => issuer.token({ iat: Math.floor(clock.now() / 1000) - 13 * 3600 })],
    ['NoPermission', 'another subject', () => issuer.token({ sub: 'organization:o1:project:p1:connection:c2' })],
  ])('refuses with %s %s', async (code, _, token) => {
    expect(await aliyunRefusal(assume({ OIDCToken: await token() }))).toMatchObject({ status: 401, code: `AuthenticationFail.${code}` })
  })

  it('refuses a provider that is not there, or that the role does not trust', async () => {
    const { lab } = world
    lab.aliyun.putOidcProvider(CUSTOMER_UID, { name: 'second', issuer: ISSUER, clientIds: [AUDIENCE] })
    for (const name of ['none', 'second'])
      expect(await aliyunRefusal(assume({ OIDCProviderArn: `acs:ram::${CUSTOMER_UID}:oidc-provider/${name}` }))).toMatchObject({
        status: 401,
        code: 'AuthenticationFail.NoPermission',
      })
  })

  it('refuses tokens whose issuer cannot be reached', async () => {
    const { arn } = world.lab.aliyun.putOidcProvider(CUSTOMER_UID, { name: 'dark', issuer: 'https://dark.example', clientIds: [AUDIENCE] })
    const OIDCToken = await issuer.token({ iss: 'https://dark.example' })
    expect(await aliyunRefusal(assume({ OIDCProviderArn: arn, OIDCToken }))).toMatchObject({
      status: 401,
      code: 'AuthenticationFail.OIDCToken.IssuerConfigurationBroken',
    })
  })

  it.each([
    ['a role that does not exist', { roleArn: `acs:ram::${CUSTOMER_UID}:role/none` }, 404, 'EntityNotExist.Role'],
    ['a session longer than the role allows', { durationSeconds: 7200 }, 400, 'InvalidParameter.DurationSeconds'],
    ['a policy that is none', { policy: '[]' }, 400, 'InvalidParameter.PolicyGrammar'],
  ])('refuses %s', async (_, input, status, code) => {
    expect(await aliyunRefusal(assume(input))).toMatchObject({ status, code })
  })
})
