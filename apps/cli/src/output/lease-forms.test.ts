import type { LeaseView } from '@sluice/api'
import { describe, expect, it } from 'vitest'
import { asCredentialProcess, asVariables } from './lease-forms.ts'

const LEASE = {
  id: 'lease_a',
  location: { url: '', cloud: 'any', bucket: 'raw', prefix: '', extent: 'bucket', account: 'acmelake', region: 'eu-central-1' },
  access: ['read'],
  narrowed: true,
  expiresAt: '2030-01-01T00:00:00.000Z',
} as const

const SECRETS = {
  aws: { kind: 'aws', accessKeyId: 'ASIA', secretAccessKey: 's', sessionToken: 't' },
  bearer: { kind: 'bearer', token: 'ya29.token' },
  sas: { kind: 'sas', query: 'sv=2024&sig=a%2Bb' },
  oss: { kind: 'oss', accessKeyId: 'STS.a', accessKeySecret: "it's", securityToken: 't' },
  anonymous: { kind: 'anonymous' },
} as const

function leaseOf(kind: keyof typeof SECRETS): LeaseView {
  return { ...LEASE, access: ['read'], secret: SECRETS[kind] }
}

describe('a lease as variables', () => {
  it.each([
    [
      'aws',
      [
        "AWS_ACCESS_KEY_ID='ASIA'",
        "AWS_SECRET_ACCESS_KEY='s'",
        "AWS_SESSION_TOKEN='t'",
        "AWS_REGION='eu-central-1'",
        "AWS_CREDENTIAL_EXPIRATION='2030-01-01T00:00:00.000Z'",
      ],
    ],
    ['bearer', ["CLOUDSDK_AUTH_ACCESS_TOKEN='ya29.token'", "GOOGLE_OAUTH_ACCESS_TOKEN='ya29.token'"]],
    ['sas', ["AZURE_STORAGE_ACCOUNT='acmelake'", "AZURE_STORAGE_SAS_TOKEN='sv=2024&sig=a%2Bb'"]],
    [
      'oss',
      [
        "ALIBABA_CLOUD_ACCESS_KEY_ID='STS.a'",
        String.raw`ALIBABA_CLOUD_ACCESS_KEY_SECRET='it'\''s'`,
        "ALIBABA_CLOUD_SECURITY_TOKEN='t'",
        "OSS_ACCESS_KEY_ID='STS.a'",
        String.raw`OSS_ACCESS_KEY_SECRET='it'\''s'`,
        "OSS_SESSION_TOKEN='t'",
        "OSS_REGION='eu-central-1'",
      ],
    ],
  ] as const)('is what the tools of its cloud read: %s', (kind, lines) => {
    expect(asVariables(leaseOf(kind))).toBe(lines.map((line) => `export ${line}\n`).join(''))
  })

  it('is none where there is no credential', () => {
    expect(() => asVariables(leaseOf('anonymous'))).toThrow('needs no credential')
  })
})

describe('a lease for a tool that runs a program', () => {
  it('is what AWS and Alibaba Cloud take', () => {
    expect(JSON.parse(asCredentialProcess(leaseOf('aws')))).toMatchObject({ Version: 1, AccessKeyId: 'ASIA', SessionToken: 't' })
    expect(JSON.parse(asCredentialProcess(leaseOf('oss')))).toEqual({
      mode: 'StsToken',
      access_key_id: 'STS.a',
      access_key_secret: "it's",
      sts_token: 't',
    })
  })

  it.each(['bearer', 'sas', 'anonymous'] as const)('is none on a cloud whose tools run no program: %s', (kind) => {
    expect(() => asCredentialProcess(leaseOf(kind))).toThrow('do not')
  })
})
