import {
  AddClientIDToOpenIDConnectProviderCommand,
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  DeleteOpenIDConnectProviderCommand,
  GetOpenIDConnectProviderCommand,
  ListOpenIDConnectProvidersCommand,
  PutRolePolicyCommand,
  RemoveClientIDFromOpenIDConnectProviderCommand,
} from '@aws-sdk/client-iam'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import { AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import type { PolicyDocument } from '@sluice/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { manualClock } from './manual-clock.ts'
import { testIssuer, type TestIssuer } from './token-issuer.ts'
import { allow, BUCKET, CUSTOMER, iam, refusal, REGION, s3, startWorld, sts, type World } from './world.ts'

const ISSUER = 'https://sluice.example/tenants/1'
const AUDIENCE = 'sts.amazonaws.com'
const SUBJECT = 'organization:o1:project:p1:connection:c1'
const PROVIDER = `arn:aws:iam::${CUSTOMER}:oidc-provider/sluice.example/tenants/1`
const ROLE = `arn:aws:iam::${CUSTOMER}:role/web`

function trust(conditions: PolicyDocument, provider = PROVIDER): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: provider },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: conditions },
      },
    ],
  }
}

const TRUST = trust({ 'sluice.example/tenants/1:sub': SUBJECT, 'sluice.example/tenants/1:aud': AUDIENCE })

const clock = manualClock()
let world: World
let issuer: TestIssuer

// The admin does it all with the vendor's own client: the provider, the role that trusts it, and what the role may do.
beforeAll(async () => {
  world = await startWorld({ clock })
  issuer = await testIssuer({ url: ISSUER, subject: SUBJECT, audience: AUDIENCE, now: clock.now })
  world.lab.trustIssuer(ISSUER, issuer.keys)
  const admin = iam(world.lab, world.admin)
  await admin.send(new CreateOpenIDConnectProviderCommand({ Url: ISSUER, ClientIDList: [AUDIENCE], ThumbprintList: ['a'.repeat(40)] }))
  await admin.send(new CreateRoleCommand({ RoleName: 'web', AssumeRolePolicyDocument: JSON.stringify(TRUST) }))
  const policy = JSON.stringify(allow(['s3:GetObject', 's3:PutObject'], `arn:aws:s3:::${BUCKET}/*`))
  await admin.send(new PutRolePolicyCommand({ RoleName: 'web', PolicyName: 'lake', PolicyDocument: policy }))
})
afterAll(() => world.lab.close())

interface AssumeInput {
  readonly RoleArn?: string
  readonly WebIdentityToken?: string
  readonly Policy?: string
  readonly DurationSeconds?: number
}

/** Asks without any credentials, as a machine does that has none. */
async function assume(input: AssumeInput = {}) {
  const client = new STSClient({
    endpoint: world.lab.url,
    region: REGION,
    maxAttempts: 1,
    credentials: async () => {
      throw new Error('Nobody has credentials here')
    },
  })
  const request = { RoleArn: ROLE, RoleSessionName: 'sluice', WebIdentityToken: await issuer.token(), ...input }
  return client.send(new AssumeRoleWithWebIdentityCommand(request))
}

async function credentials(input?: AssumeInput) {
  const { Credentials: given } = await assume(input)
  return {
    accessKeyId: given?.AccessKeyId ?? '',
    secretAccessKey: given?.SecretAccessKey ?? '',
    sessionToken: given?.SessionToken ?? '',
  }
}

