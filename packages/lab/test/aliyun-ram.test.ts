import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callRpc } from './aliyun-rpc.ts'
import {
  ALIYUN_EXTERNAL_ID,
  ALIYUN_TRUST,
  aliyunRefusal,
  aliyunSts,
  AssumeRoleRequest,
  CUSTOMER_UID,
  LAKE_POLICY,
  oss,
  startAliyun,
  type AliyunWorld,
} from './aliyun-world.ts'
import { send } from './raw.ts'

let world: AliyunWorld

beforeAll(async () => {
  world = await startAliyun()
})
afterAll(() => world.lab.close())

type Query = { readonly [name: string]: string }

function ram(action: string, query: Query = {}, credentials = world.admin) {
  return callRpc(world.lab, credentials, 'ram', action, query)
}

function ims(action: string, query: Query = {}) {
  return callRpc(world.lab, world.admin, 'ims', action, query)
}

const TRUST_TEXT = JSON.stringify(ALIYUN_TRUST)
const POLICY_TEXT = JSON.stringify(LAKE_POLICY)

describe.each(['acs3', 'rpc'] as const)('an admin who signs with %s', (signature) => {
  const call = (action: string, query: Query) => callRpc(world.lab, world.admin, 'ram', action, query, signature)

  it('makes a role that the platform then assumes', async () => {
    const { lab, platform } = world
    const RoleName = `made-${signature}`
    const { Role: role } = await call('CreateRole', { RoleName, AssumeRolePolicyDocument: TRUST_TEXT, Description: 'for Sluice' })
    expect(role).toMatchObject({ Arn: `acs:ram::${CUSTOMER_UID}:role/${RoleName}`, MaxSessionDuration: 3600 })
    const PolicyName = `lake-${signature}`
    await call('CreatePolicy', { PolicyName, PolicyDocument: POLICY_TEXT })
    await call('AttachPolicyToRole', { RoleName, PolicyName, PolicyType: 'Custom' })
    const request = new AssumeRoleRequest({
      roleArn: `acs:ram::${CUSTOMER_UID}:role/${RoleName}`,
      roleSessionName: 'sluice',
      externalId: ALIYUN_EXTERNAL_ID,
    })
    const {
      accessKeyId = '',
      accessKeySecret = '',
      securityToken = '',
    } = (await aliyunSts(lab, platform).assumeRole(request)).body?.credentials ?? {}
    const client = oss(lab, { accessKeyId, accessKeySecret, securityToken })
    await client.put('ram.txt', Buffer.from('x'))
    await call('DetachPolicyFromRole', { RoleName, PolicyName, PolicyType: 'Custom' })
    expect(await aliyunRefusal(client.put('ram.txt', Buffer.from('x')))).toMatchObject({ status: 403, code: 'AccessDenied' })
    await call('DeletePolicy', { PolicyName })
    await call('DeleteRole', { RoleName })
    expect(await aliyunRefusal(call('GetRole', { RoleName }))).toMatchObject({ status: 404, code: 'EntityNotExist.Role' })
  })
})

