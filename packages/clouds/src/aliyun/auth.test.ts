import type { AuthContext } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import { ALIYUN_METHODS, parseAliyunAuth } from './auth.ts'

const issued = `sluice-${'0123456789abcdef'.repeat(2)}`
const secret = 'ExampleSecretExampleSecret0000'
const UID = '9876543210987654'

const context: AuthContext = {
  connectionName: 'Lake test',
  connection: { id: 'conn_aaaaaaaaaaaaaaaaaaaa', organization: 'org', project: 'project' },
  issuedExternalId: issued,
  secretId: 'secret_aaaaaaaaaaaaaaaaaaaa',
  platform: {
    aliyun: { principalArn: 'acs:ram::1234567890123456:role/sluice', accountId: '1234567890123456', stsRegion: 'cn-hangzhou' },
    issuer: { url: 'https://sluice.example.com' },
    regions: [],
    egressAddresses: [],
  },
  settings: {},
}

type Fields = { readonly [name: string]: string }
const refusal = (reason: string) => expect.objectContaining({ reason })

describe('a role', () => {
  it('is issued an external id where none is given, and a chosen one is kept apart', () => {
    const role = { roleArn: `acs:ram::${UID}:role/lake-test` }
    const id = (fields: Fields) => parseAliyunAuth('role', fields, context).auth.externalId
    expect(parseAliyunAuth('role', role, context).auth).toEqual({
      method: 'role',
      fields: role,
      externalId: { kind: 'issued', value: issued },
    })
    expect(id({ ...role, externalId: 'my-external-id-123' })).toEqual({ kind: 'chosen', value: 'my-external-id-123' })
    expect(id({ ...role, externalId: issued })).toEqual({ kind: 'issued', value: issued })
    expect(parseAliyunAuth('role', {}, context).auth).toMatchObject({ fields: {}, externalId: { kind: 'issued', value: issued } })
  })

  it('goes without an external id only when told so, and with a warning', () => {
    const parsed = parseAliyunAuth('role', { accountId: UID, withoutExternalId: 'true' }, context)
    expect(parsed.auth).toMatchObject({ externalId: { kind: 'none' } })
    expect(parsed.warnings).toHaveLength(1)
  })

  it('that does not exist yet is known from its account, and named as RAM compares names', () => {
    const arn = (fields: Fields) => parseAliyunAuth('role', fields, context).auth.fields['roleArn']
    expect(arn({ accountId: UID })).toMatch(/^acs:ram::9876543210987654:role\/sluice-lake-test(-[0-9a-f]{8})?$/)
    expect(arn({ accountId: UID, roleName: 'Data.Reader' })).toBe(`acs:ram::${UID}:role/data.reader`)
    expect(arn({ roleArn: ` acs:ram::${UID}:role/Lake ` })).toBe(`acs:ram::${UID}:role/lake`)
    expect(arn({ roleArn: `acs:ram:*:${UID}:role/lake` })).toBe(`acs:ram::${UID}:role/lake`)
    expect(arn({ roleArn: `acs:ram::${UID}:role/Lake`, accountId: UID, roleName: 'lake' })).toBe(`acs:ram::${UID}:role/lake`)
  })

  it.each<[Fields, string]>([
    [{ roleArn: 'lake-test' }, 'aliyun.role.arn'],
    [{ roleArn: 'arn:aws:iam::987654321987:role/r' }, 'aliyun.role.arn'],
    [{ roleArn: `acs:ram::${UID}:user/u` }, 'aliyun.role.arn'],
    [{ roleArn: 'acs:oss:*:*:bucket' }, 'aliyun.role.arn'],
    [{ roleArn: `acs:ram::${UID}:role/` }, 'aliyun.role.arn'],
    [{ roleArn: `acs:ram::${UID}:role/a/b` }, 'aliyun.role.arn'],
    [{ roleArn: `acs:ram::${UID}:assumed-role/r/session` }, 'aliyun.role.arn'],
    [{ roleArn: 'acs:ram::name:role/r' }, 'aliyun.role.arn'],
    [{ roleArn: `acs:ram:cn-beijing:${UID}:role/r` }, 'aliyun.role.arn'],
    [{ roleArn: `acs:ram::${UID}:role/r`, accountId: '1234567890123456' }, 'aliyun.role.arn'],
    [{ roleArn: `acs:ram::${UID}:role/r`, roleName: 's' }, 'aliyun.role.arn'],
    [{ accountId: 'acme' }, 'aliyun.role.account'],
    [{ accountId: UID, roleName: 'a b' }, 'aliyun.role.name'],
    [{ accountId: UID, roleName: 'a/b' }, 'aliyun.role.name'],
    [{ externalId: 'a' }, 'aliyun.external_id'],
    [{ externalId: 'has space' }, 'aliyun.external_id'],
    [{ externalId: 'my-id', withoutExternalId: 'true' }, 'aliyun.external_id'],
    [{ withoutExternalId: 'yes' }, 'aliyun.external_id'],
    [{ role: 'r' }, 'auth.unknown_field'],
  ])('is refused as %j with %s', (fields, reason) => {
    expect(() => parseAliyunAuth('role', fields, context)).toThrowError(refusal(reason))
  })

  it('is refused where we have no identity in Alibaba Cloud', () => {
    const { aliyun: _, ...platform } = context.platform
    expect(() => parseAliyunAuth('role', {}, { ...context, platform })).toThrowError(refusal('aliyun.role.no_identity'))
    expect(parseAliyunAuth('oidc', {}, { ...context, platform }).auth.method).toBe('oidc')
  })

  it('says what to give in place of a session of it', () => {
    const roleArn = `acs:ram::${UID}:assumed-role/lake/i-0abc`
    expect(() => parseAliyunAuth('role', { roleArn }, context)).toThrowError(
      expect.objectContaining({ remedy: expect.stringContaining(`acs:ram::${UID}:role/lake`) }),
    )
  })
})

