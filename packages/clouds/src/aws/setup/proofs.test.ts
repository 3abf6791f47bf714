import type { JsonObject } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import { objectOf } from '../../../test/support/cloudformation-resolver.ts'
import { AWS, connectionOf, platformOf } from '../../../test/support/setup-cases.ts'
import { type SetupDocuments, setupDocuments } from './documents.ts'
import { planSetup } from './plan.ts'
import { proveSetup } from './proofs.ts'

const KEY = 'arn:aws:kms:us-west-2:987654321987:key/0d7926a7-6ecc-4bf7-a9c1-a38f0faec0cd'
const connection = connectionOf({ access: ['list', 'read', 'write'], settings: { region: 'us-west-2', kmsReadKeys: [KEY] } })

/** The documents with `from` replaced everywhere in one of them. */
function tampered(documents: SetupDocuments, which: 'permission' | 'trust', from: string, to: string): SetupDocuments {
  const before = JSON.stringify(documents[which]?.document)
  const after = before.replaceAll(from, to)
  if (after === before) throw new Error(`nothing to replace: ${from}`)
  const document: JsonObject = objectOf(JSON.parse(after))
  if (which === 'permission') return { ...documents, permission: { ...documents.permission, document } }
  return { ...documents, trust: { node: null, document } }
}

describe('the self-check of a setup', () => {
  const plan = planSetup(connection, platformOf(), {})
  const documents = setupDocuments(plan)

  it('holds for the documents as written', () => {
    expect(proveSetup(plan, documents).length).toBeGreaterThan(20)
  })

  it.each([
    ['an object ARN without its slash', 'permission', '/data/*', '/data*'],
    ['an object ARN that names the folder only', 'permission', 'test-bucket-123/data/*', 'test-bucket-123/data/'],
    ['a whole bucket for a folder', 'permission', 'test-bucket-123/data/*', 'test-bucket-123/*'],
    ['any bucket', 'permission', ':::test-bucket-123/', ':::*/'],
    ['listing without a limit', 'permission', '"s3:prefix":["data/","data/*"]', '"s3:prefix":["*",""]'],
    ['reading left out', 'permission', '"s3:GetObject",', ''],
    ['versions left out', 'permission', '"s3:GetObjectVersion",', ''],
    ['aborting left out', 'permission', '"s3:AbortMultipartUpload",', ''],
    ['deleting granted', 'permission', 's3:AbortMultipartUpload', 's3:*Object'],
    ['everything granted', 'permission', 's3:GetBucketLocation', 's3:*'],
    ['the key for any use', 'permission', '"StringEquals":{"kms:ViaService"', '"StringNotEquals":{"kms:CallerAccount"'],
    ['any key', 'permission', KEY, '*'],
    ['no external id asked for', 'trust', '"StringEquals":{"sts:ExternalId":"my-external-id-123"},', ''],
    ['any external id', 'trust', '"StringEquals":{"sts:ExternalId":"my-external-id-123"}', '"StringLike":{"sts:ExternalId":"*"}'],
    ['another external id', 'trust', 'my-external-id-123', 'my-external-id-124'],
    ['anybody in our account', 'trust', AWS.principalArn, 'arn:aws:iam::123456789012:role/*'],
    ['anybody at all', 'trust', 'arn:aws:iam::123456789012:root', '*'],
    ['the wrong account', 'trust', 'arn:aws:iam::123456789012:root', 'arn:aws:iam::210987654321:root'],
  ] as const)('withholds a setup with %s', (name, which, from, to) => {
    // With the condition on our principal alone, anybody who bears its name is still us: both must go.
    const first = tampered(documents, which, from, to)
    const broken = name === 'anybody at all' ? tampered(first, 'trust', AWS.principalArn, '*') : first
    expect(() => proveSetup(plan, broken)).toThrow(expect.objectContaining({ reason: 'setup.self_check_failed', code: 'internal' }))
  })
})

describe('the self-check of a setup that trusts our issuer', () => {
  const auth = { method: 'oidc', fields: { roleArn: 'arn:aws:iam::987654321987:role/lake-test' } }
  const plan = planSetup({ ...connection, auth }, platformOf({}, { url: 'https://sluice.example.com' }), {})
  const documents = setupDocuments(plan)
  const subject = '"sluice.example.com:sub":"organization:acme:project:analytics:connection:conn_a2c4e6g2i4k6m2o4q6s2"'

  it('holds for the documents as written', () => {
    expect(proveSetup(plan, documents).filter(({ claim }) => claim.includes('token'))).toHaveLength(6)
  })

  it.each([
    ['no subject', `,${subject}`, ''],
    ['any subject of the project', `"StringEquals":{`, '"StringLike":{'],
    ['no audience', '"sluice.example.com:aud":"sts.amazonaws.com",', ''],
    ['conditions that may be absent', '"StringEquals"', '"StringEqualsIfExists"'],
    ['another provider', 'oidc-provider/sluice.example.com', 'oidc-provider/sluice.example.org'],
    ['the provider of another account', '987654321987:oidc-provider', '111122223333:oidc-provider'],
    ['another action', 'sts:AssumeRoleWithWebIdentity', 'sts:AssumeRole'],
    ['everybody of the account', '"Federated":"arn:aws:iam::987654321987:oidc-provider/sluice.example.com"', '"AWS":"987654321987"'],
  ])('withholds a setup with %s', (name, from, to) => {
    const first = tampered(documents, 'trust', from, to)
    const broken = name === 'any subject of the project' ? tampered(first, 'trust', ':conn_a2c4e6g2i4k6m2o4q6s2', ':*') : first
    expect(() => proveSetup(plan, broken)).toThrow(expect.objectContaining({ reason: 'setup.self_check_failed' }))
  })
})