describe('roles', () => {
  it('are shown, listed and changed', async () => {
    await ram('CreateRole', { RoleName: 'Changing', AssumeRolePolicyDocument: TRUST_TEXT })
    const other = JSON.stringify({
      ...ALIYUN_TRUST,
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: ['ecs.aliyuncs.com'] } }],
    })
    await ram('UpdateRole', { RoleName: 'changing', NewAssumeRolePolicyDocument: other, NewMaxSessionDuration: '7200' })
    const { Role: role } = await ram('GetRole', { RoleName: 'Changing' })
    expect(role).toMatchObject({ RoleName: 'Changing', AssumeRolePolicyDocument: other, MaxSessionDuration: 7200 })
    const { Roles: roles } = await ram('ListRoles')
    expect(roles).toMatchObject({ Role: expect.arrayContaining([expect.objectContaining({ RoleName: 'Changing' })]) })
    await ram('AttachPolicyToRole', { RoleName: 'Changing', PolicyName: 'AliyunOSSReadOnlyAccess', PolicyType: 'System' })
    expect(await ram('ListPoliciesForRole', { RoleName: 'Changing' })).toMatchObject({
      Policies: { Policy: [{ PolicyName: 'AliyunOSSReadOnlyAccess', PolicyType: 'System' }] },
    })
    expect(await aliyunRefusal(ram('DeleteRole', { RoleName: 'Changing' }))).toMatchObject({
      status: 409,
      code: 'DeleteConflict.Role.Policy',
    })
  })

  it.each([
    [
      'a role that is there',
      'CreateRole',
      { RoleName: 'lake-test', AssumeRolePolicyDocument: TRUST_TEXT },
      409,
      'EntityAlreadyExists.Role',
    ],
    [
      'a name with a space',
      'CreateRole',
      { RoleName: 'a b', AssumeRolePolicyDocument: TRUST_TEXT },
      400,
      'InvalidParameter.RoleName.InvalidChars',
    ],
    ['a trust policy that is none', 'CreateRole', { RoleName: 'x', AssumeRolePolicyDocument: POLICY_TEXT }, 400, 'MalformedPolicyDocument'],
    [
      'a trust policy of AWS',
      'CreateRole',
      { RoleName: 'x', AssumeRolePolicyDocument: '{"Version":"2012-10-17"}' },
      400,
      'MalformedPolicyDocument',
    ],
    ['no name', 'CreateRole', { AssumeRolePolicyDocument: TRUST_TEXT }, 400, 'MissingRoleName'],
    [
      'a policy that is not there',
      'AttachPolicyToRole',
      { RoleName: 'lake-test', PolicyName: 'no', PolicyType: 'Custom' },
      404,
      'EntityNotExist.Policy',
    ],
    [
      'a policy that is attached',
      'AttachPolicyToRole',
      { RoleName: 'lake-test', PolicyName: 'lake-test', PolicyType: 'Custom' },
      409,
      'EntityAlreadyExists.Role',
    ],
    ['a policy in use', 'DeletePolicy', { PolicyName: 'lake-test' }, 409, 'DeleteConflict.Role.Policy'],
    ['what the lab does not have', 'CreateGroup', {}, 501, 'NotImplemented'],
  ])('are refused with %s', async (_, action, query, status, code) => {
    expect(await aliyunRefusal(ram(action, query))).toMatchObject({ status, code })
  })
})

describe('versions of a policy', () => {
  const PolicyName = 'versioned'
  const closed = JSON.stringify({ Version: '1', Statement: [{ Effect: 'Deny', Action: 'oss:*', Resource: '*' }] })
  const version = (query: Query) => ram('CreatePolicyVersion', { PolicyName, PolicyDocument: closed, ...query })
  const listed = async () => JSON.stringify(await ram('ListPolicyVersions', { PolicyName, PolicyType: 'Custom' })).match(/v\d+/g)

  it('are kept up to five, of which the default one counts', async () => {
    const UserName = 'versioned'
    await ram('CreateUser', { UserName, Comments: 'for Sluice' })
    expect(await ram('GetUser', { UserName })).toMatchObject({ User: { Comments: 'for Sluice' } })
    await ram('CreatePolicy', { PolicyName, PolicyDocument: POLICY_TEXT })
    await ram('AttachPolicyToUser', { UserName, PolicyName, PolicyType: 'Custom' })
    const client = oss(world.lab, world.lab.aliyun.createAccessKey(CUSTOMER_UID, UserName))
    await client.put('versioned.txt', Buffer.from('x'))
    await version({})
    await client.put('versioned.txt', Buffer.from('x'))
    expect(await version({ SetAsDefault: 'true' })).toMatchObject({ PolicyVersion: { VersionId: 'v3', IsDefaultVersion: true } })
    expect(await ram('ListPoliciesForUser', { UserName })).toMatchObject({ Policies: { Policy: [{ DefaultVersion: 'v3' }] } })
    expect(await aliyunRefusal(client.put('versioned.txt', Buffer.from('x')))).toMatchObject({ status: 403 })
    await ram('SetDefaultPolicyVersion', { PolicyName, VersionId: 'v1' })
    await client.put('versioned.txt', Buffer.from('x'))
    await version({})
    await version({})
    expect(await aliyunRefusal(version({}))).toMatchObject({ status: 409, code: 'LimitExceeded.Policy.Version' })
    await version({ RotateStrategy: 'DeleteOldestNonDefaultVersionWhenLimitExceeded' })
    expect(await listed()).toEqual(['v1', 'v3', 'v4', 'v5', 'v6'])
    await ram('DetachPolicyFromUser', { UserName, PolicyName, PolicyType: 'Custom' })
  })

  it('stand in the way of deleting the policy, all but the default one', async () => {
    expect(await aliyunRefusal(ram('DeletePolicy', { PolicyName }))).toMatchObject({ status: 409, code: 'DeleteConflict.Policy.Version' })
    const remove = (VersionId: string) => ram('DeletePolicyVersion', { PolicyName, VersionId })
    expect(await aliyunRefusal(remove('v1'))).toMatchObject({ status: 409, code: 'DeleteConflict.Policy.Version.Default' })
    for (const id of ['v3', 'v4', 'v5', 'v6']) await remove(id)
    expect(await aliyunRefusal(remove('v6'))).toMatchObject({ status: 404, code: 'EntityNotExist.Policy.Version' })
    expect(await version({})).toMatchObject({ PolicyVersion: { VersionId: 'v7' } })
    expect(await ram('GetPolicyVersion', { PolicyName, PolicyType: 'Custom', VersionId: 'v7' })).toMatchObject({
      PolicyVersion: { IsDefaultVersion: false, PolicyDocument: closed },
    })
    expect(await aliyunRefusal(version({ RotateStrategy: 'Any' }))).toMatchObject({ code: 'InvalidParameter.RotateStrategy' })
    await remove('v7')
    await ram('DeletePolicy', { PolicyName })
  })
})

