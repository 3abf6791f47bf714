import { compile, evaluate, type AccessQuestion } from '@sluice/core'
import type { Bench } from '../row.ts'
import { atLeast, perSecond } from '../support/figures.ts'
import { middle } from '../support/measure.ts'

const identity = compile({
  name: 'lake-reader',
  document: {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 's3:ListBucket',
        Resource: 'arn:aws:s3:::test-bucket-123',
        Condition: { StringLike: { 's3:prefix': ['data/', 'data/*'] } },
      },
      { Effect: 'Allow', Action: ['s3:GetObject', 's3:GetObjectVersion'], Resource: 'arn:aws:s3:::test-bucket-123/data/*' },
      { Effect: 'Allow', Action: 's3:GetBucketLocation', Resource: 'arn:aws:s3:::test-bucket-123' },
      { Effect: 'Allow', Action: 'kms:Decrypt', Resource: 'arn:aws:kms:us-west-2:987654321987:key/*' },
    ],
  },
})

const bucketPolicy = compile({
  name: 'bucket policy',
  document: {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'TlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: ['arn:aws:s3:::test-bucket-123', 'arn:aws:s3:::test-bucket-123/*'],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
      {
        Sid: 'NetworkOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: ['arn:aws:s3:::test-bucket-123', 'arn:aws:s3:::test-bucket-123/*'],
        Condition: { NotIpAddress: { 'aws:SourceIp': ['203.0.113.0/24', '198.51.100.0/24'] } },
      },
    ],
  },
})

const reader = {
  principal: { kind: 'role-session', roleArn: 'arn:aws:iam::987654321987:role/lake-test', sessionName: 'bench' },
  resourceAccount: '987654321987',
  context: { 'aws:SecureTransport': 'true', 'aws:SourceIp': '203.0.113.7', 's3:prefix': 'data/' },
  policies: { identity: [identity], resource: bucketPolicy },
} as const

const questions: readonly AccessQuestion[] = [
  { ...reader, action: 's3:GetObject', resource: 'arn:aws:s3:::test-bucket-123/data/2024/part-0001.parquet' },
  { ...reader, action: 's3:ListBucket', resource: 'arn:aws:s3:::test-bucket-123' },
  { ...reader, action: 's3:PutObject', resource: 'arn:aws:s3:::test-bucket-123/data/2024/part-0001.parquet' },
  { ...reader, action: 's3:GetObject', resource: 'arn:aws:s3:::test-bucket-123/other/part-0001.parquet' },
]

function rate(explain: boolean): number {
  const count = 40_000
  const round = (): void => {
    for (let index = 0; index < count; index++) {
      const question = questions[index % questions.length]
      if (question) evaluate(question, { explain })
    }
  }
  round()
  const begin = performance.now()
  round()
  return count / ((performance.now() - begin) / 1000)
}

/** Policy decisions over prepared policies: six statements, a third of them not matching. */
export const policy: Bench = {
  name: 'policy',
  run({ progress, runs }) {
    progress('policy decisions')
    const measure = (explain: boolean) =>
      middle(
        Array.from({ length: runs }, () => rate(explain)),
        (perSecond) => perSecond,
      )
    const explained = measure(true)
    return Promise.resolve([
      {
        id: 'policy-evaluation',
        work: 'policy decisions with explanations',
        sluice: perSecond(explained),
        claims: [atLeast('100,000 a second', perSecond(explained), 100_000)],
        notes: [`without explanations: ${Math.round(measure(false)).toLocaleString('en-US')} a second`],
      },
    ])
  },
}
