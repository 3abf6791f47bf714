import type { Connection, JsonObject, Setup, SetupOptions } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import {
  ALIYUN_SETUP_CASES,
  CUSTOMER,
  OIDC_AUTH,
  OSS_KEY,
  OTHER,
  aliyunPlatformOf,
  ossConnectionOf,
  ossFolder,
  ossObject,
} from '../../../test/support/aliyun-setup-cases.ts'
import { blockOf, readTerraform } from '../../../test/support/hcl-reader.ts'
import { listOf, objectOf, resolveRos } from '../../../test/support/cloudformation-resolver.ts'
import { setupAliyun } from './index.ts'

const TESTDATA = '../../../testdata/setup-aliyun'
const FINGERPRINT = { IssuerFingerprints: '0123456789abcdef0123456789abcdef01234567' }

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

function templateOf(setup: Setup): JsonObject {
  return JSON.parse(artifactOf(setup, 'ros').text)
}

/** The trust policy as it is in the customer's account, whose id stands in it where nobody has named it. */
function trustOf(setup: Setup): JsonObject {
  return JSON.parse(artifactOf(setup, 'trust-policy').text.replaceAll('ACCOUNT_ID', CUSTOMER))
}

/** What the setup was refused with. */
function refusal(connection: Partial<Connection>, options: SetupOptions, platform = aliyunPlatformOf()): unknown {
  try {
    setupAliyun(ossConnectionOf(connection), platform, options)
  } catch (error) {
    return error
  }
  return undefined
}

describe.each(Object.entries(ALIYUN_SETUP_CASES))('the setup %s', (name, { connection, platform, options }) => {
  const setup = setupAliyun(connection, platform, options)
  const { method } = connection.auth

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

  it('says the same in the ROS template', () => {
    // With a provider that is there, since the role then names it and refers to nothing.
    const given = { ...FINGERPRINT, ...(method === 'oidc' ? { CreateOidcProvider: 'false' } : {}) }
    const resources = resolveRos(templateOf(setup), CUSTOMER, given)
    const policy = objectOf(objectOf(resources['Policy'])['Properties'])
    expect(policy['PolicyDocument']).toEqual(documentOf(setup, 'permission-policy'))
    expect(policy[method === 'keys' ? 'Users' : 'Roles']).toHaveLength(1)
    const holder = objectOf(objectOf(resources['Role'] ?? resources['User'])['Properties'])
    if (method !== 'keys') expect(holder['AssumeRolePolicyDocument']).toEqual(trustOf(setup))
    expect(resources['OidcProvider'] !== undefined).toBe(method === 'oidc')
  })

  it('says the same in Terraform', () => {
    const blocks = readTerraform(artifactOf(setup, 'terraform').text, '', { 'data.alicloud_account.current.id': CUSTOMER })
    const policy = blockOf(blocks, 'resource', 'alicloud_ram_policy', 'sluice')
    expect(policy.attributes.get('policy_document')).toEqual(documentOf(setup, 'permission-policy'))
    if (method !== 'keys')
      expect(blockOf(blocks, 'resource', 'alicloud_ram_role', 'sluice').attributes.get('assume_role_policy_document')).toEqual(
        trustOf(setup),
      )
    expect(blocks.some((block) => block.words[1] === 'alicloud_ims_oidc_provider')).toBe(method === 'oidc')
  })

  it('writes policies in ASCII', () => {
    // oxlint-disable-next-line no-control-regex -- the range is the point
    for (const { text, document } of setup.artifacts) if (document) expect(text).toMatch(/^[\n\u0020-\u007e]*$/)
  })
})