describe('users and policies', () => {
  it('are made, shown and deleted, with two keys at most', async () => {
    const UserName = 'exporter'
    await ram('CreateUser', { UserName, DisplayName: 'Exporter' })
    await ram('CreatePolicy', { PolicyName: 'exporter', PolicyDocument: POLICY_TEXT })
    await ram('AttachPolicyToUser', { UserName, PolicyName: 'exporter', PolicyType: 'Custom' })
    const { AccessKey: made } = await ram('CreateAccessKey', { UserName })
    const member = (name: string): string => String(Object.getOwnPropertyDescriptor(made ?? {}, name)?.value)
    const key = { accessKeyId: member('AccessKeyId'), accessKeySecret: member('AccessKeySecret') }
    await oss(world.lab, key).put('by-user.txt', Buffer.from('x'))
    await ram('CreateAccessKey', { UserName })
    expect(await aliyunRefusal(ram('CreateAccessKey', { UserName }))).toMatchObject({ status: 409, code: 'LimitExceeded.User.AccessKey' })
    await ram('UpdateAccessKey', { UserName, UserAccessKeyId: key.accessKeyId, Status: 'Inactive' })
    expect(await aliyunRefusal(oss(world.lab, key).get('by-user.txt'))).toMatchObject({ code: 'InvalidAccessKeyId' })
    expect(await aliyunRefusal(ram('DeleteUser', { UserName }))).toMatchObject({ code: 'DeleteConflict.User.AccessKey' })
    const { AccessKeys: keys } = await ram('ListAccessKeys', { UserName })
    expect(JSON.stringify(keys)).not.toContain('Secret')
    for (const id of world.lab.aliyun.accessKeyIds(CUSTOMER_UID, UserName)) await ram('DeleteAccessKey', { UserName, UserAccessKeyId: id })
    expect(await aliyunRefusal(ram('DeleteUser', { UserName }))).toMatchObject({ code: 'DeleteConflict.User.Policy' })
    await ram('DetachPolicyFromUser', { UserName, PolicyName: 'exporter', PolicyType: 'Custom' })
    await ram('DeleteUser', { UserName })
    expect(await aliyunRefusal(ram('GetUser', { UserName }))).toMatchObject({ status: 404, code: 'EntityNotExist.User' })
  })

  it('show the documents of policies, custom and of the system', async () => {
    expect(await ram('GetPolicy', { PolicyName: 'lake-test', PolicyType: 'Custom' })).toMatchObject({
      Policy: { PolicyName: 'lake-test', DefaultVersion: 'v1' },
      DefaultPolicyVersion: { PolicyDocument: POLICY_TEXT },
    })
    expect(await ram('GetPolicy', { PolicyName: 'AliyunOSSReadOnlyAccess', PolicyType: 'System' })).toMatchObject({
      Policy: { PolicyType: 'System' },
    })
  })

  it('are not for everybody', async () => {
    world.lab.aliyun.putUser(CUSTOMER_UID, { name: 'nobody' })
    const nobody = world.lab.aliyun.createAccessKey(CUSTOMER_UID, 'nobody')
    expect(await aliyunRefusal(ram('CreateRole', { RoleName: 'x', AssumeRolePolicyDocument: TRUST_TEXT }, nobody))).toMatchObject({
      status: 403,
      code: 'NoPermission',
    })
  })
})