describe('AssumeRoleWithWebIdentity', () => {
  it('issues a session of the role to whoever brings the right token', async () => {
    const answer = await assume()
    expect(answer).toMatchObject({
      SubjectFromWebIdentityToken: SUBJECT,
      Audience: AUDIENCE,
      Provider: PROVIDER,
      AssumedRoleUser: { Arn: `arn:aws:sts::${CUSTOMER}:assumed-role/web/sluice` },
    })
    const session = await credentials()
    const who = await sts(world.lab, session).send(new GetCallerIdentityCommand())
    expect(who.Arn).toBe(`arn:aws:sts::${CUSTOMER}:assumed-role/web/sluice`)
    await s3(world.lab, session).send(new PutObjectCommand({ Bucket: BUCKET, Key: 'a', Body: 'a' }))
    expect(await refusal(s3(world.lab, session).send(new ListObjectsV2Command({ Bucket: BUCKET })))).toMatchObject({ status: 403 })
  })

  it('narrows the session to the policy that is passed', async () => {
    const session = await credentials({ Policy: JSON.stringify(allow('s3:GetObject', `arn:aws:s3:::${BUCKET}/only/*`)) })
    world.lab.aws.putObject(BUCKET, 'only/a', { body: 'a' })
    await s3(world.lab, session).send(new GetObjectCommand({ Bucket: BUCKET, Key: 'only/a' }))
    const write = s3(world.lab, session).send(new PutObjectCommand({ Bucket: BUCKET, Key: 'only/a', Body: 'b' }))
    expect(await refusal(write)).toMatchObject({ status: 403, code: 'AccessDenied' })
  })

  it('lets the claims of the token count in policies of the session', async () => {
    const { lab } = world
    const policy = allow('s3:GetObject', `arn:aws:s3:::${BUCKET}/*`, {
      Condition: { StringEquals: { 'sluice.example/tenants/1:sub': SUBJECT } },
    })
    const arn = lab.aws.putRole(CUSTOMER, { name: 'claims', trust: TRUST, policies: { policy } })
    lab.aws.putObject(BUCKET, 'claims', { body: 'c' })
    await s3(lab, await credentials({ RoleArn: arn })).send(new GetObjectCommand({ Bucket: BUCKET, Key: 'claims' }))
  })

  it.each<readonly [string, string, number, () => Promise<string>]>([
    ['InvalidIdentityTokenException', 'what is no token', 400, async () => 'abcd'],
    ['InvalidIdentityTokenException', 'a token of an unknown issuer', 400, () => issuer.token({ iss: 'https://other.example' })],
    ['InvalidIdentityTokenException', 'a token for somebody else', 400, () => issuer.token({ aud: 'api://AzureADTokenExchange' })],
    ['InvalidIdentityTokenException', 'a forged token', 400, () => issuer.forged()],
    ['ExpiredTokenException', 'an expired token', 400, () => issuer.token({ exp: Math.floor(clock.now() / 1000) - 120 })],
    ['IDPRejectedClaimException', 'a token that is not valid yet', 403, () => issuer.token({ nbf: Math.floor(clock.now() / 1000) + 600 })],
    ['AccessDenied', 'another subject', 403, () => issuer.token({ sub: 'organization:o1:project:p1:connection:c2' })],
  ])('refuses with %s %s', async (code, _, status, token) => {
    expect(await refusal(assume({ WebIdentityToken: await token() }))).toMatchObject({ status, code })
  })

  it('says nothing of why the trust policy refuses, nor of a role that is not there', async () => {
    const text = 'Not authorized to perform sts:AssumeRoleWithWebIdentity'
    const elsewhere = world.lab.aws.putRole(CUSTOMER, {
      name: 'elsewhere',
      trust: trust({ 'sluice.example/tenants/1:sub': SUBJECT }, `${PROVIDER}2`),
    })
    for (const RoleArn of [elsewhere, `arn:aws:iam::${CUSTOMER}:role/none`])
      expect(await refusal(assume({ RoleArn }))).toMatchObject({ status: 403, code: 'AccessDenied', message: text })
  })

  it('does not take a trust policy for AssumeRole as one for tokens', async () => {
    const document: PolicyDocument = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Federated: PROVIDER }, Action: 'sts:AssumeRole' }],
    }
    const RoleArn = world.lab.aws.putRole(CUSTOMER, { name: 'wrong-action', trust: document })
    expect(await refusal(assume({ RoleArn }))).toMatchObject({ status: 403, code: 'AccessDenied' })
  })

  it.each([
    ['a session of a minute', { DurationSeconds: 60 }],
    ['a session longer than the role allows', { DurationSeconds: 7200 }],
  ])('refuses %s', async (_, input) => {
    expect(await refusal(assume(input))).toMatchObject({ status: 400, code: 'ValidationError' })
  })

  it('refuses tokens whose issuer cannot be reached', async () => {
    const { lab } = world
    lab.aws.putOidcProvider(CUSTOMER, { url: 'https://dark.example', clientIds: [AUDIENCE] })
    const token = await issuer.token({ iss: 'https://dark.example' })
    expect(await refusal(assume({ WebIdentityToken: token }))).toMatchObject({
      code: 'InvalidIdentityTokenException',
      message: expect.stringContaining("Couldn't retrieve verification key"),
    })
  })
})

