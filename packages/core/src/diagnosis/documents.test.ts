import { describe, expect, it } from 'vitest'
import { diagnoseCase, diagnoseText } from './index.ts'

/** What one vendor's page of error messages documents, as printed there, and the solution that stands beside each. */
const MESSAGES: readonly (readonly [text: string, cause: string, solution: RegExp])[] = [
  ['"bucket region not match, want[us-west-1] got[us-west-2]"', 'aws.region', /us-west-2.*bucket in the region it wants/s],
  [
    'check bucket failed: get bucket location: operation error S3: GetBucketLocation, https response error StatusCode: 404, RequestID: ..., HostID: ..., api error NoSuchBucket: The specified bucket does not exis',
    'aws.bucket_missing',
    /Compare the name in the connection with the one in the S3 console/,
  ],
  [
    'check bucket failed: get bucket location: operation error S3: GetBucketLocation, https response error StatusCode: 403 ...',
    'aws.id.action_missing',
    /Add exactly .* on /,
  ],
  [
    'try assume role from[zilliz-role] to [arn:aws:iam::041623484421:role/testoss121703] with externalId[zilliz-external-1umVCIK7q96kzDE] failed',
    'aws.sts.external_id',
    /Paste the external id/,
  ],
]

describe('an error message that a vendor documents', () => {
  it.each(MESSAGES)('%s', (text, cause, solution) => {
    for (const [before, after] of [
      ['', ''],
      ['2026-11-22 10:00:00 ERROR ', '\n'],
      ['```plaintext\n', '\n```'],
    ]) {
      const { findings } = diagnoseText(`${before}${text}${after}`)
      const [first] = findings
      expect(first?.cause).toBe(cause)
      expect(first?.remedy.summary).toMatch(solution)
      expect(JSON.stringify(findings)).not.toContain('1umVCIK7q96kzDE')
    }
  })

  it('about a role says all that the page says to compare: the ARN, the external id and the trust policy', () => {
    const text = MESSAGES[3]?.[0] ?? ''
    const [first] = diagnoseText(text).findings
    expect([first?.cause, ...(first?.alternatives ?? [])]).toEqual(
      expect.arrayContaining(['aws.sts.role_missing', 'aws.sts.external_id', 'aws.sts.trust_principal']),
    )
  })

  it('about the location names the action', () => {
    const [first] = diagnoseText(MESSAGES[2]?.[0] ?? '').findings
    expect(`${first?.remedy.summary} ${first?.meaning}`).toContain('s3:GetBucketLocation')
  })
})

const ROLE = 'arn:aws:iam::105880447796:role/reader'
const KEY = 'arn:aws:kms:ap-northeast-1:105880447796:key/c3046e91-fdfc-4f3a-acff-00597dd3801f'
const COPIED = 'arn:aws:kms:ap-northeast-1:495580073302:key/0d7926a7-6ecc-4bf7-a9c1-a38f0faec0cd'
const BUCKET = 'arn:aws:s3:::tidb-cloud-source-data'
const SAMPLE = {
  Version: '2012-10-17',
  Statement: [
    { Sid: 'VisualEditor0', Effect: 'Allow', Action: ['s3:GetObject', 's3:GetObjectVersion'], Resource: `${BUCKET}/mydata/*` },
    { Sid: 'VisualEditor1', Effect: 'Allow', Action: ['s3:ListBucket', 's3:GetBucketLocation'], Resource: BUCKET },
    { Sid: 'AllowKMSkey', Effect: 'Allow', Action: ['kms:Decrypt'], Resource: KEY },
  ],
}
const TRUST = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::380838443567:root' },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'sts:ExternalId': '696e6672612d617069a79c22fa5740944bf8bb32e4a0c4e3fe' } },
    },
  ],
}
const ENCRYPTION = { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY } }] }
const sample = (changes: { readonly [name: string]: object | string }, observations: readonly object[] = []) =>
  JSON.parse(
    JSON.stringify({
      cloud: 'aws',
      connection: {
        method: 'role',
        principal: 'arn:aws:iam::380838443567:role/cloud',
        roleArn: ROLE,
        externalId: '696e6672612d617069a79c22fa5740944bf8bb32e4a0c4e3fe',
        location: 's3://tidb-cloud-source-data/mydata/',
        access: ['list', 'read'],
      },
      observations,
      documents: { rolePolicies: [SAMPLE], trustPolicy: TRUST, ownership: 'BucketOwnerEnforced', encryption: ENCRYPTION, ...changes },
    }),
  )
