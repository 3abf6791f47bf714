import type { Connection, JsonObject, Setup, SetupOptions } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import { listOf, objectOf, resolveTemplate } from '../../../test/support/cloudformation-resolver.ts'
import { blockOf, readTerraform } from '../../../test/support/hcl-reader.ts'
import { connectionOf, folder, object, platformOf, SETUP_CASES } from '../../../test/support/setup-cases.ts'
import { setupAws } from './index.ts'

const TESTDATA = '../../../testdata/setup'

function artifactOf(setup: Setup, id: string) {
  const found = setup.artifacts.find((artifact) => artifact.id === id)
  if (found === undefined) throw new Error(`no artifact ${id}`)
  return found
}

function documentOf(setup: Setup, id: string): JsonObject {
  return objectOf(artifactOf(setup, id).document)
}

function statementsOf(setup: Setup) {
  return listOf(documentOf(setup, 'permission-policy')['Statement']).map(objectOf)
}

/** What the setup was refused with. */
function refusal(connection: Partial<Connection>, options: SetupOptions, platform = platformOf()): unknown {
  try {
    setupAws(connectionOf(connection), platform, options)
  } catch (error) {
    return error
  }
  return undefined
}

describe.each(Object.entries(SETUP_CASES))('the setup %s', (name, { connection, platform, options }) => {
  const setup = setupAws(connection, platform, options)
  const partition = connection.auth.fields['roleArn']?.split(':')[1] ?? platform.aws?.partition ?? 'aws'
  const hasTrust = connection.auth.method !== 'keys'

  it('is written as its files have it', async () => {
    for (const { filename, text } of setup.artifacts) await expect(text).toMatchFileSnapshot(`${TESTDATA}/${name}/${filename}`)
    const { artifacts: _, ...rest } = setup
    await expect(`${JSON.stringify(rest, null, 2)}\n`).toMatchFileSnapshot(`${TESTDATA}/${name}/setup.json`)
  })

  it('gives each artifact to a route, a removal step or nobody, by an id that exists', () => {
    const ids = setup.artifacts.map((artifact) => artifact.id)
    expect(new Set(ids).size).toBe(ids.length)
    const steps = [...setup.routes.flatMap((route) => route.steps), ...setup.removal]
    const named = [...setup.routes.flatMap((route) => route.artifacts), ...steps.flatMap((step) => step.artifact ?? [])]
    for (const id of named) expect(ids).toContain(id)
    expect(new Set(named)).toEqual(new Set(ids))
    expect(setup.routes.map((route) => route.id)).toEqual(['template', 'terraform', 'cli', 'console'])
  })

  it('says the same in the CloudFormation template', () => {
    const template: JsonObject = JSON.parse(artifactOf(setup, 'cloudformation').text)
    const resources = resolveTemplate(template, partition)
    const holder = objectOf(objectOf(resources['Role'] ?? resources['User'])['Properties'])
    const policy =
      resources['Policy'] === undefined ? objectOf(listOf(holder['Policies'])[0]) : objectOf(objectOf(resources['Policy'])['Properties'])
    expect(policy['PolicyDocument']).toEqual(documentOf(setup, 'permission-policy'))
    if (hasTrust) expect(holder['AssumeRolePolicyDocument']).toEqual(documentOf(setup, 'trust-policy'))
  })

  it('says the same in Terraform', () => {
    const blocks = readTerraform(artifactOf(setup, 'terraform').text, partition)
    expect(artifactOf(setup, 'terraform').text.includes('aws_iam_role_policy"')).toBe(name === 'too-long-for-a-managed-policy')
    const inline = blocks.some((block) => block.words[1] === 'aws_iam_role_policy')
    const policy = blockOf(blocks, 'resource', inline ? 'aws_iam_role_policy' : 'aws_iam_policy', 'sluice')
    expect(policy.attributes.get('policy')).toEqual(documentOf(setup, 'permission-policy'))
    if (hasTrust)
      expect(blockOf(blocks, 'resource', 'aws_iam_role', 'sluice').attributes.get('assume_role_policy')).toEqual(
        documentOf(setup, 'trust-policy'),
      )
  })

  it('writes policies in ASCII', () => {
    // oxlint-disable-next-line no-control-regex -- the range is the point
    for (const { text, document } of setup.artifacts) if (document) expect(text).toMatch(/^[\n\u0020-\u007e]*$/)
  })
})