describe('the permission policy', () => {
  it('allows a write-only connection neither listing nor reading', () => {
    const setup = setupAliyun(ossConnectionOf({ access: ['write'] }), aliyunPlatformOf(), {})
    const actions = statementsOf(setup).flatMap((statement) => listOf(statement['Action']))
    expect(actions).toEqual(['oss:GetBucketInfo', 'oss:PutObject', 'oss:AbortMultipartUpload', 'oss:ListParts'])
  })

  it('never lets us list the buckets of the account', () => {
    const setup = setupAliyun(ossConnectionOf({ access: ['list', 'read', 'write', 'delete'] }), aliyunPlatformOf(), {})
    expect(artifactOf(setup, 'permission-policy').text).not.toContain('ListBuckets')
  })

  it('leaves out a location that lies within another', () => {
    const locations = [
      ossFolder('test-bucket-123', 'data/'),
      ossFolder('test-bucket-123', 'data/2026/'),
      ossObject('test-bucket-123', 'data/x'),
    ]
    const setup = setupAliyun(ossConnectionOf({ locations }), aliyunPlatformOf(), {})
    expect(statementsOf(setup).at(-1)?.['Resource']).toEqual(['acs:oss:*:*:test-bucket-123/data/*'])
  })

  it('asks for PutObjectAcl only when requests carry an ACL', () => {
    const settings = { region: 'cn-beijing', acl: 'private' }
    const setup = setupAliyun(ossConnectionOf({ access: ['write'], settings }), aliyunPlatformOf(), {})
    expect(statementsOf(setup).at(-1)?.['Action']).toContain('oss:PutObjectAcl')
  })
})

describe('the identity provider', () => {
  const setup = setupAliyun(ossConnectionOf({ auth: OIDC_AUTH }), aliyunPlatformOf(), {})

  it('is made once for an account, kept when a stack goes, and waited for by the role', () => {
    const template = templateOf(setup)
    expect(objectOf(template['Resources'])['OidcProvider']).toMatchObject({ Condition: 'CreatesOidcProvider', DeletionPolicy: 'Retain' })
    const resources = resolveRos(template, CUSTOMER, FINGERPRINT)
    expect(resources['OidcProvider']).toMatchObject({
      Type: 'ALIYUN::RAM::OIDCProvider',
      Properties: {
        OIDCProviderName: 'sluice-sluice.example.com',
        IssuerUrl: 'https://sluice.example.com',
        ClientIds: ['sts.aliyuncs.com'],
      },
    })
    expect(JSON.stringify(resources['Role'])).toContain('att:OidcProvider.OIDCProviderName')
    const another = resolveRos(template, CUSTOMER, { ...FINGERPRINT, CreateOidcProvider: 'false' })
    expect(JSON.stringify(another['Role'])).not.toContain('att:')
  })

  it('is the only one that the role trusts, for tokens of this connection alone', () => {
    expect(trustOf(setup)).toEqual({
      Version: '1',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Federated: [`acs:ram::${CUSTOMER}:oidc-provider/sluice-sluice.example.com`] },
          Condition: {
            StringEquals: {
              'oidc:iss': 'https://sluice.example.com',
              'oidc:aud': 'sts.aliyuncs.com',
              'oidc:sub': 'organization:acme:project:analytics:connection:conn_a2c4e6g2i4k6m2o4q6s2',
            },
          },
        },
      ],
    })
  })

  it('needs an issuer that RAM takes', () => {
    const { issuer: _, ...platform } = aliyunPlatformOf()
    expect(refusal({ auth: OIDC_AUTH }, {}, platform)).toMatchObject({ reason: 'issuer.not_configured' })
    const lab = aliyunPlatformOf({ issuer: { url: 'http://127.0.0.1:7780' } })
    expect(refusal({ auth: OIDC_AUTH }, {}, lab)).toMatchObject({ reason: 'setup.option_malformed' })
  })
})