const denied = (operation: string, message: string) => ({
  operation,
  target: 's3://tidb-cloud-source-data/mydata/a.csv',
  status: 403,
  code: 'AccessDenied',
  message,
})
const SESSION = 'User: arn:aws:sts::105880447796:assumed-role/reader/x is not authorized to perform:'
const without = (text: string) => JSON.parse(JSON.stringify(SAMPLE).replace(text, text.replace('/*', '')))

describe('the checks of one vendor’s page about denied imports, each made by itself', () => {
  it('are all passed by the page’s own sample', () => {
    expect(diagnoseCase(sample({}))).toMatchObject({ verdict: 'ok', findings: [], security: [] })
  })

  it.each([
    [
      'the policy of the IAM role: /* is missing',
      sample({ rolePolicies: [without(`${BUCKET}/mydata/*`)] }),
      'aws.id.object_arn',
      /IAM console > Roles > reader > Permissions/,
    ],
    [
      'the policy of the IAM role: the key is missing',
      sample({ rolePolicies: [{ ...SAMPLE, Statement: SAMPLE.Statement.slice(0, 2) }] }),
      'aws.kms.identity',
      /IAM console > Roles > reader/,
    ],
    [
      'the policy of the IAM role: the key of the bucket that objects were copied from is missing',
      sample({}, [
        {
          operation: 'HeadObject',
          target: 's3://tidb-cloud-source-data/mydata/a.csv',
          status: 200,
          headers: { 'x-amz-server-side-encryption-aws-kms-key-id': COPIED },
        },
        denied('GetObject', `${SESSION} kms:Decrypt on resource: ${COPIED} because no identity-based policy allows the kms:Decrypt action`),
      ]),
      'aws.kms.foreign_key',
      /KMS console/,
    ],
    [
      'the bucket policy: a Deny',
      sample({
        bucketPolicy: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:GetObject', Resource: `${BUCKET}/*` }],
        },
      }),
      'aws.rp.deny',
      /S3 console > Buckets > tidb-cloud-source-data > Permissions > Bucket policy/,
    ],
    [
      'the trust entity: the account',
      sample({ trustPolicy: JSON.parse(JSON.stringify(TRUST).replace('380838443567', '380838443568')) }),
      'aws.sts.trust_principal',
      /Trust relationships/,
    ],
    [
      'the trust entity: the external id',
      sample({ trustPolicy: JSON.parse(JSON.stringify(TRUST).replace('696e66', '696E66')) }),
      'aws.sts.external_id',
      /Trust relationships/,
    ],
    [
      'the object ownership',
      sample({ ownership: 'ObjectWriter' }, [
        {
          operation: 'ListObjectsV2',
          target: 's3://tidb-cloud-source-data/mydata/',
          status: 200,
          message:
            '<ListBucketResult><Contents><Key>mydata/a.csv</Key><Owner><ID>9f</ID></Owner></Contents><Contents><Key>mydata/b.csv</Key><Owner><ID>75</ID></Owner></Contents><Contents><Key>mydata/c.csv</Key><Owner><ID>75</ID></Owner></Contents></ListBucketResult>',
        },
        denied('GetObject', '<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>'),
      ]),
      'aws.own.foreign_object',
      /Permissions > Object Ownership/,
    ],
    [
      'the encryption type: an AWS managed key of another account',
      sample({ encryption: { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }] } }, [
        denied(
          'GetObject',
          'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
        ),
      ]),
      'aws.kms.managed_key',
      /Properties > Default encryption/,
    ],
  ])('%s', (_, given, cause, where) => {
    const [first] = diagnoseCase(given).findings
    expect(first?.cause).toBe(cause)
    expect(first?.certainty).not.toBe('group')
    expect(first?.remedy.where).toMatch(where)
  })

  it('do not blame what the page blames wrongly: ownership that is not enforced, and aws/s3 within one account', () => {
    const managed = { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }] }
    expect(diagnoseCase(sample({ ownership: 'BucketOwnerPreferred' }))).toMatchObject({ verdict: 'ok', findings: [] })
    expect(diagnoseCase(sample({ ownership: 'ObjectWriter', encryption: managed }))).toMatchObject({ verdict: 'ok', findings: [] })
  })
})