describe('the permission policy', () => {
  it('allows a write-only connection neither listing nor reading', () => {
    const setup = setupAws(connectionOf({ access: ['write'] }), platformOf(), {})
    const actions = statementsOf(setup).flatMap((statement) => listOf(statement['Action']))
    expect(actions).toEqual(['s3:GetBucketLocation', 's3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'])
  })

  it('leaves out a location that lies within another', () => {
    const locations = [folder('test-bucket-123', 'data/'), folder('test-bucket-123', 'data/2026/'), object('test-bucket-123', 'data/x')]
    const setup = setupAws(connectionOf({ locations }), platformOf(), {})
    expect(statementsOf(setup).at(-1)?.['Resource']).toEqual(['arn:aws:s3:::test-bucket-123/data/*'])
  })

  it('keeps one of two equal locations', () => {
    const locations = [folder('test-bucket-123', 'data/'), folder('test-bucket-123', 'data/')]
    const setup = setupAws(connectionOf({ locations }), platformOf(), {})
    expect(statementsOf(setup).at(-1)?.['Resource']).toEqual(['arn:aws:s3:::test-bucket-123/data/*'])
  })

  it('takes wildcards and variables in a key literally', () => {
    const setup = setupAws(connectionOf({ locations: [object('test-bucket-123', 'a*b?c${aws:username}')] }), platformOf(), {})
    expect(statementsOf(setup).at(-1)?.['Resource']).toEqual(['arn:aws:s3:::test-bucket-123/a${*}b${?}c${$}{aws:username}'])
  })

  it('asks for PutObjectAcl only when requests carry an ACL', () => {
    const settings = { region: 'us-west-2', acl: 'bucket-owner-full-control' }
    const setup = setupAws(connectionOf({ access: ['write'], settings }), platformOf(), {})
    expect(statementsOf(setup).at(-1)?.['Action']).toContain('s3:PutObjectAcl')
  })
})

describe('the identity provider', () => {
  const auth = { method: 'oidc', fields: {} }
  const platform = platformOf({}, { url: 'https://sluice.example.com/a' })

  it('is made once for an account, kept when a stack goes, and named by the role', () => {
    const setup = setupAws(connectionOf({ auth }), platform, { accountId: '987654321987' })
    const template: JsonObject = JSON.parse(artifactOf(setup, 'cloudformation').text)
    expect(objectOf(template['Resources'])['IdentityProvider']).toMatchObject({ Condition: 'MakesProvider', DeletionPolicy: 'Retain' })
    const resources = resolveTemplate(template, 'aws')
    expect(resources['IdentityProvider']).toMatchObject({
      Properties: { Url: 'https://sluice.example.com/a', ClientIdList: ['sts.amazonaws.com'] },
    })
    expect(JSON.stringify(template)).toContain('"Federated":{"Fn::If":["MakesProvider",{"Ref":"IdentityProvider"}')
    const blocks = readTerraform(artifactOf(setup, 'terraform').text, 'aws')
    const provider = blockOf(blocks, 'resource', 'aws_iam_openid_connect_provider', 'sluice')
    expect(Object.fromEntries(provider.attributes)).toEqual({
      count: 1,
      url: 'https://sluice.example.com/a',
      client_id_list: ['sts.amazonaws.com'],
      tags: { 'sluice:issuer': 'sluice.example.com/a' },
    })
    expect(provider.blocks[0]?.attributes.get('prevent_destroy')).toBe(true)
    expect(documentOf(setup, 'trust-policy')).toMatchObject({
      Statement: [
        {
          Principal: { Federated: 'arn:aws:iam::987654321987:oidc-provider/sluice.example.com/a' },
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: {
            StringEquals: {
              'sluice.example.com/a:aud': 'sts.amazonaws.com',
              'sluice.example.com/a:sub': 'organization:acme:project:analytics:connection:conn_a2c4e6g2i4k6m2o4q6s2',
            },
          },
        },
      ],
    })
  })

  it('needs the account, an issuer, and an issuer that AWS takes', () => {
    expect(refusal({ auth }, {}, platform)).toMatchObject({ reason: 'setup.no_account', remedy: expect.stringContaining('--account-id') })
    expect(refusal({ auth }, { accountId: '987654321987' })).toMatchObject({ reason: 'issuer.not_configured' })
    const lab = platformOf({}, { url: 'http://127.0.0.1:7780' })
    expect(refusal({ auth }, { accountId: '987654321987' }, lab)).toMatchObject({ reason: 'setup.option_malformed' })
  })
})

