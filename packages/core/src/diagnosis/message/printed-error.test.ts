import { expect, it } from 'vitest'
import { readPrintedError } from './printed-error.ts'

const TEXT =
  'User: arn:aws:sts::987654321987:assumed-role/lake/s is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::b" because no identity-based policy allows the s3:ListBucket action'

it.each([
  [
    'AWS CLI',
    `\nAn error occurred (AccessDenied) when calling the ListObjectsV2 operation: ${TEXT}\n`,
    { code: 'AccessDenied', operation: 'ListObjectsV2', message: TEXT },
  ],
  [
    'boto3, with retries',
    `botocore.exceptions.ClientError: An error occurred (SlowDown) when calling the GetObject operation (reached max retries: 4): Please reduce your request rate.`,
    { code: 'SlowDown', operation: 'GetObject', message: 'Please reduce your request rate.' },
  ],
  [
    'AWS SDK for Go v2',
    'check bucket failed: get bucket location: operation error S3: GetBucketLocation, https response error StatusCode: 404, RequestID: ABC, HostID: x=, api error NoSuchBucket: The specified bucket does not exist',
    { status: 404, code: 'NoSuchBucket', operation: 'GetBucketLocation', message: 'The specified bucket does not exist' },
  ],
  [
    'AWS SDK for Go v2, cut off',
    'get bucket location: operation error S3: GetBucketLocation, https response error StatusCode: 403 ...',
    { status: 403, operation: 'GetBucketLocation' },
  ],
  [
    'AWS SDK for Go v1',
    'AccessDenied: Access Denied\n\tstatus code: 403, request id: 4442587FB7D0A2F9, host id: gRb',
    { status: 403, code: 'AccessDenied', message: 'Access Denied', requestId: '4442587FB7D0A2F9' },
  ],
  [
    'AWS SDK for Java v1',
    'com.amazonaws.services.s3.model.AmazonS3Exception: Access Denied (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied; Request ID: 4442587FB7D0A2F9; S3 Extended Request ID: x; Proxy: null)\n\tat com.amazonaws.http.AmazonHttpClient',
    { status: 403, code: 'AccessDenied', message: 'Access Denied', requestId: '4442587FB7D0A2F9' },
  ],
  [
    'AWS SDK for Java v2',
    'software.amazon.awssdk.services.s3.model.S3Exception: Access Denied (Service: S3, Status Code: 403, Request ID: 4442587FB7D0A2F9, Extended Request ID: x)',
    { status: 403, message: 'Access Denied', requestId: '4442587FB7D0A2F9' },
  ],
  [
    'AWS SDK for JavaScript v3',
    `AccessDenied: Access Denied\n    at throwDefaultError (index.js:1:1) {\n  '$fault': 'client',\n  '$metadata': { httpStatusCode: 403, requestId: '4442587FB7D0A2F9' },\n  Code: 'AccessDenied'\n}`,
    { status: 403, code: 'AccessDenied', message: 'Access Denied', requestId: '4442587FB7D0A2F9' },
  ],
  [
    'OpenDAL',
    'PermissionDenied (permanent) at list, context: { uri: https://s3.x/, response: Parts { status: 403, version: HTTP/1.1 } } => S3Error { code: "AccessDenied", message: "Access Denied", resource: "", request_id: "4442587FB7D0A2F9" }',
    { status: 403, code: 'AccessDenied', message: 'Access Denied' },
  ],
  [
    'an XML body',
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Access &amp; more</Message><RequestId>4442587FB7D0A2F9</RequestId><HostId>h</HostId></Error>`,
    { code: 'AccessDenied', message: 'Access & more', requestId: '4442587FB7D0A2F9', fields: { HostId: 'h' } },
  ],
  [
    'an XML body, cut off',
    '<Error><Code>AccessDenied</Code><Message>User: arn:aws:sts::9876',
    { code: 'AccessDenied', message: 'User: arn:aws:sts::9876' },
  ],
  [
    'an STS body',
    '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n <Error>\n  <Type>Sender</Type>\n  <Code>AccessDenied</Code>\n  <Message>no</Message>\n </Error>\n <RequestId>r-1</RequestId>\n</ErrorResponse>',
    { code: 'AccessDenied', message: 'no', requestId: 'r-1' },
  ],
  [
    'Google JSON',
    '{"error":{"code":403,"message":"sa@p.iam.gserviceaccount.com does not have storage.objects.list access","errors":[{"message":"m","domain":"global","reason":"forbidden"}]}}',
    { status: 403, code: 'forbidden', message: 'sa@p.iam.gserviceaccount.com does not have storage.objects.list access' },
  ],
  [
    'OAuth',
    '{"error":"invalid_grant","error_description":"Invalid JWT Signature."}',
    { code: 'invalid_grant', message: 'Invalid JWT Signature.' },
  ],
  [
    'Google client for Go',
    'googleapi: Error 403: sa@p does not have storage.objects.get access to the Google Cloud Storage object., forbidden',
    { status: 403, code: 'forbidden', message: 'sa@p does not have storage.objects.get access to the Google Cloud Storage object.' },
  ],
  [
    'Google client for Python',
    'google.api_core.exceptions.Forbidden: 403 GET https://storage.googleapis.com/storage/v1/b/x?prettyPrint=false: sa@p does not have storage.buckets.get access',
    { status: 403, message: 'sa@p does not have storage.buckets.get access' },
  ],
  [
    'Azure SDK for Python',
    'azure.core.exceptions.HttpResponseError: This request is not authorized to perform this operation using this permission.\nRequestId:a2cae3a0-0001\nTime:2026-01-01T00:00:00Z\nErrorCode:AuthorizationPermissionMismatch',
    { code: 'AuthorizationPermissionMismatch', requestId: 'a2cae3a0-0001' },
  ],
  [
    'Azure SDK for Go',
    'GET https://acct.blob.core.windows.net/c\n--------------------------------------------------------------------------------\nRESPONSE 403: 403 This request is not authorized to perform this operation.\nERROR CODE: AuthorizationFailure\n',
    { status: 403, code: 'AuthorizationFailure' },
  ],
  [
    'Entra ID',
    'AADSTS700213: No matching federated identity record found for presented assertion subject. Trace ID: x',
    { code: 'AADSTS700213' },
  ],
  [
    'OSS SDK for Go',
    'oss: service returned error: StatusCode=403, ErrorCode=AccessDenied, ErrorMessage="You have no right to access this object.", RequestId=5C3D9175B6FC201293AD4890, Ec=0003-00000001',
    { status: 403, code: 'AccessDenied', message: 'You have no right to access this object.', requestId: '5C3D9175B6FC201293AD4890' },
  ],
  [
    'OSS SDK for Python',
    "oss2.exceptions.AccessDenied: {'status': 403, 'x-oss-request-id': '5C3D9175', 'details': {'Code': 'AccessDenied', 'Message': 'no right', 'EC': '0003-00000001'}}",
    { status: 403, code: 'AccessDenied', message: 'no right', fields: { EC: '0003-00000001' } },
  ],
  [
    'a platform that counts its own errors',
    JSON.stringify({
      code: 40021,
      message: 'get bucket location: operation error S3: GetBucketLocation, https response error StatusCode: 403 ...',
    }),
    { status: 403, operation: 'GetBucketLocation' },
  ],
  [
    'a program that logs JSON',
    JSON.stringify({ level: 'error', msg: 'import failed', error: 'AccessDenied: Access Denied' }),
    { code: 'AccessDenied' },
  ],
  ['a bare text', 'Access Denied', { message: 'Access Denied' }],
  ['a bare code', 'ExpiredToken', { code: 'ExpiredToken' }],
])('takes the wrapping of %s off', (_, text, expected) => {
  expect(readPrintedError(text)).toMatchObject(expected)
  // Colours and the line ends of another system change nothing.
  expect(readPrintedError(`\u001B[31m${text.replaceAll('\n', '\r\n')}\u001B[0m`)).toMatchObject(expected)
})
