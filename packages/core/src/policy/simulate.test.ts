import { expect, it } from 'vitest'
import type { JsonObject } from '../json.ts'
import type { S3Call } from './s3-call.ts'
import { simulateS3Call, type S3Simulation, type S3SimulationResult } from './simulate.ts'
import type { NamedPolicy, Principal } from './types.ts'

const KEY = 'arn:aws:kms:us-west-2:987654321987:key/0d7926a7-6ecc-4bf7-a9c1-a38f0faec0cd'
const ROLE: Principal = { kind: 'role-session', roleArn: 'arn:aws:iam::987654321987:role/lake-test', sessionName: 's' }
const BUCKET = 'arn:aws:s3:::test-bucket-123'

function policy(name: string, ...statements: readonly JsonObject[]): NamedPolicy {
  return { name, document: { Version: '2012-10-17', Statement: statements } }
}

const WRITES = policy('role.json', { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: `${BUCKET}/data/*` })
const KEY_POLICY = policy('key.json', { Effect: 'Allow', Principal: { AWS: '987654321987' }, Action: 'kms:*', Resource: '*' })

function simulate(call: S3Call, more: Partial<S3Simulation> = {}): S3SimulationResult {
  return simulateS3Call({ call, principal: ROLE, policies: { identity: [WRITES] }, ...more })
}

function lines({ needs }: S3SimulationResult): readonly string[] {
  return needs.map(({ need, decision }) => `${decision.allowed ? 'allowed' : `denied by ${decision.layer}`} ${need.action}`)
}

it('needs every permission of the call, the key of the object included', () => {
  const call: S3Call = { operation: 'PutObject', bucket: 'test-bucket-123', key: 'data/x', region: 'us-west-2', kms: { keyArn: KEY } }
  const keyed = simulate(call, { keyPolicies: { [KEY]: KEY_POLICY } })
  expect(keyed.allowed).toBe(false)
  expect(lines(keyed)).toEqual(['allowed s3:PutObject', 'denied by identity kms:GenerateDataKey'])
  const granted = policy('key-rights.json', { Effect: 'Allow', Action: 'kms:GenerateDataKey', Resource: KEY })
  expect(simulate(call, { policies: { identity: [WRITES, granted] }, keyPolicies: { [KEY]: KEY_POLICY } }).allowed).toBe(true)
  // Without its policy a key lets nobody in.
  expect(lines(simulate(call, { policies: { identity: [WRITES, granted] } }))).toEqual([
    'allowed s3:PutObject',
    'denied by resource kms:GenerateDataKey',
  ])
})

it('asks the bucket that a copy reads from by its own policy and owner', () => {
  const call: S3Call = { operation: 'CopyObject', bucket: 'test-bucket-123', key: 'data/x', source: { bucket: 'theirs', key: 'data/y' } }
  const reads = policy('reads.json', { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::theirs/*' })
  const policies = { identity: [WRITES, reads] }
  expect(lines(simulate(call, { policies, sourceOwner: '111122223333' }))).toEqual([
    'denied by resource s3:GetObject',
    'allowed s3:PutObject',
  ])
  const theirs = policy('theirs.json', {
    Effect: 'Allow',
    Principal: { AWS: ROLE.roleArn },
    Action: 's3:GetObject',
    Resource: 'arn:aws:s3:::theirs/*',
  })
  expect(simulate(call, { policies, sourceOwner: '111122223333', sourceBucketPolicy: theirs }).allowed).toBe(true)
  expect(simulate(call, { policies }).allowed).toBe(true)
})

it('takes the bucket for the principal’s own unless told', () => {
  const call: S3Call = { operation: 'GetObject', bucket: 'test-bucket-123', key: 'data/x' }
  expect(simulate(call).allowed).toBe(true)
  expect(lines(simulate(call, { bucketOwner: '123456789012' }))).toEqual(['denied by resource s3:GetObject'])
})

it('names the keys that matter and were not given', () => {
  const call: S3Call = { operation: 'GetObject', bucket: 'test-bucket-123', key: 'data/x' }
  const bucketPolicy = policy(
    'bucket.json',
    {
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: [BUCKET, `${BUCKET}/*`],
      Condition: {
        StringNotEqualsIfExists: { 'aws:SourceVpce': 'vpce-1' },
        Bool: { 'aws:SecureTransport': 'false' },
        StringEquals: { 's3:prefix': 'x' },
      },
    },
    {
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:PutObject',
      Resource: `${BUCKET}/*`,
      Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'false' } },
    },
  )
  // s3:prefix is no key of GetObject, and the second statement is about another action.
  expect(simulate(call, { bucketPolicy }).absentKeys).toEqual(['aws:SourceVpce', 'aws:SecureTransport'])
  const known = { 'aws:SourceVpce': 'vpce-2', 'aws:SecureTransport': 'true' }
  expect(simulate(call, { bucketPolicy, context: known }).absentKeys).toEqual([])
})

it('lets what was given override what follows from the call', () => {
  const call: S3Call = { operation: 'ListObjectsV2', bucket: 'test-bucket-123', prefix: 'data/' }
  const lists = policy('l.json', {
    Effect: 'Allow',
    Action: 's3:ListBucket',
    Resource: BUCKET,
    Condition: { StringEquals: { 's3:prefix': 'data/' } },
  })
  expect(simulate(call, { policies: { identity: [lists] } }).allowed).toBe(true)
  expect(simulate(call, { policies: { identity: [lists] }, context: { 's3:prefix': 'logs/' } }).allowed).toBe(false)
})