describe('the setup options', () => {
  const KEY = 'arn:aws:kms:us-west-2:987654321987:key/abc'
  const unknownRole = { auth: { method: 'role', fields: {}, externalId: { kind: 'issued', value: 'sluice-0123' } } } as const

  it.each([
    ['no location', { locations: [] }, {}, 'setup.no_location'],
    ['no access', { access: [] }, {}, 'setup.no_access'],
    [
      'a folder without its slash',
      { locations: [{ ...folder('test-bucket-123', 'data/'), prefix: 'data' }] },
      {},
      'setup.location_malformed',
    ],
    ['a line break in a key', { locations: [object('test-bucket-123', 'a\nb')] }, {}, 'setup.location_malformed'],
    ['a role name IAM refuses', unknownRole, { roleName: 'a b' }, 'setup.option_malformed'],
    ['a role name that is not the connection’s', {}, { roleName: 'other' }, 'setup.option_conflict'],
    ['a user name for a role', {}, { userName: 'x' }, 'setup.option_conflict'],
    ['an account that is not the role’s', {}, { accountId: '111122223333' }, 'setup.option_conflict'],
    ['a tag that breaks out', {}, { tags: { 'a"b': 'c' } }, 'setup.option_malformed'],
    ['a reserved tag', {}, { tags: { 'aws:x': 'c' } }, 'setup.option_malformed'],
    [
      'too many tags',
      {},
      { tags: Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`t${index}`, ''])) },
      'setup.option_malformed',
    ],
    ['a boundary that is no policy', {}, { permissionsBoundary: 'arn:aws:iam::987654321987:role/x' }, 'setup.option_malformed'],
    ['a key alias', { settings: { kmsReadKeys: ['arn:aws:kms:us-west-2:987654321987:alias/x'] } }, {}, 'setup.option_malformed'],
    ['a region of another partition', { settings: { region: 'us-gov-west-1' } }, {}, 'setup.partition_mismatch'],
    [
      'two buckets to create',
      { locations: [folder('aaa', ''), folder('bbb', '')] },
      { createBucket: { region: 'us-west-2' } },
      'setup.option_conflict',
    ],
    ['a bucket to create elsewhere', {}, { createBucket: { region: 'us-east-1' } }, 'setup.option_conflict'],
    [
      'a bucket to create in another account',
      {},
      { createBucket: { region: 'us-west-2' }, bucketAccountId: '111122223333' },
      'setup.option_conflict',
    ],
    [
      'two owners of the buckets',
      { settings: { expectedBucketOwner: '444455556666' } },
      { bucketAccountId: '111122223333' },
      'setup.option_conflict',
    ],
    [
      'an external id AWS refuses',
      { auth: { method: 'role', fields: {}, externalId: { kind: 'chosen', value: 'a b' } } },
      {},
      'setup.option_malformed',
    ],
    [
      'more than a role can hold',
      { locations: Array.from({ length: 400 }, (_, index) => folder('test-bucket-123', `tenants/t${index}/`)) },
      {},
      'setup.policy_too_large',
    ],
    ['anonymous writing', { auth: { method: 'none', fields: {} }, access: ['write'] }, {}, 'setup.anonymous_writes'],
  ] as const satisfies readonly (readonly [string, Partial<Connection>, SetupOptions, string])[])(
    'refuse %s',
    (_name, connection, options, reason) => {
      expect(refusal(connection, options)).toMatchObject({ reason })
    },
  )

  it('refuses a role while the platform has no identity, and says what works', () => {
    const error = refusal({}, {}, { regions: [], egressAddresses: [] })
    expect(error).toMatchObject({ reason: 'setup.no_platform_identity', code: 'unsupported', remedy: expect.stringContaining('keys') })
  })

  it('takes the expected bucket owner for the account of the buckets', () => {
    const setup = setupAws(connectionOf({ settings: { region: 'us-west-2', expectedBucketOwner: '111122223333' } }), platformOf(), {})
    expect(setup.artifacts.map((artifact) => artifact.id)).toContain('bucket-policy')
  })

  it('grants the key of a bucket that it creates', () => {
    const setup = setupAws(connectionOf(), platformOf(), { createBucket: { region: 'us-west-2', kmsKeyArn: KEY } })
    expect(artifactOf(setup, 'permission-policy').text).toContain(KEY)
  })

  it('has nothing to apply for a public bucket', () => {
    const setup = setupAws(connectionOf({ auth: { method: 'none', fields: {} } }), { regions: [], egressAddresses: [] }, {})
    expect(setup).toMatchObject({ method: 'none', artifacts: [], routes: [] })
  })
})
