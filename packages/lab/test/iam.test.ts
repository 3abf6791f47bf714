import {
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  DetachRolePolicyCommand,
  DetachUserPolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  GetUserCommand,
  ListAccessKeysCommand,
  ListAttachedRolePoliciesCommand,
  ListPolicyVersionsCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  SetDefaultPolicyVersionCommand,
  TagPolicyCommand,
  TagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  type IAMClient,
} from '@aws-sdk/client-iam'
import { DescribeKeyCommand, GetKeyPolicyCommand, KMSClient, PutKeyPolicyCommand } from '@aws-sdk/client-kms'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  ADMIN,
  allow,
  clientOptions,
  CUSTOMER,
  CUSTOMER_ROLE,
  iam,
  PLATFORM,
  refusal,
  REGION,
  startWorld,
  TRUST,
  whoami,
  type World,
} from './world.ts'

let world: World
let client: IAMClient
beforeEach(async () => {
  world = await startWorld()
  client = iam(world.lab, world.admin)
})
afterEach(() => world.lab.close())

const PolicyDocument = JSON.stringify(allow('s3:GetObject', 'arn:aws:s3:::b/*'))
const decoded = (text: string | undefined): unknown => JSON.parse(decodeURIComponent(text ?? ''))

describe('roles', () => {
  it('are made, read, changed and deleted', async () => {
    const RoleName = 'made'
    const { Role } = await client.send(
      new CreateRoleCommand({
        RoleName,
        Path: '/data/',
        AssumeRolePolicyDocument: JSON.stringify(TRUST),
        MaxSessionDuration: 7200,
        Tags: [{ Key: 'a', Value: 'b' }],
      }),
    )
    expect(Role).toMatchObject({
      Arn: `arn:aws:iam::${CUSTOMER}:role/data/made`,
      MaxSessionDuration: 7200,
      Tags: [{ Key: 'a', Value: 'b' }],
    })
    expect(Role?.RoleId).toMatch(/^AROA[A-Z2-7]{17}$/)
    expect(await refusal(client.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(TRUST) })))).toMatchObject({
      status: 409,
      code: 'EntityAlreadyExistsException',
    })

    await client.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument }))
    expect((await client.send(new ListRolePoliciesCommand({ RoleName }))).PolicyNames).toEqual(['p'])
    expect(decoded((await client.send(new GetRolePolicyCommand({ RoleName, PolicyName: 'p' }))).PolicyDocument)).toEqual(
      JSON.parse(PolicyDocument),
    )
    expect(await refusal(client.send(new DeleteRoleCommand({ RoleName })))).toMatchObject({ status: 409, code: 'DeleteConflictException' })
    await client.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'p' }))

    const open = { ...TRUST, Statement: [{ Effect: 'Allow', Principal: { AWS: PLATFORM }, Action: 'sts:AssumeRole' }] }
    await client.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: JSON.stringify(open) }))
    await client.send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary: ADMIN }))
    await client.send(new TagRoleCommand({ RoleName, Tags: [{ Key: 'c', Value: 'd' }] }))
    const got = (await client.send(new GetRoleCommand({ RoleName }))).Role
    expect(decoded(got?.AssumeRolePolicyDocument)).toEqual(open)
    expect(got).toMatchObject({ PermissionsBoundary: { PermissionsBoundaryArn: ADMIN }, Tags: [{ Key: 'a' }, { Key: 'c' }] })
    expect((await client.send(new ListRolesCommand({ PathPrefix: '/data/' }))).Roles?.map((role) => role.RoleName)).toEqual([RoleName])
    await client.send(new DeleteRoleCommand({ RoleName }))
    expect(await refusal(client.send(new GetRoleCommand({ RoleName })))).toEqual({
      status: 404,
      code: 'NoSuchEntityException',
      message: 'The role with name made cannot be found.',
    })
  })

  it('take trust policies that AWS would take', async () => {
    const create = (document: object) =>
      client.send(new CreateRoleCommand({ RoleName: 'x', AssumeRolePolicyDocument: JSON.stringify(document) }))
    const [statement] = TRUST['Statement'] as readonly object[] // written as a list above
    expect(
      await refusal(create({ ...TRUST, Statement: [{ ...statement, Principal: { AWS: 'arn:aws:iam::111111111111:root' } }] })),
    ).toEqual({
      status: 400,
      code: 'MalformedPolicyDocumentException',
      message: 'Invalid principal in policy: "AWS":"arn:aws:iam::111111111111:root"',
    })
    expect(await refusal(create({ ...TRUST, Statement: [{ ...statement, Resource: '*' }] }))).toMatchObject({
      code: 'MalformedPolicyDocumentException',
    })
  })

  it('obey the default version of a managed policy, whose versions are bounded, numbered once and tagged', async () => {
    const tags = [{ Key: 'sluice:connection', Value: 'conn_a' }]
    const { Policy } = await client.send(new CreatePolicyCommand({ PolicyName: 'edited', PolicyDocument, Tags: tags }))
    const PolicyArn = Policy?.Arn ?? ''
    await client.send(new TagPolicyCommand({ PolicyArn, Tags: [{ Key: 'team', Value: 'data' }] }))
    expect((await client.send(new GetPolicyCommand({ PolicyArn }))).Policy?.Tags).toEqual([...tags, { Key: 'team', Value: 'data' }])
    const next = (SetAsDefault: boolean) => client.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault }))
    expect((await next(true)).PolicyVersion).toMatchObject({ VersionId: 'v2', IsDefaultVersion: true })
    expect(await refusal(client.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v2' })))).toMatchObject({
      status: 409,
      code: 'DeleteConflictException',
    })
    await next(false)
    await client.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v3' }))
    expect((await next(false)).PolicyVersion?.VersionId).toBe('v4')
    await next(false)
    await next(false)
    expect(await refusal(next(false))).toMatchObject({ status: 409, code: 'LimitExceededException' })
    await client.send(new SetDefaultPolicyVersionCommand({ PolicyArn, VersionId: 'v4' }))
    expect(
      (await client.send(new ListPolicyVersionsCommand({ PolicyArn }))).Versions?.map((one) => [one.VersionId, one.IsDefaultVersion]),
    ).toEqual([
      ['v6', false],
      ['v5', false],
      ['v4', true],
      ['v2', false],
      ['v1', false],
    ])
    expect(await refusal(client.send(new DeletePolicyCommand({ PolicyArn })))).toMatchObject({ code: 'DeleteConflictException' })
  })

  it('take managed policies', async () => {
    const { Policy } = await client.send(new CreatePolicyCommand({ PolicyName: 'managed', PolicyDocument }))
    const PolicyArn = Policy?.Arn ?? ''
    expect(PolicyArn).toBe(`arn:aws:iam::${CUSTOMER}:policy/managed`)
    await client.send(new AttachRolePolicyCommand({ RoleName: 'lake-test', PolicyArn }))
    expect((await client.send(new ListAttachedRolePoliciesCommand({ RoleName: 'lake-test' }))).AttachedPolicies).toEqual([
      { PolicyArn, PolicyName: 'managed' },
    ])
    expect((await client.send(new GetPolicyCommand({ PolicyArn }))).Policy).toMatchObject({ AttachmentCount: 1, DefaultVersionId: 'v1' })
    expect((await client.send(new ListPolicyVersionsCommand({ PolicyArn }))).Versions).toMatchObject([
      { VersionId: 'v1', IsDefaultVersion: true },
    ])
    expect(decoded((await client.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }))).PolicyVersion?.Document)).toEqual(
      JSON.parse(PolicyDocument),
    )
    expect(await refusal(client.send(new DeletePolicyCommand({ PolicyArn })))).toMatchObject({
      status: 409,
      code: 'DeleteConflictException',
    })
    await client.send(new DetachRolePolicyCommand({ RoleName: 'lake-test', PolicyArn }))
    await client.send(new DeletePolicyCommand({ PolicyArn }))
    expect(await refusal(client.send(new AttachRolePolicyCommand({ RoleName: 'lake-test', PolicyArn })))).toMatchObject({
      code: 'NoSuchEntityException',
    })
  })
})

