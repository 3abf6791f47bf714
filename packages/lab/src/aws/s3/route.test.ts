import { expect, it } from 'vitest'
import { queryRequest } from '../../http/request.fixture.ts'
import { routeS3 } from './route.ts'

it.each([
  ['s3.amazonaws.com', '/', { operation: 'ListBuckets', pathStyle: true }],
  ['s3.amazonaws.com', '/b/k', { bucket: 'b', key: 'k', endpointRegion: 'us-east-1', pathStyle: true }],
  ['b.s3.amazonaws.com', '/k/l', { bucket: 'b', key: 'k/l', pathStyle: false }],
  ['b.s3.eu-central-1.amazonaws.com', '/k', { bucket: 'b', key: 'k', endpointRegion: 'eu-central-1' }],
  ['b.with.dots.s3.us-west-2.amazonaws.com', '/', { bucket: 'b.with.dots', operation: 'ListObjects' }],
  ['b.s3-us-west-2.amazonaws.com', '/k', { bucket: 'b', endpointRegion: 'us-west-2' }],
  ['b.s3.dualstack.us-west-2.amazonaws.com', '/k', { bucket: 'b', endpointRegion: 'us-west-2' }],
  ['s3.cn-north-1.amazonaws.com.cn', '/b/k', { bucket: 'b', key: 'k', endpointRegion: 'cn-north-1', pathStyle: true }],
  ['s3.us-gov-west-1.amazonaws.com', '/b', { bucket: 'b', endpointRegion: 'us-gov-west-1' }],
  ['127.0.0.1', '/b/a%20b%2Fc', { bucket: 'b', key: 'a b/c', pathStyle: true }],
])('finds bucket and key at %s%s', (host, rawPath, expected) => {
  expect(routeS3(queryRequest({ host, rawPath }))).toMatchObject(expected)
})

it.each([
  ['GET', '/b?list-type=2', 'ListObjectsV2'],
  ['GET', '/b?list-type=2&x-id=ListObjectsV2', 'ListObjectsV2'],
  ['GET', '/b?versions', 'ListObjectVersions'],
  ['GET', '/b?uploads', 'ListMultipartUploads'],
  ['HEAD', '/b', 'HeadBucket'],
  ['PUT', '/b', 'CreateBucket'],
  ['DELETE', '/b', 'DeleteBucket'],
  ['POST', '/b?delete', 'DeleteObjects'],
  ['GET', '/b?policy', 'GetBucketPolicy'],
  ['GET', '/b?policyStatus', 'GetBucketPolicyStatus'],
  ['PUT', '/b?lifecycle', 'PutBucketLifecycleConfiguration'],
  ['POST', '/b/k?uploads', 'CreateMultipartUpload'],
  ['PUT', '/b/k?uploadId=x&partNumber=1', 'UploadPart'],
  ['POST', '/b/k?uploadId=x', 'CompleteMultipartUpload'],
  ['DELETE', '/b/k?uploadId=x', 'AbortMultipartUpload'],
  ['GET', '/b/k?uploadId=x', 'ListParts'],
  ['GET', '/b/k?tagging', 'GetObjectTagging'],
  ['POST', '/b/k?restore', 'RestoreObject'],
  ['GET', '/b/k', 'GetObject'],
  // An empty value is not the parameter's absence.
  ['GET', '/b?location=', 'GetBucketLocation'],
])('knows %s %s as %s', (method, target, operation) => {
  expect(routeS3(queryRequest({ method, target })).operation).toBe(operation)
})

it('tells a copy from an upload by its header', () => {
  const headers = new Map([['x-amz-copy-source', 'b/k']])
  expect(routeS3(queryRequest({ method: 'PUT', target: '/b/k', headers })).operation).toBe('CopyObject')
  expect(routeS3(queryRequest({ method: 'PUT', target: '/b/k?uploadId=x&partNumber=1', headers })).operation).toBe('UploadPartCopy')
})
