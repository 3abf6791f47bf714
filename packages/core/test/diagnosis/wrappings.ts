/** What one refusal says, without what printed it. */
export interface Refusal {
  readonly operation: string
  readonly code: string
  readonly message: string
  readonly status: number
}

/** How clients print a refusal, by what they are called. */
export type Wrappings = { readonly [by: string]: (refusal: Refusal) => string }

/** How the SDKs and tools of AWS print the same refusal. Each is written by hand from what such a client prints. */
export const AWS_WRAPPINGS: Wrappings = {
  'AWS CLI': ({ operation, code, message }) => `\nAn error occurred (${code}) when calling the ${operation} operation: ${message}\n`,
  'boto3, with retries': ({ operation, code, message }) =>
    `Traceback (most recent call last):\n  File "job.py", line 3, in <module>\nbotocore.exceptions.ClientError: An error occurred (${code}) when calling the ${operation} operation (reached max retries: 4): ${message}`,
  'SDK for Go v2': ({ operation, code, message, status }) =>
    `check bucket failed: operation error S3: ${operation}, https response error StatusCode: ${status}, RequestID: 4442587FB7D0A2F9, HostID: gRb=, api error ${code}: ${message}`,
  'SDK for Go v1': ({ code, message, status }) =>
    `${code}: ${message}\n\tstatus code: ${status}, request id: 4442587FB7D0A2F9, host id: gRb=`,
  'SDK for Java v1': ({ code, message, status }) =>
    `com.amazonaws.services.s3.model.AmazonS3Exception: ${message} (Service: Amazon S3; Status Code: ${status}; Error Code: ${code}; Request ID: 4442587FB7D0A2F9; S3 Extended Request ID: gRb=; Proxy: null), S3 Extended Request ID: gRb=\n\tat com.amazonaws.http.AmazonHttpClient$RequestExecutor.handleErrorResponse(AmazonHttpClient.java:1879)`,
  'SDK for Java v2': ({ message, status }) =>
    `software.amazon.awssdk.services.s3.model.S3Exception: ${message} (Service: S3, Status Code: ${status}, Request ID: 4442587FB7D0A2F9, Extended Request ID: gRb=)`,
  'SDK for JavaScript v3': ({ code, message, status }) =>
    `${code}: ${message}\n    at throwDefaultError (node_modules/@smithy/smithy-client/dist-cjs/index.js:838:20) {\n  '$fault': 'client',\n  '$metadata': {\n    httpStatusCode: ${status},\n    requestId: '4442587FB7D0A2F9',\n    attempts: 1\n  },\n  Code: '${code}'\n}`,
  'SDK for Rust': ({ code, message }) =>
    `service error: unhandled error (${code}): Error { code: Some("${code}"), message: Some("${message.replaceAll('"', String.raw`\"`)}"), aws_request_id: Some("4442587FB7D0A2F9") }`,
  'SDK for C++': ({ operation, code, message }) =>
    `When reading information: AWS Error ${code.replaceAll(/([a-z])([A-Z])/g, '$1_$2').toUpperCase()} during ${operation} operation: ${message}`,
  'SDK for .NET': ({ code, message }) =>
    `Amazon.S3.AmazonS3Exception: ${message}\n ---> Amazon.Runtime.Internal.HttpErrorResponseException: Exception was thrown.\n   ErrorCode: ${code}`,
  'SDK for PHP': ({ operation, code, message, status }) =>
    `Error executing "${operation}" on "https://s3.us-west-2.amazonaws.com/"; AWS HTTP error: Client error: resulted in a \`${status} Forbidden\` response:\n<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${escaped(message)}</Message><RequestId>4442587FB7D0A2F9</RequestId></Error> ${code} (client): ${message}`,
  'SDK for Ruby': ({ code, message }) => `Aws::S3::Errors::${code}: ${message}`,
  OpenDAL: ({ operation, code, message, status }) =>
    `PermissionDenied (permanent) at ${operation}, context: { uri: https://s3.us-west-2.amazonaws.com/, response: Parts { status: ${status}, version: HTTP/1.1 } } => S3Error { code: "${code}", message: "${message.replaceAll('"', "'")}", resource: "", request_id: "4442587FB7D0A2F9" }`,
  s3cmd: ({ code, message, status }) => `ERROR: S3 error: ${status} (${code}): ${message}`,
  'an XML body': ({ code, message }) =>
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${escaped(message)}</Message><RequestId>4442587FB7D0A2F9</RequestId><HostId>gRb=</HostId></Error>`,
  'an STS body': ({ code, message }) =>
    `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n  <Error>\n    <Type>Sender</Type>\n    <Code>${code}</Code>\n    <Message>${escaped(message)}</Message>\n  </Error>\n  <RequestId>6e2b8c1a-6c0f</RequestId>\n</ErrorResponse>`,
  'a JSON body': ({ code, message }) => JSON.stringify({ __type: `com.amazonaws#${code}`, message }),
  'a JSON error': ({ code, message }) =>
    JSON.stringify({ Error: { Code: code, Message: message }, ResponseMetadata: { RequestId: '4442587FB7D0A2F9' } }),
  'a wrapper in Chinese': ({ operation, code, message }) => `调用 ${operation} 操作时发生错误 (${code}): ${message}`,
  'a wrapper in German': ({ operation, code, message }) =>
    `Beim Aufruf der Operation ${operation} ist ein Fehler aufgetreten (${code}): ${message}`,
  'the words alone': ({ message }) => message,
}

/** A text as XML has it. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