it('gives users keys, at most two, that work until they are deleted', async () => {
  const UserName = 'sluice'
  await client.send(new CreateUserCommand({ UserName }))
  expect((await client.send(new GetUserCommand({ UserName }))).User?.UserId).toMatch(/^AIDA/)
  await client.send(new PutUserPolicyCommand({ UserName, PolicyName: 'p', PolicyDocument }))
  await client.send(new AttachUserPolicyCommand({ UserName, PolicyArn: ADMIN }))
  const { AccessKey } = await client.send(new CreateAccessKeyCommand({ UserName }))
  const key = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' }
  expect(await whoami(world.lab, key)).toBe(`arn:aws:iam::${CUSTOMER}:user/sluice`)
  await client.send(new CreateAccessKeyCommand({ UserName }))
  expect(await refusal(client.send(new CreateAccessKeyCommand({ UserName })))).toMatchObject({
    status: 409,
    code: 'LimitExceededException',
  })
  for (const { AccessKeyId } of (await client.send(new ListAccessKeysCommand({ UserName }))).AccessKeyMetadata ?? [])
    await client.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }))
  expect(await refusal(whoami(world.lab, key))).toMatchObject({ code: 'InvalidClientTokenId' })
  await client.send(new DetachUserPolicyCommand({ UserName, PolicyArn: ADMIN }))
  await client.send(new DeleteUserPolicyCommand({ UserName, PolicyName: 'p' }))
  await client.send(new DeleteUserCommand({ UserName }))
  expect(await refusal(client.send(new GetUserCommand({ UserName })))).toMatchObject({ code: 'NoSuchEntityException' })
})