describe('identity providers', () => {
  const base = {
    OIDCProviderName: 'made',
    IssuerUrl: 'https://made.example',
    ClientIds: 'sts.aliyuncs.com,second',
    Fingerprints: 'ab'.repeat(20),
  }

  it('are made, shown, changed and deleted', async () => {
    expect(await ims('CreateOIDCProvider', base)).toMatchObject({
      OIDCProvider: { Arn: `acs:ram::${CUSTOMER_UID}:oidc-provider/made`, ClientIds: 'sts.aliyuncs.com,second' },
    })
    await ims('AddClientIdToOIDCProvider', { OIDCProviderName: 'made', ClientId: 'third' })
    await ims('RemoveClientIdFromOIDCProvider', { OIDCProviderName: 'made', ClientId: 'second' })
    await ims('AddFingerprintToOIDCProvider', { OIDCProviderName: 'made', Fingerprint: 'cd'.repeat(20) })
    await ims('RemoveFingerprintFromOIDCProvider', { OIDCProviderName: 'made', Fingerprint: 'ab'.repeat(20) })
    await ims('UpdateOIDCProvider', { OIDCProviderName: 'made', NewDescription: 'new' })
    expect(await ims('GetOIDCProvider', { OIDCProviderName: 'made' })).toMatchObject({
      OIDCProvider: { ClientIds: 'sts.aliyuncs.com,third', Fingerprints: 'cd'.repeat(20), Description: 'new', IssuanceLimitTime: 12 },
    })
    expect(JSON.stringify(await ims('ListOIDCProviders'))).toContain('https://made.example')
    expect(await aliyunRefusal(ims('CreateOIDCProvider', base))).toMatchObject({ status: 409, code: 'EntityAlreadyExists.OIDCProvider' })
    await ims('DeleteOIDCProvider', { OIDCProviderName: 'made' })
    expect(await aliyunRefusal(ims('GetOIDCProvider', { OIDCProviderName: 'made' }))).toMatchObject({
      status: 404,
      code: 'EntityNotExist.OIDCProvider',
    })
  })

  it.each([
    ['an issuer without TLS', { IssuerUrl: 'http://made.example' }, 'InvalidParameter.IssuerUrl'],
    ['a fingerprint that is none', { Fingerprints: 'xyz' }, 'InvalidParameter.Fingerprints'],
    ['a limit of a month', { IssuanceLimitTime: '720' }, 'InvalidParameter.IssuanceLimitTime'],
  ])('are refused with %s', async (_, change, code) => {
    expect(await aliyunRefusal(ims('CreateOIDCProvider', { ...base, ...change }))).toMatchObject({ status: 400, code })
  })
})

it('answers at the hosts of RAM and IMS, in XML where nobody asks for JSON', async () => {
  for (const host of ['ram.aliyuncs.com', 'ims.aliyuncs.com']) {
    const answer = await send(world.lab, { host, query: { Action: 'ListRoles', Version: '2000-01-01' } })
    expect(answer).toMatchObject({ status: 400, code: 'InvalidVersion' })
  }
  expect((await send(world.lab, { host: 'ecs.aliyuncs.com' })).code).toBe('NotImplemented')
})