describe('OpenID Connect providers', () => {
  it('are made, shown, changed and deleted', async () => {
    const admin = iam(world.lab, world.admin)
    const url = 'https://second.example'
    const { OpenIDConnectProviderArn: arn } = await admin.send(new CreateOpenIDConnectProviderCommand({ Url: url, ClientIDList: ['one'] }))
    const shown = async () => admin.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }))
    expect(await shown()).toMatchObject({ Url: 'second.example', ClientIDList: ['one'] })
    await admin.send(new AddClientIDToOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn, ClientID: 'two' }))
    await admin.send(new RemoveClientIDFromOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn, ClientID: 'one' }))
    expect(await shown()).toMatchObject({ ClientIDList: ['two'] })
    const { OpenIDConnectProviderList: list } = await admin.send(new ListOpenIDConnectProvidersCommand())
    expect(list?.map((provider) => provider.Arn)).toContain(arn)
    expect(await refusal(admin.send(new CreateOpenIDConnectProviderCommand({ Url: url })))).toMatchObject({
      status: 409,
      code: 'EntityAlreadyExistsException',
    })
    await admin.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }))
    expect(await refusal(shown())).toMatchObject({ status: 404, code: 'NoSuchEntityException' })
  })

  it.each([
    ['http://plain.example', undefined],
    ['https://second.example?x=1', undefined],
    ['https://third.example', ['short']],
  ])('are refused at %s with thumbprints %s', async (Url, ThumbprintList) => {
    const call = iam(world.lab, world.admin).send(
      new CreateOpenIDConnectProviderCommand({ Url, ...(ThumbprintList ? { ThumbprintList } : {}) }),
    )
    expect(await refusal(call)).toMatchObject({ status: 400, code: 'InvalidInputException' })
  })

  it('stop to count once they are deleted', async () => {
    const { lab } = world
    const arn = lab.aws.putOidcProvider('111122223333', { url: ISSUER, clientIds: [AUDIENCE] })
    const RoleArn = lab.aws.putRole('111122223333', { name: 'web', trust: trust({ 'sluice.example/tenants/1:sub': SUBJECT }, arn) })
    await assume({ RoleArn })
    lab.aws.deleteOidcProvider(arn)
    expect(await refusal(assume({ RoleArn }))).toMatchObject({ code: 'InvalidIdentityTokenException' })
  })

  it('are applied from a template', () => {
    const template = JSON.stringify({
      Resources: {
        Provider: {
          Type: 'AWS::IAM::OIDCProvider',
          Properties: { Url: 'https://template.example', ClientIdList: [AUDIENCE], ThumbprintList: [] },
        },
      },
      Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Provider', 'Arn'] } }, Ref: { Value: { Ref: 'Provider' } } },
    })
    const arn = `arn:aws:iam::${CUSTOMER}:oidc-provider/template.example`
    expect(world.lab.aws.applyTemplate(CUSTOMER, template)).toEqual({ Arn: arn, Ref: arn })
  })
})