describe('the setup options', () => {
  const unknownRole = { auth: { method: 'role', fields: {}, externalId: { kind: 'issued', value: 'sluice-0123' } } } as const
  const keys = { auth: { method: 'keys', fields: { accessKeyId: '' }, secretId: '' } } as const

  it.each([
    ['no location', { locations: [] }, {}, 'setup.no_location'],
    ['no access', { access: [] }, {}, 'setup.no_access'],
    [
      'a folder without its slash',
      { locations: [{ ...ossFolder('test-bucket-123', 'data/'), prefix: 'data' }] },
      {},
      'setup.location_malformed',
    ],
    ['a line break in a key', { locations: [ossObject('test-bucket-123', 'a\nb')] }, {}, 'setup.location_malformed'],
    ['a wildcard in a key', { locations: [ossObject('test-bucket-123', 'a*b')] }, {}, 'setup.location_malformed'],
    ['a variable in a key', { locations: [ossFolder('test-bucket-123', '${acs:SourceIp}/')] }, {}, 'setup.location_malformed'],
    ['a role name RAM refuses', unknownRole, { roleName: 'a b' }, 'setup.option_malformed'],
    ['a policy name RAM refuses', {}, { policyName: 'a_b' }, 'setup.option_malformed'],
    ['a role name that is not the connection’s', {}, { roleName: 'other' }, 'setup.option_conflict'],
    ['a user name for a role', {}, { userName: 'x' }, 'setup.option_conflict'],
    ['a role name for a user', keys, { roleName: 'x' }, 'setup.option_conflict'],
    ['an account that is not the role’s', {}, { accountId: OTHER }, 'setup.option_conflict'],
    ['what only AWS has', {}, { permissionsBoundary: 'arn:aws:iam::987654321987:policy/x' }, 'setup.option_conflict'],
    ['a path', {}, { rolePath: '/data/' }, 'setup.option_conflict'],
    ['tags', {}, { tags: { team: 'data' } }, 'setup.option_conflict'],
    ['what only Google has', {}, { poolId: 'pool' }, 'setup.option_conflict'],
    ['a key of AWS', { settings: { kmsReadKeys: ['arn:aws:kms:us-west-2:987654321987:key/x'] } }, {}, 'setup.option_malformed'],
    [
      'two buckets to create',
      { locations: [ossFolder('aaa', ''), ossFolder('bbb', '')] },
      { createBucket: { region: 'cn-beijing' } },
      'setup.option_conflict',
    ],
    ['a bucket to create elsewhere', {}, { createBucket: { region: 'cn-hangzhou' } }, 'setup.option_conflict'],
    [
      'a bucket to create in another account',
      {},
      { createBucket: { region: 'cn-beijing' }, bucketAccountId: OTHER },
      'setup.option_conflict',
    ],
    [
      'two owners of the buckets',
      { settings: { expectedBucketOwner: '5555666677778888' } },
      { bucketAccountId: OTHER },
      'setup.option_conflict',
    ],
    ['a user for buckets of another account', keys, { accountId: CUSTOMER, bucketAccountId: OTHER }, 'setup.option_conflict'],
    [
      'an external id RAM refuses',
      { auth: { method: 'role', fields: {}, externalId: { kind: 'chosen', value: 'a b' } } },
      {},
      'setup.option_malformed',
    ],
    [
      'more than a policy can hold',
      { locations: Array.from({ length: 400 }, (_, index) => ossFolder('test-bucket-123', `tenants/t${index}/`)) },
      {},
      'setup.policy_too_large',
    ],
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
    const setup = setupAliyun(ossConnectionOf({ settings: { region: 'cn-beijing', expectedBucketOwner: OTHER } }), aliyunPlatformOf(), {})
    expect(setup.artifacts.map((artifact) => artifact.id)).toContain('bucket-policy')
    const own = setupAliyun(ossConnectionOf({ settings: { region: 'cn-beijing', expectedBucketOwner: CUSTOMER } }), aliyunPlatformOf(), {})
    expect(own.artifacts.map((artifact) => artifact.id)).not.toContain('bucket-policy')
  })

  it('warns of keys whose owner has a say too', () => {
    const foreign = OSS_KEY.replace(CUSTOMER, OTHER)
    const setup = setupAliyun(ossConnectionOf({ settings: { kmsReadKeys: [OSS_KEY, foreign] } }), aliyunPlatformOf(), {})
    expect(setup.warnings.filter((warning) => warning.includes('another account'))).toEqual([expect.stringContaining(foreign)])
  })

  it('grants the key of a bucket that it creates', () => {
    const setup = setupAliyun(ossConnectionOf(), aliyunPlatformOf(), { createBucket: { region: 'cn-beijing', kmsKeyArn: OSS_KEY } })
    expect(artifactOf(setup, 'permission-policy').text).toContain(OSS_KEY)
  })
})