it('asks for permission, before it says whether something exists', async () => {
  const own = iam(world.lab, world.lab.aws.issueSession(CUSTOMER_ROLE))
  const denied = (resource: string) =>
    `User: arn:aws:sts::${CUSTOMER}:assumed-role/lake-test/lab is not authorized to perform: iam:GetRole on resource: ${resource} because no identity-based policy allows the iam:GetRole action`
  expect(await refusal(own.send(new GetRoleCommand({ RoleName: 'lake-test' })))).toEqual({
    status: 403,
    code: 'AccessDenied',
    message: denied(CUSTOMER_ROLE),
  })
  const nobody = `arn:aws:iam::${CUSTOMER}:role/nobody`
  expect(await refusal(own.send(new GetRoleCommand({ RoleName: 'nobody' })))).toMatchObject({ message: denied(nobody) })
  const wrong = iam(world.lab, { ...world.admin, secretAccessKey: 'wrong' })
  expect(await refusal(wrong.send(new GetRoleCommand({ RoleName: 'lake-test' })))).toMatchObject({
    status: 403,
    code: 'SignatureDoesNotMatch',
  })
})

describe('KMS', () => {
  it('shows a key and its policy to who may see it', async () => {
    const arn = world.lab.aws.putKey({ accountId: CUSTOMER, region: REGION, alias: 'alias/data' })
    const kms = new KMSClient(clientOptions(world.lab, world.admin))
    expect((await kms.send(new DescribeKeyCommand({ KeyId: 'alias/data' }))).KeyMetadata).toMatchObject({
      Arn: arn,
      KeyManager: 'CUSTOMER',
      KeyState: 'Enabled',
      Enabled: true,
    })
    const { Policy = '' } = await kms.send(new GetKeyPolicyCommand({ KeyId: arn }))
    expect(JSON.parse(Policy)).toMatchObject({ Statement: [{ Principal: { AWS: `arn:aws:iam::${CUSTOMER}:root` } }] })
    const closed = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: CUSTOMER_ROLE }, Action: 'kms:*', Resource: '*' }],
    }
    await kms.send(new PutKeyPolicyCommand({ KeyId: arn, Policy: JSON.stringify(closed) }))
    expect(await refusal(kms.send(new DescribeKeyCommand({ KeyId: arn })))).toMatchObject({ status: 400, code: 'AccessDeniedException' })
    const foreign = new KMSClient(clientOptions(world.lab, world.platform))
    expect((await refusal(foreign.send(new DescribeKeyCommand({ KeyId: arn })))).message).toContain(
      'the resource does not exist in this Region',
    )
    expect(await refusal(kms.send(new DescribeKeyCommand({ KeyId: 'none' })))).toMatchObject({ code: 'NotFoundException' })
  })
})
