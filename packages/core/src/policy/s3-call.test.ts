import { expect, it } from 'vitest'
import { expandS3Call, type S3Call } from './s3-call.ts'
import type { RequestContext } from './types.ts'

const OBJECT = { bucket: 'test-bucket-123', key: 'data/a' } as const
const KEY = 'arn:aws:kms:us-west-2:987654321987:key/1'

function contexts(call: S3Call): readonly RequestContext[] {
  return expandS3Call(call).map(({ context }) => context)
}

it('carries the parameters of a listing, and none that were not sent', () => {
  expect(contexts({ operation: 'ListObjectsV2', bucket: 'b', prefix: 'data/', delimiter: '/', maxKeys: 5 })).toEqual([
    { 's3:prefix': 'data/', 's3:delimiter': '/', 's3:max-keys': '5' },
  ])
  expect(contexts({ operation: 'ListObjectsV2', bucket: 'b' })).toEqual([{}])
  expect(contexts({ operation: 'ListObjectsV2', bucket: 'b', prefix: '' })).toEqual([{ 's3:prefix': '' }])
})

it('carries the headers of a write', () => {
  const call: S3Call = {
    operation: 'PutObject',
    ...OBJECT,
    encryptionHeader: 'aws:kms',
    encryptionKeyHeader: KEY,
    storageClass: 'STANDARD_IA',
    acl: 'bucket-owner-full-control',
    tags: { team: 'lake' },
  }
  const context = {
    's3:x-amz-acl': 'bucket-owner-full-control',
    's3:x-amz-server-side-encryption': 'aws:kms',
    's3:x-amz-server-side-encryption-aws-kms-key-id': KEY,
    's3:x-amz-storage-class': 'STANDARD_IA',
    's3:RequestObjectTagKeys': ['team'],
    's3:RequestObjectTag/team': 'lake',
  }
  expect(contexts(call)).toEqual([context, context, context])
})

it('carries the version read and the source copied', () => {
  expect(contexts({ operation: 'GetObject', ...OBJECT, versionId: 'v1' })).toEqual([{ 's3:VersionId': 'v1' }])
  expect(contexts({ operation: 'CopyObject', ...OBJECT, source: { bucket: 'from', key: 'x' } })).toEqual([
    {},
    { 's3:x-amz-copy-source': 'from/x' },
  ])
})

it('uses a key through S3 of the region, with the object as encryption context', () => {
  const [, key] = contexts({ operation: 'GetObject', ...OBJECT, region: 'us-west-2', kms: { keyArn: KEY } })
  expect(key).toEqual({
    'kms:ViaService': 's3.us-west-2.amazonaws.com',
    'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::test-bucket-123/data/a',
    'kms:EncryptionContextKeys': ['aws:s3:arn'],
  })
})

it('has the bucket as encryption context with a bucket key, and the suffix of the partition', () => {
  const [, key] = contexts({
    operation: 'PutObject',
    ...OBJECT,
    partition: 'aws-cn',
    region: 'cn-north-1',
    kms: { keyArn: KEY, bucketKey: true },
  })
  expect(key).toMatchObject({
    'kms:ViaService': 's3.cn-north-1.amazonaws.com.cn',
    'kms:EncryptionContext:aws:s3:arn': 'arn:aws-cn:s3:::test-bucket-123',
  })
})

it('does not let the headers of a write leak into the needs of its source', () => {
  const [read] = expandS3Call({ operation: 'CopyObject', ...OBJECT, acl: 'private', versionId: 'v', source: { bucket: 'from', key: 'x' } })
  expect(read).toEqual({ action: 's3:GetObject', resource: 'arn:aws:s3:::from/x', service: 's3', context: {} })
})
