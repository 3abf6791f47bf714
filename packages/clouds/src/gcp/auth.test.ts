import { generateKeyPairSync } from 'node:crypto'
import { type AuthContext, isAccessError } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import { ACCOUNT, GCP_PLATFORM, PROVIDER } from '../../test/support/gcp-setup-cases.ts'
import { parseGcpAuth } from './auth.ts'

const context: AuthContext = {
  connectionName: 'lake',
  connection: { id: 'conn_a', organization: 'org', project: 'project' },
  issuedExternalId: `sluice-${'0'.repeat(32)}`,
  secretId: 'secret_a',
  platform: GCP_PLATFORM,
  settings: {},
}

const PEM = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const file = (changes: { readonly [name: string]: unknown } = {}): string =>
  JSON.stringify({
    type: 'service_account',
    project_id: 'acme-data',
    private_key_id: '0123456789abcdef',
    private_key: PEM,
    client_email: ACCOUNT,
    token_uri: 'https://evil.example/token',
    ...changes,
  })

function refused(method: string, fields: { readonly [name: string]: string }, changes: Partial<AuthContext> = {}) {
  try {
    parseGcpAuth(method, fields, { ...context, ...changes })
  } catch (error) {
    if (isAccessError(error)) return error
  }
  throw new Error('it was not refused')
}

describe('federation', () => {
  const parse = (fields: { readonly [name: string]: string }) => parseGcpAuth('federation', fields, context)

  it.each([
    ['its resource name', { provider: PROVIDER }],
    ['its audience', { provider: `//iam.googleapis.com/${PROVIDER}` }],
    ['its audience as a URL', { provider: `https://iam.googleapis.com/${PROVIDER}` }],
    ['its parts', { projectNumber: '123456789012', poolId: 'sluice-lake', providerId: 'sluice' }],
    ['the number of its project, and the names of the setup', { projectNumber: '123456789012' }],
    [
      'a credential configuration file',
      { provider: JSON.stringify({ type: 'external_account', audience: `//iam.googleapis.com/${PROVIDER}`, token_url: 'https://x' }) },
    ],
  ])('takes the provider by %s', (_by, fields) => {
    expect(parse(fields)).toEqual({ auth: { method: 'federation', fields: { provider: PROVIDER } }, warnings: [] })
  })

  it('takes the account to act as from a credential configuration file', () => {
    const provider = JSON.stringify({
      type: 'external_account',
      audience: `//iam.googleapis.com/${PROVIDER}`,
      service_account_impersonation_url: `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${ACCOUNT}:generateAccessToken`,
    })
    expect(parse({ provider }).auth.fields).toEqual({ provider: PROVIDER, serviceAccount: ACCOUNT })
  })

  it('knows no provider while nothing is said', () => {
    expect(parse({}).auth).toEqual({ method: 'federation', fields: {} })
  })

  it.each([
    ['a provider that is none', { provider: 'sluice' }, 'gcp.provider.malformed'],
    ['a project by its id', { provider: PROVIDER.replace('123456789012', 'acme-data') }, 'gcp.provider.malformed'],
    ['a pool alone', { poolId: 'sluice-lake' }, 'gcp.provider.malformed'],
    ['two providers', { provider: PROVIDER, poolId: 'other-pool' }, 'gcp.provider.malformed'],
    ['a pool of Google’s own', { projectNumber: '1', poolId: 'gcp-pool' }, 'gcp.provider.malformed'],
    ['a key file', { provider: file() }, 'gcp.provider.malformed'],
    [
      'a configuration that sends tokens elsewhere',
      {
        provider: JSON.stringify({
          type: 'external_account',
          audience: PROVIDER,
          service_account_impersonation_url: 'https://evil.example/x:generateAccessToken',
        }),
      },
      'gcp.provider.malformed',
    ],
    ['an account that is none', { provider: PROVIDER, serviceAccount: 'me@gmail.com' }, 'gcp.service_account.malformed'],
    ['a predefined role that deletes', { provider: PROVIDER, deleteRole: 'roles/storage.objectAdmin' }, 'gcp.role.malformed'],
    ['a project to bill that is none', { provider: PROVIDER, billingProject: 'A B' }, 'gcp.project.malformed'],
  ])('refuses %s', (_what, fields, reason) => {
    expect(refused('federation', fields).reason).toBe(reason)
  })

  it('shows how to find the number of a project', () => {
    expect(refused('federation', { provider: PROVIDER.replace('123456789012', 'acme-data') }).remedy).toContain(
      'gcloud projects describe acme-data',
    )
  })

  it('repeats nothing of a key file in the wrong place', () => {
    const error = refused('federation', { provider: file() })
    expect(`${error.message} ${error.remedy}`).not.toContain('PRIVATE')
  })

  it('is refused where Sluice is no issuer', () => {
    expect(refused('federation', {}, { platform: { regions: [], egressAddresses: [] } }).reason).toBe('gcp.no_issuer')
  })
})