describe('a role by tokens of ours', () => {
  const PROVIDER = `acs:ram::${UID}:oidc-provider/sluice-sluice.example.com`

  it('needs no identity of ours and no external id, only the account', () => {
    expect(parseAliyunAuth('oidc', {}, context).auth).toEqual({ method: 'oidc', fields: {} })
    expect(parseAliyunAuth('oidc', { accountId: UID, roleName: 'Lake' }, context).auth).toEqual({
      method: 'oidc',
      fields: { roleArn: `acs:ram::${UID}:role/lake`, oidcProviderArn: PROVIDER },
    })
    expect(() => parseAliyunAuth('oidc', { externalId: 'x' }, context)).toThrowError(refusal('auth.unknown_field'))
  })

  it('takes a provider of another name, in the account of the role alone', () => {
    const fields = { roleArn: `acs:ram::${UID}:role/lake`, oidcProviderArn: `acs:ram::${UID}:oidc-provider/ours` }
    expect(parseAliyunAuth('oidc', fields, context).auth.fields).toEqual(fields)
    for (const oidcProviderArn of [
      'acs:ram::1234567890123456:oidc-provider/ours',
      `acs:ram::${UID}:saml-provider/ours`,
      `acs:ram::${UID}:oidc-provider/`,
      'ours',
    ])
      expect(() => parseAliyunAuth('oidc', { ...fields, oidcProviderArn }, context), oidcProviderArn).toThrowError(
        refusal('aliyun.oidc.provider'),
      )
  })

  it('is refused where Sluice is no issuer', () => {
    const { issuer: _, ...platform } = context.platform
    expect(() => parseAliyunAuth('oidc', {}, { ...context, platform })).toThrowError(refusal('issuer.not_configured'))
  })
})

