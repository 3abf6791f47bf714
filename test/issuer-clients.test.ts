import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { connectionSubject, FOREIGN_AUDIENCE } from '@sluice/core'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { caught } from './support/collect.ts'
import { CUSTOMER_ACCOUNT, type Installation, ISSUER, startInstallation } from './support/installation.ts'

const ROLE_ARN = `arn:aws:iam::${CUSTOMER_ACCOUNT}:role/sluice-acme`
const AUDIENCE = 'sts.amazonaws.com'
const signal = new AbortController().signal

let installation: Installation
let sts: STSClient
let subject: string

beforeEach(async () => {
  installation = await startInstallation()
  const { lab, connections, setups, caller } = installation
  const auth = { accountId: CUSTOMER_ACCOUNT }
  const locations = ['s3://test-bucket-123/data/']
  const { connection } = await connections.create(caller, { name: 'acme', cloud: 'aws', method: 'oidc', auth, locations })
  subject = connectionSubject(connection)
  const setup = await setups.forConnection(caller, 'acme', {})
  lab.aws.applyTemplate(CUSTOMER_ACCOUNT, setup.artifacts.find(({ id }) => id === 'cloudformation')?.text ?? '')
  // The client has no credentials of its own: the token is all it shows.
  sts = new STSClient({ region: 'us-east-1', endpoint: lab.url, credentials: { accessKeyId: '', secretAccessKey: '' }, maxAttempts: 1 })
})
afterEach(async () => {
  sts.destroy()
  await installation.close()
})

const tokenFor = (change: { readonly audience?: string; readonly ofStranger?: boolean } = {}) =>
  installation.issuer.issue({ audience: AUDIENCE, subject, ...change }, signal)
const assume = async (token: string) =>
  sts.send(new AssumeRoleWithWebIdentityCommand({ RoleArn: ROLE_ARN, RoleSessionName: 'sdk', WebIdentityToken: token }))

describe('the AWS SDK with tokens of ours', () => {
  it('gets the role, and is told whose the token is', async () => {
    const answer = await assume(await tokenFor())
    expect(answer).toMatchObject({
      SubjectFromWebIdentityToken: subject,
      Audience: AUDIENCE,
      Credentials: { SessionToken: expect.any(String) },
    })
  })

  it('does not get it with one of a stranger, for another audience, of an age, or changed', async () => {
    expect(await caught(assume(await tokenFor({ ofStranger: true })))).toMatchObject({ name: 'AccessDenied' })
    const other = await caught(assume(await tokenFor({ audience: FOREIGN_AUDIENCE })))
    expect(other).toMatchObject({ name: 'InvalidIdentityTokenException', message: 'Incorrect token audience' })
    const token = await tokenFor()
    const [header, , signature] = token.split('.')
    const claims = Buffer.from(JSON.stringify({ iss: ISSUER, sub: subject, aud: AUDIENCE, exp: 9_999_999_999 })).toString('base64url')
    expect(await caught(assume(`${header}.${claims}.${signature}`))).toMatchObject({ name: 'InvalidIdentityTokenException' })
    installation.clock.advance(11 * 60_000)
    expect(await caught(assume(token))).toMatchObject({ name: 'ExpiredTokenException' })
  })

  it('goes on through a rotation of the keys, and is refused what was signed with withdrawn ones', async () => {
    const { issuer, caller, clock } = installation
    await issuer.rotate(caller, { withdraw: false })
    await assume(await tokenFor())
    clock.advance(8 * 86_400_000)
    const token = await tokenFor()
    await assume(token)
    await issuer.rotate(caller, { withdraw: true })
    expect(await caught(assume(token))).toMatchObject({ name: 'InvalidIdentityTokenException' })
    await assume(await tokenFor())
  })
})

it('lets anybody who has our keys verify a token', async () => {
  const token = await tokenFor()
  const expected = { issuer: ISSUER, audience: AUDIENCE, subject, currentDate: new Date(installation.clock.now()) }
  const uploaded = createLocalJWKSet(await installation.issuer.keys())
  expect((await jwtVerify(token, uploaded, expected)).payload).toMatchObject({ organization: 'org', project: 'project' })
})
