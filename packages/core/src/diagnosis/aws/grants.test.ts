import { describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '../../json.ts'
import { diagnoseCase } from '../index.ts'

const ROLE = 'arn:aws:iam::987654321987:role/acme'
const KEY = 'arn:aws:kms:us-west-2:987654321987:key/1234abcd'
const policy = (...statements: readonly JsonObject[]): JsonObject => ({ Version: '2012-10-17', Statement: statements })

/** A role that may read, and a key whose policy lets nobody but an admin use it; nothing was tried. */
function shown(observations: readonly Json[], more: JsonObject = {}): JsonObject {
  return {
    cloud: 'aws',
    connection: { method: 'role', roleArn: ROLE, location: 's3://test-bucket-123/data/', access: ['list', 'read'] },
    observations,
    documents: {
      ...more,
      rolePolicies: [policy({ Effect: 'Allow', Action: ['s3:*', 'kms:*'], Resource: '*' })],
      encryption: { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY } }] },
      keyPolicies: {
        [KEY]: policy({ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::987654321987:user/admin' }, Action: 'kms:*', Resource: '*' }),
      },
    },
  }
}

const grants = (...all: readonly JsonObject[]): Json => ({
  operation: 'ListGrants',
  target: KEY,
  ok: true,
  message: JSON.stringify({ Grants: all }),
})

describe('a key policy that does not let the role in, of which nobody tried anything', () => {
  it('proves nothing while a grant may let it in', () => {
    const { verdict, findings, cannotTell } = diagnoseCase(shown([]))
    expect({ verdict, findings }).toEqual({ verdict: 'inconclusive', findings: [] })
    expect(cannotTell).toMatchObject([{ causes: ['aws.kms.key_policy'], settle: { read: 'kms:ListGrants' } }])
  })

  it('is the cause where there is no grant', () => {
    expect(diagnoseCase(shown([grants()])).findings[0]).toMatchObject({ cause: 'aws.kms.key_policy', certainty: 'proved' })
  })

  it('is none where a grant lets it in', () => {
    const report = diagnoseCase(shown([grants({ KeyId: KEY, GranteePrincipal: ROLE, Operations: ['Decrypt'] })]))
    expect(report).toMatchObject({ verdict: 'ok', findings: [], cannotTell: [] })
  })

  it('does not hide what else is refused for certain', () => {
    const bucketPolicy = policy({
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: ['arn:aws:s3:::test-bucket-123', 'arn:aws:s3:::test-bucket-123/*'],
    })
    const { findings } = diagnoseCase(shown([], { bucketPolicy }))
    expect(findings.map(({ cause }) => cause)).toEqual(['aws.rp.deny'])
  })
})