describe('an AccessKey', () => {
  const accessKeyId = 'LTAI5tExampleExampleExam'

  it('has its secret half in the secret part alone, white space around it removed with a warning', () => {
    const parsed = parseAliyunAuth('keys', { accessKeyId, accessKeySecret: ` ${secret}\n` }, context)
    expect(parsed.auth).toEqual({ method: 'keys', fields: { accessKeyId }, secretId: context.secretId })
    expect(parsed.secret).toEqual({ accessKeySecret: secret })
    expect(parsed.warnings).toEqual(['White space around AccessKey secret was removed.'])
  })

  it('that is temporary comes with its token, and with a warning', () => {
    const parsed = parseAliyunAuth(
      'keys',
      { accessKeyId: 'STS.NUexampleExample', accessKeySecret: 'short', securityToken: 'CAIS' },
      context,
    )
    expect(parsed.secret).toEqual({ accessKeySecret: 'short', securityToken: 'CAIS' })
    expect(parsed.warnings).toHaveLength(1)
  })

  it.each<[Fields, string]>([
    [{ accessKeyId }, 'auth.missing_field'],
    [{ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', accessKeySecret: secret }, 'aliyun.key.malformed'],
    [{ accessKeyId: secret, accessKeySecret: accessKeyId }, 'aliyun.key.malformed'],
    [{ accessKeyId, accessKeySecret: secret.slice(1) }, 'aliyun.key.malformed'],
    [{ accessKeyId, accessKeySecret: secret.replace('S', '\n') }, 'aliyun.key.malformed'],
    [{ accessKeyId, accessKeySecret: secret.replace('S', 'é') }, 'aliyun.key.malformed'],
    [{ accessKeyId: 'STS.NUexampleExample', accessKeySecret: secret }, 'aliyun.key.token_required'],
    [{ accessKeyId, accessKeySecret: secret, securityToken: 't' }, 'aliyun.key.token_unexpected'],
  ])('is refused %# with %s, and no secret is repeated', (fields, reason) => {
    let told: unknown
    try {
      parseAliyunAuth('keys', fields, context)
    } catch (error) {
      told = error
    }
    expect(told).toMatchObject({ reason })
    expect(`${JSON.stringify(told)}${String(told)}`).not.toContain(secret.slice(14, 28))
  })
})

const KEY = 'acs:kms:cn-beijing:9876543210987654:key/1234abcd-12ab-34cd-56ef-1234567890ab'

it.each<[AuthContext['settings'], string]>([
  [{ endpoint: 'https://storage.example.com' }, 'Leave the endpoint out'],
  [{ endpoint: 'https://oss-cn-beijing.aliyuncs.com/' }, 'set the region to cn-beijing'],
  [{ addressing: 'path' }, 'Leave the addressing out'],
  [{ region: 'oss-cn-beijing' }, 'Set the region to cn-beijing'],
  [{ encryption: { algorithm: 'aws:kms:dsse' } }, 'AES256'],
  [{ encryption: { algorithm: 'aws:kms', keyId: 'alias/data' } }, 'acs:kms:'],
  [{ storageClass: 'GLACIER' }, 'Standard'],
  [{ acl: 'bucket-owner-full-control' }, 'private'],
  [{ kmsReadKeys: ['arn:aws:kms:us-west-2:987654321987:key/1'] }, 'acs:kms:'],
])('refuses the settings %j, whatever the method', (settings, remedy) => {
  for (const method of ['role', 'oidc'])
    expect(() => parseAliyunAuth(method, {}, { ...context, settings })).toThrowError(
      expect.objectContaining({ reason: 'aliyun.setting', remedy: expect.stringContaining(remedy) }),
    )
})

it('takes the settings that OSS has', () => {
  const settings: AuthContext['settings'] = {
    region: 'cn-beijing',
    requesterPays: true,
    encryption: { algorithm: 'aws:kms', keyId: KEY },
    kmsReadKeys: [KEY],
    kmsWriteKeys: ['acs:kms:*:*:key/key-bjj64f'],
    storageClass: 'IA',
    acl: 'private',
    addressing: 'virtual-host',
  }
  expect(parseAliyunAuth('role', {}, { ...context, settings }).warnings).toEqual([])
})

it('marks every secret field as secret, and gives each field of a method a name in SQL of its own', () => {
  const fields = ALIYUN_METHODS.flatMap((method) => method.fields)
  expect(fields.filter((field) => field.secret).map((field) => field.name)).toEqual(['accessKeySecret', 'securityToken'])
  for (const method of ALIYUN_METHODS) {
    const names = method.fields.flatMap((field) => field.sql)
    expect(new Set(names).size).toBe(names.length)
  }
})
