import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startLab, type AliyunSeed } from '../src/index.ts'
import {
  ALIYUN_BUCKET,
  ALIYUN_EXTERNAL_ID,
  ALIYUN_ROLE,
  ALIYUN_TRUST,
  aliyunRefusal,
  aliyunSts,
  AssumeRoleRequest,
  CUSTOMER_UID,
  LAKE_POLICY,
  oss,
  PLATFORM_UID,
  startAliyun,
  type AliyunWorld,
} from './aliyun-world.ts'
import { send } from './raw.ts'

let world: AliyunWorld
beforeEach(async () => {
  world = await startAliyun()
})
afterEach(() => world.lab.close())

const post = (path: string, body: unknown) =>
  send(world.lab, { method: 'POST', path, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

const assumeRole = () =>
  aliyunSts(world.lab, world.platform).assumeRole(
    new AssumeRoleRequest({ roleArn: ALIYUN_ROLE, roleSessionName: 'page', externalId: ALIYUN_EXTERNAL_ID }),
  )

it('the page’s state shows what Alibaba Cloud holds, and no secret', async () => {
  const { aliyun } = world.lab
  const url = 'https://sluice.example'
  aliyun.putObject(ALIYUN_BUCKET, 'secret-file', { body: 'secret bytes' })
  aliyun.putOidcProvider(CUSTOMER_UID, { name: 'sluice', issuer: url, clientIds: ['sts.aliyuncs.com'] })
  aliyun.putUser(CUSTOMER_UID, { name: 'Loader' })
  const disabled = aliyun.createAccessKey(CUSTOMER_UID, 'Loader')
  aliyun.setAccessKeyStatus(disabled.accessKeyId, 'Inactive')
  const kmsKey = aliyun.putKey(CUSTOMER_UID, 'cn-hangzhou')
  aliyun.putRole(CUSTOMER_UID, { name: 'late', trust: ALIYUN_TRUST, visibleAfterMs: 60_000 })
  const session = aliyun.issueSession(ALIYUN_ROLE)
  const { text } = await send(world.lab, { path: '/_lab/state.json' })
  const shown = JSON.parse(text).aliyun
  expect(shown.accounts.find(({ uid }: { uid: string }) => uid === CUSTOMER_UID)).toMatchObject({
    users: [
      { name: 'admin', attached: [{ name: 'AdministratorAccess', type: 'System' }], accessKeys: [{ id: world.admin.accessKeyId }] },
      { name: 'Loader', accessKeys: [{ id: disabled.accessKeyId, status: 'Inactive' }] },
    ],
    roles: [
      { arn: ALIYUN_ROLE, trust: ALIYUN_TRUST, attached: [{ name: 'lake-test', type: 'Custom' }], visible: true },
      { arn: `acs:ram::${CUSTOMER_UID}:role/late`, visible: false },
    ],
    policies: [{ name: 'lake-test', document: LAKE_POLICY }],
    oidcProviders: [{ issuer: url, clientIds: ['sts.aliyuncs.com'] }],
  })
  expect(shown).toMatchObject({ buckets: [{ name: ALIYUN_BUCKET, objects: 1, acl: 'private' }], keys: [{ arn: kmsKey, state: 'Enabled' }] })
  const secrets = [world.platform, world.admin, disabled, session].flatMap(({ accessKeySecret, securityToken }) => [
    accessKeySecret,
    ...(securityToken ? [securityToken] : []),
  ])
  for (const hidden of [...secrets, 'secret bytes']) expect(text).not.toContain(hidden)
})

it('the page’s state shows the identity providers of AWS', async () => {
  world.lab.aws.putOidcProvider('987654321987', { url: 'https://sluice.example', clientIds: ['sts.amazonaws.com'] })
  const { text } = await send(world.lab, { path: '/_lab/state.json' })
  expect(JSON.parse(text).accounts).toMatchObject([
    { oidcProviders: [{ arn: 'arn:aws:iam::987654321987:oidc-provider/sluice.example', clientIds: ['sts.amazonaws.com'] }] },
  ])
})

it('faults of Alibaba’s operations and the delay of RAM are switched on the page', async () => {
  const client = oss(world.lab, world.admin)
  expect(
    (await post('/_lab/faults', { operation: 'oss.ListObjectsV2', effect: { kind: 'error', status: 503, code: 'ServiceBusy' } })).status,
  ).toBe(201)
  expect(await aliyunRefusal(client.listV2({}, {}))).toMatchObject({ status: 503, code: 'ServiceBusy' })
  await post('/_lab/faults', { iamDelayMs: 60_000 })
  world.lab.aliyun.deleteRole(ALIYUN_ROLE)
  await post('/_lab/faults', { clear: true })
  expect((await assumeRole()).body?.credentials?.accessKeyId).toMatch(/^STS\./)
})

describe('a ROS template', () => {
  const template = {
    ROSTemplateFormatVersion: '2015-09-01',
    Parameters: { Name: { Type: 'String' }, Fingerprints: { Type: 'CommaDelimitedList' } },
    Resources: {
      Provider: {
        Type: 'ALIYUN::RAM::OIDCProvider',
        Properties: {
          OIDCProviderName: { Ref: 'Name' },
          IssuerUrl: 'https://sluice.example',
          ClientIds: ['sts.aliyuncs.com'],
          Fingerprints: { Ref: 'Fingerprints' },
        },
      },
    },
    Outputs: { Made: { Value: { 'Fn::GetAtt': ['Provider', 'OIDCProviderName'] } } },
  }
  const apply = (body: unknown, query = `?account=${CUSTOMER_UID}`) => post(`/_lab/stacks${query}`, body)

  it('is applied over HTTP, as the admin of an account would', async () => {
    const answer = await apply({ template, parameters: { Name: 'sluice', Fingerprints: ['ab', 'cd'] } })
    expect([answer.status, JSON.parse(answer.text)]).toEqual([201, { outputs: { Made: 'sluice' } }])
    const { accounts } = JSON.parse((await send(world.lab, { path: '/_lab/state.json' })).text).aliyun
    expect(accounts.find(({ uid }: { uid: string }) => uid === CUSTOMER_UID).oidcProviders).toMatchObject([{ fingerprints: ['ab', 'cd'] }])
  })

  it('is refused with ROS’s reason, and without an account', async () => {
    expect(await apply({ template })).toMatchObject({ status: 400, text: expect.stringContaining('InvalidParameter') })
    expect(await apply({ template: {}, parameters: {} })).toMatchObject({ status: 400, text: expect.stringContaining('InvalidTemplate') })
    expect(await apply({ template }, '?account=987654321987')).toMatchObject({ status: 400, text: expect.stringContaining('UID') })
    expect((await apply([])).status).toBe(400)
  })
})

it('a seed begins an Alibaba Cloud', async () => {
  const seed: AliyunSeed = {
    accounts: [
      {
        uid: PLATFORM_UID,
        users: [
          {
            name: 'sluice',
            attached: ['AliyunSTSAssumeRoleAccess'],
            accessKeys: [{ id: 'LTAIexampleexampleexampl', secret: 'exampleexampleexampleexampleex' }],
          },
        ],
      },
      {
        uid: CUSTOMER_UID,
        name: 'acme',
        policies: [{ name: 'spare', document: LAKE_POLICY }],
        oidcProviders: [{ name: 'sluice', issuer: 'https://sluice.example', clientIds: ['sts.aliyuncs.com'] }],
        roles: [{ name: 'lake-test', trust: ALIYUN_TRUST, policies: { data: LAKE_POLICY } }],
        buckets: [
          {
            name: ALIYUN_BUCKET,
            region: 'cn-hangzhou',
            objects: [
              { key: 'a', text: 'hello', contentType: 'text/plain' },
              { key: 'b', base64: 'aGVsbG8=' },
              { key: 'c', file: import.meta.filename },
            ],
          },
        ],
      },
    ],
  }
  const lab = await startLab({ seed: { accounts: [], aliyun: JSON.parse(JSON.stringify(seed)) } })
  const key = { accessKeyId: 'LTAIexampleexampleexampl', accessKeySecret: 'exampleexampleexampleexampleex' }
  const request = new AssumeRoleRequest({ roleArn: ALIYUN_ROLE, roleSessionName: 'seed', externalId: ALIYUN_EXTERNAL_ID })
  const { credentials } = (await aliyunSts(lab, key).assumeRole(request)).body ?? {}
  const client = oss(lab, {
    accessKeyId: credentials?.accessKeyId ?? '',
    accessKeySecret: credentials?.accessKeySecret ?? '',
    securityToken: credentials?.securityToken ?? '',
  })
  expect((await client.listV2({}, {})).objects.map(({ name }) => name)).toEqual(['a', 'b', 'c'])
  expect((await client.get('b')).content.toString()).toBe('hello')
  expect(lab.aliyun.getPolicy(CUSTOMER_UID, 'spare')).toEqual(LAKE_POLICY)
  await lab.close()
})
