import type { AuthContext } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import { parseS3Auth } from '../s3/auth.ts'
import { AWS_METHODS, parseAwsAuth } from './auth.ts'

const issued = `sluice-${'0123456789abcdef'.repeat(2)}`
const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'

const context: AuthContext = {
  connectionName: 'lake test',
  connection: { id: 'conn_aaaaaaaaaaaaaaaaaaaa', organization: 'org', project: 'project' },
  issuedExternalId: issued,
  secretId: 'secret_aaaaaaaaaaaaaaaaaaaa',
  platform: {
    aws: {
      principalArn: 'arn:aws:iam::123456789012:role/sluice',
      accountId: '123456789012',
      trust: 'account',
      partition: 'aws',
      stsRegion: 'us-east-1',
    },
    regions: [],
    egressAddresses: [],
  },
  settings: {},
}

it('issues an external id where none is given, and keeps a chosen one apart', () => {
  const role = { roleArn: 'arn:aws:iam::987654321987:role/lake-test' }
  expect(parseAwsAuth('role', role, context).auth).toEqual({ method: 'role', fields: role, externalId: { kind: 'issued', value: issued } })
  expect(parseAwsAuth('role', { ...role, externalId: 'my-external-id-123' }, context).auth).toMatchObject({
    externalId: { kind: 'chosen', value: 'my-external-id-123' },
  })
  expect(parseAwsAuth('role', { ...role, externalId: issued }, context).auth).toMatchObject({
    externalId: { kind: 'issued', value: issued },
  })
  expect(parseAwsAuth('role', {}, context).auth).toEqual({ method: 'role', fields: {}, externalId: { kind: 'issued', value: issued } })
})

it('goes without an external id only when told so, and warns', () => {
  const parsed = parseAwsAuth('role', { accountId: '987654321987', withoutExternalId: 'true' }, context)
  expect(parsed.auth).toMatchObject({ externalId: { kind: 'none' } })
  expect(parsed.warnings).toHaveLength(1)
})

it('knows the ARN of a role that does not exist yet from its account', () => {
  const arn = (fields: { readonly [name: string]: string }) => {
    return parseAwsAuth('role', fields, context).auth.fields['roleArn']
  }
  expect(arn({ accountId: '9876-5432-1987' })).toMatch(/^arn:aws:iam::987654321987:role\/sluice-lake-test(-[0-9a-f]{8})?$/)
  expect(arn({ accountId: '987654321987', roleName: 'r', rolePath: '/data/' })).toBe('arn:aws:iam::987654321987:role/data/r')
  expect(arn({ roleArn: ' arn:aws:iam::987654321987:role/a/b/c ' })).toBe('arn:aws:iam::987654321987:role/a/b/c')
})

it.each<[{ readonly [name: string]: string }, string]>([
  [{ roleArn: 'lake-test' }, 'aws.role.arn'],
  [{ roleArn: 'arn:aws:iam::98765432198:role/r' }, 'aws.role.arn'],
  [{ roleArn: 'arn:aws:iam::987654321987:user/u' }, 'aws.role.arn'],
  [{ roleArn: 'arn:aws:s3:::bucket' }, 'aws.role.arn'],
  [{ roleArn: 'arn:aws:iam::987654321987:role/' }, 'aws.role.arn'],
  [{ roleArn: 'arn:aws:sts::987654321987:assumed-role/r/session' }, 'aws.role.arn'],
  [{ roleArn: 'arn:aws-cn:iam::987654321987:role/r' }, 'aws.role.partition'],
  [{ roleArn: 'arn:aws:iam::987654321987:role/r', accountId: '123456789012' }, 'aws.role.arn'],
  [{ accountId: '12345' }, 'aws.role.account'],
  [{ accountId: '987654321987', roleName: 'a b' }, 'aws.role.name'],
  [{ accountId: '987654321987', rolePath: 'data' }, 'aws.role.name'],
  [{ externalId: 'a' }, 'aws.external_id'],
  [{ externalId: 'has space' }, 'aws.external_id'],
  [{ externalId: 'my-id', withoutExternalId: 'true' }, 'aws.external_id'],
  [{ withoutExternalId: 'yes' }, 'aws.external_id'],
  [{ role: 'r' }, 'auth.unknown_field'],
])('refuses the role %j with %s', (fields, reason) => {
  expect(() => parseAwsAuth('role', fields, context)).toThrowError(expect.objectContaining({ reason }))
})

it('refuses a role where we have no identity or an endpoint is set', () => {
  const { aws: _, ...platform } = context.platform
  expect(() => parseAwsAuth('role', {}, { ...context, platform })).toThrowError(expect.objectContaining({ reason: 'aws.role.no_identity' }))
  const settings = { endpoint: 'https://storage.example.com' }
  expect(() => parseAwsAuth('role', {}, { ...context, settings })).toThrowError(expect.objectContaining({ reason: 'aws.role.endpoint' }))
  expect(() => parseS3Auth('role', {}, { ...context, settings })).toThrowError(expect.objectContaining({ reason: 'aws.role.endpoint' }))
})

