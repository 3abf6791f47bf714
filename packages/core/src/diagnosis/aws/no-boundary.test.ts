import { describe, expect, it } from 'vitest'
import type { Json } from '../../json.ts'
import { diagnoseCase } from '../index.ts'

const ROLE = 'arn:aws:iam::987654321987:role/acme'

/** Causes that a refusal without a reason may have. */
function suspects(...read: readonly Json[]): readonly string[] {
  const { findings } = diagnoseCase({
    cloud: 'aws',
    connection: { method: 'role', roleArn: ROLE, location: 's3://test-bucket-123/data/', access: ['read'] },
    observations: [
      { operation: 'AssumeRole', target: ROLE, ok: true },
      { operation: 'GetObject', target: 's3://test-bucket-123/data/a.csv', status: 403, code: 'AccessDenied', message: 'Access Denied' },
      ...read,
    ],
  })
  return findings.flatMap(({ cause, alternatives }) => [cause, ...alternatives])
}

const getRole = (role: Json): Json => ({ operation: 'GetRole', target: ROLE, ok: true, message: JSON.stringify(role) })

describe('a permissions boundary', () => {
  it('is among what may refuse while nobody looked', () => {
    expect(suspects()).toContain('aws.pb')
    expect(suspects(getRole({ Arn: ROLE }))).toContain('aws.pb')
    expect(suspects(getRole({ Arn: `${ROLE}-other`, PermissionsBoundary: null }))).toContain('aws.pb')
  })

  it('is not where IAM says that there is none', () => {
    expect(suspects(getRole({ Arn: ROLE, PermissionsBoundary: null }))).not.toContain('aws.pb')
    expect(suspects(getRole({ Role: { Arn: ROLE, RoleId: 'AROAEXAMPLE', RoleName: 'acme' } }))).not.toContain('aws.pb')
  })
})