describe('grant', () => {
  it('needs nothing, or an account to act as', () => {
    expect(parseGcpAuth('grant', {}, context).auth).toEqual({ method: 'grant', fields: {} })
    expect(parseGcpAuth('grant', { serviceAccount: `serviceAccount:${ACCOUNT}` }, context).auth.fields).toEqual({ serviceAccount: ACCOUNT })
  })

  it('is refused where Sluice has no account of its own', () => {
    expect(refused('grant', {}, { platform: { regions: [], egressAddresses: [] } }).reason).toBe('gcp.no_identity')
  })
})

describe('service account key', () => {
  it('is taken as JSON and as base64 of it, and shows whose it is', () => {
    for (const key of [file(), Buffer.from(file()).toString('base64')]) {
      const { auth, secret } = parseGcpAuth('service-account-key', { key }, context)
      expect(auth).toEqual({
        method: 'service-account-key',
        fields: { clientEmail: ACCOUNT, privateKeyId: '0123456789abcdef' },
        secretId: 'secret_a',
      })
      expect(secret).toEqual({ key })
    }
  })

  it('tells its end where the file has one', () => {
    const parsed = parseGcpAuth('service-account-key', { key: file({ valid_before: '2027-01-02T03:04:05Z' }) }, context)
    expect(parsed.auth.secretExpiresAt).toBe('2027-01-02T03:04:05.000Z')
    expect(parsed.warnings).toEqual([])
    const never = parseGcpAuth('service-account-key', { key: file({ valid_before: '9999-12-31T23:59:59Z' }) }, context)
    expect(never.auth.secretExpiresAt).toBeUndefined()
    expect(never.warnings).toHaveLength(1)
  })

  it.each([
    ['neither JSON nor base64', 'c4n4ry'],
    ['the login of a person', file({ type: 'authorized_user', client_secret: 'c4n4ry' })],
    ['a credential configuration', file({ type: 'external_account' })],
    ['another kind of file', file({ type: 'c4n4ry' })],
    ['a file without its key', file({ private_key: undefined })],
    ['a key that was cut off', file({ private_key: `${PEM.slice(0, 300)}c4n4ry` })],
    ['an address that is no account’s', file({ client_email: 'c4n4ry@example.com' })],
    ['a key id that is none', file({ private_key_id: 'c4n4ry!' })],
  ])('is refused when it is %s, and nothing of it repeated', (_what, key) => {
    const error = refused('service-account-key', { key })
    expect(error.reason).toBe('gcp.key.malformed')
    expect(JSON.stringify([error.message, error.remedy, error.context])).not.toMatch(/c4n4ry|PRIVATE/)
  })
})

describe('settings', () => {
  it.each([
    ['an ACL', { acl: 'private' }],
    ['double encryption', { encryption: { algorithm: 'aws:kms:dsse' } }],
    ['a key of AWS', { encryption: { algorithm: 'aws:kms', keyId: 'arn:aws:kms:us-east-1:1:key/x' } }],
    ['an owner that is no project number', { expectedBucketOwner: 'acme-data' }],
  ] as const)('refuse %s', (_what, settings) => {
    expect(refused('grant', {}, { settings }).reason).toBe('gcp.setting')
  })
})
