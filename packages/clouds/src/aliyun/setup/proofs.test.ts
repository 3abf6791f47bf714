import type { JsonObject } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import { ALIYUN, CUSTOMER, OIDC_AUTH, OSS_KEY, OTHER, aliyunPlatformOf, ossConnectionOf } from '../../../test/support/aliyun-setup-cases.ts'
import { objectOf } from '../../../test/support/cloudformation-resolver.ts'
import { type SetupDocuments, setupDocuments } from './documents.ts'
import { planSetup } from './plan.ts'
import { proveSetup } from './proofs.ts'

const connection = ossConnectionOf({ access: ['list', 'read', 'write'], settings: { region: 'cn-beijing', kmsReadKeys: [OSS_KEY] } })

/** The documents with `from` replaced everywhere in one of them. */
function tampered(documents: SetupDocuments, which: 'permission' | 'trust', from: string, to: string): SetupDocuments {
  const before = JSON.stringify(documents[which]?.document)
  const after = before.replaceAll(from, to)
  if (after === before) throw new Error(`nothing to replace: ${from}`)
  const document: JsonObject = objectOf(JSON.parse(after))
  return { ...documents, [which]: { node: null, document } }
}

const withheld = expect.objectContaining({ reason: 'setup.self_check_failed', code: 'internal' })

describe('the self-check of a setup', () => {
  const plan = planSetup(connection, aliyunPlatformOf(), {})
  const documents = setupDocuments(plan)

  it('holds for the documents as written', () => {
    expect(proveSetup(plan, documents).length).toBeGreaterThan(20)
  })

  it.each([
    ['an object name without its slash', 'permission', '/data/*', '/data*'],
    ['an object name that is the folder only', 'permission', 'test-bucket-123/data/*', 'test-bucket-123/data/'],
    ['a whole bucket for a folder', 'permission', 'test-bucket-123/data/*', 'test-bucket-123/*'],
    ['any bucket', 'permission', ':test-bucket-123/', ':*/'],
    ['listing without a limit', 'permission', '"oss:Prefix":["data/*"]', '"oss:Prefix":["*"]'],
    ['listing of the folder alone', 'permission', '"oss:Prefix":["data/*"]', '"oss:Prefix":["data/"]'],
    ['reading left out', 'permission', '"oss:GetObject",', ''],
    ['versions left out', 'permission', '"oss:GetObjectVersion",', ''],
    ['aborting left out', 'permission', '"oss:AbortMultipartUpload",', ''],
    ['deleting granted', 'permission', 'oss:AbortMultipartUpload', 'oss:*Object'],
    ['everything granted', 'permission', 'oss:GetBucketInfo', 'oss:*'],
    ['any key', 'permission', OSS_KEY, '*'],
    ['any use of the key', 'permission', 'kms:Decrypt', 'kms:*'],
    ['no external id asked for', 'trust', ',"Condition":{"StringEquals":{"sts:ExternalId":"my-external-id-123"}}', ''],
    ['any external id', 'trust', '"StringEquals":{"sts:ExternalId":"my-external-id-123"}', '"StringLike":{"sts:ExternalId":"*"}'],
    ['another external id', 'trust', 'my-external-id-123', 'my-external-id-124'],
    ['anybody in our account', 'trust', ALIYUN.principalArn, `acs:ram::${ALIYUN.accountId}:root`],
    ['somebody else in our account', 'trust', ALIYUN.principalArn, `acs:ram::${ALIYUN.accountId}:role/other`],
    ['the wrong account', 'trust', ALIYUN.accountId, OTHER],
  ] as const)('withholds a setup with %s', (_name, which, from, to) => {
    expect(() => proveSetup(plan, tampered(documents, which, from, to))).toThrow(withheld)
  })
})

describe('the self-check of a setup that trusts our issuer', () => {
  const plan = planSetup({ ...connection, auth: OIDC_AUTH }, aliyunPlatformOf(), {})
  const documents = setupDocuments(plan)
  const subject = '"oidc:sub":"organization:acme:project:analytics:connection:conn_a2c4e6g2i4k6m2o4q6s2"'

  it('holds for the documents as written', () => {
    expect(proveSetup(plan, documents).filter(({ claim }) => /token/i.test(claim)).length).toBeGreaterThanOrEqual(4)
  })

  it.each([
    ['no subject', `,${subject}`, ''],
    ['no audience', '"oidc:aud":"sts.aliyuncs.com",', ''],
    ['no issuer', '"oidc:iss":"https://sluice.example.com",', ''],
    ['another issuer', 'https://sluice.example.com', 'https://sluice.example.org'],
    ['another provider', 'oidc-provider/sluice-sluice.example.com', 'oidc-provider/sluice-sluice.example.org'],
    ['the provider of another account', `${CUSTOMER}:oidc-provider`, `${OTHER}:oidc-provider`],
    [
      'everybody of the account',
      `"Federated":["acs:ram::${CUSTOMER}:oidc-provider/sluice-sluice.example.com"]`,
      `"RAM":["acs:ram::${CUSTOMER}:root"]`,
    ],
  ])('withholds a setup with %s', (_name, from, to) => {
    expect(() => proveSetup(plan, tampered(documents, 'trust', from, to))).toThrow(withheld)
  })

  it('withholds a setup that takes any connection of the project', () => {
    const like = tampered(documents, 'trust', '"StringEquals":{', '"StringLike":{')
    expect(() => proveSetup(plan, tampered(like, 'trust', ':conn_a2c4e6g2i4k6m2o4q6s2', ':*'))).toThrow(withheld)
  })
})