it('puts the secret half of a key into the secret part alone, white space around it removed with a warning', () => {
  const parsed = parseAwsAuth('keys', { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: ` ${secret}\n` }, context)
  expect(parsed.auth).toEqual({ method: 'keys', fields: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE' }, secretId: context.secretId })
  expect(parsed.secret).toEqual({ secretAccessKey: secret })
  expect(parsed.warnings).toEqual(['White space around Secret access key was removed.'])
})

it.each<[{ readonly [name: string]: string }, string]>([
  [{ accessKeyId: 'AKIAIOSFODNN7EXAMPLE' }, 'auth.missing_field'],
  [{ accessKeyId: 'AKIAIOSFODNN7EXAMPL', secretAccessKey: secret }, 'aws.key.malformed'],
  [{ accessKeyId: 'AROAIOSFODNN7EXAMPLE', secretAccessKey: secret }, 'aws.key.malformed'],
  [{ accessKeyId: secret, secretAccessKey: 'AKIAIOSFODNN7EXAMPLE' }, 'aws.key.malformed'],
  [{ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: secret.slice(1) }, 'aws.key.malformed'],
  [{ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: secret.replace('/', '\n') }, 'aws.key.malformed'],
  [{ accessKeyId: 'ASIAIOSFODNN7EXAMPLE', secretAccessKey: secret }, 'aws.key.token_required'],
  [{ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: secret, sessionToken: 't' }, 'aws.key.token_unexpected'],
])('refuses the key %# with %s, and repeats no secret', (fields, reason) => {
  let told: unknown
  try {
    parseAwsAuth('keys', fields, context)
  } catch (error) {
    told = error
  }
  expect(told).toMatchObject({ reason })
  expect(`${JSON.stringify(told)}${String(told)}`).not.toContain(secret.slice(2, 20))
})

describe('oidc', () => {
  const issuer = { url: 'https://sluice.example.com' }
  const asIssuer = (change: Partial<AuthContext> = {}): AuthContext => ({
    ...context,
    platform: { issuer, regions: [], egressAddresses: [] },
    ...change,
  })

  it('needs no identity of ours and no external id, only the role or its account', () => {
    expect(parseAwsAuth('oidc', {}, asIssuer()).auth).toEqual({ method: 'oidc', fields: {} })
    const named = { accountId: '9876-5432-1987', roleName: 'lake', rolePath: '/data/' }
    expect(parseAwsAuth('oidc', named, asIssuer()).auth).toEqual({
      method: 'oidc',
      fields: { roleArn: 'arn:aws:iam::987654321987:role/data/lake' },
    })
    expect(() => parseAwsAuth('oidc', { externalId: 'x' }, asIssuer())).toThrow(expect.objectContaining({ reason: 'auth.unknown_field' }))
  })

  it('takes roles of any partition, and makes one where the region lies', () => {
    const china = { roleArn: 'arn:aws-cn:iam::987654321987:role/lake' }
    expect(parseAwsAuth('oidc', china, asIssuer({ platform: { ...context.platform, issuer } })).auth.fields).toEqual(china)
    const settings = { region: 'us-gov-west-1' }
    expect(parseAwsAuth('oidc', { accountId: '987654321987' }, asIssuer({ settings })).auth.fields).toEqual({
      roleArn: expect.stringMatching(/^arn:aws-us-gov:iam::987654321987:role\/sluice-lake-test/),
    })
  })

  it('is refused where Sluice is no issuer, and on an endpoint of somebody else', () => {
    expect(() => parseAwsAuth('oidc', {}, context)).toThrow(expect.objectContaining({ reason: 'issuer.not_configured' }))
    const settings = { endpoint: 'https://storage.example.com' }
    expect(() => parseAwsAuth('oidc', {}, asIssuer({ settings }))).toThrow(expect.objectContaining({ reason: 'aws.role.endpoint' }))
  })
})

it('takes any key of another store that can be sent, and needs its endpoint', () => {
  const keys = { accessKeyId: 'minio', secretAccessKey: 'minio123' }
  const settings = { endpoint: 'storage.example.com:9000' }
  expect(parseS3Auth('keys', keys, { ...context, settings }).secret).toEqual({ secretAccessKey: 'minio123' })
  expect(parseS3Auth('none', {}, { ...context, settings }).auth).toEqual({ method: 'none', fields: {} })
  for (const endpoint of ['', 'ftp://x', 'https://u:p@x', 'https://x/?a=b', 'https://'])
    expect(() => parseS3Auth('keys', keys, { ...context, settings: { endpoint } }), endpoint).toThrowError(
      expect.objectContaining({ reason: 's3.endpoint' }),
    )
})

it('marks every secret field as secret, and gives each field of a method a name in SQL of its own', () => {
  const fields = AWS_METHODS.flatMap((method) => method.fields)
  expect(fields.filter((field) => field.secret).map((field) => field.name)).toEqual(['secretAccessKey', 'sessionToken'])
  for (const method of AWS_METHODS) {
    const names = method.fields.flatMap((field) => field.sql)
    expect(new Set(names).size).toBe(names.length)
  }
})
