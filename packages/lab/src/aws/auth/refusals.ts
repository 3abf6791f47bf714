import type { XmlNode } from '../../http/xml.ts'
import { AwsError } from '../error.ts'
import { formatTimestamp } from './canonical.ts'
import { isoSeconds } from '../../state/iso-seconds.ts'

export const MAX_SKEW_MS = 15 * 60_000

/** Why a request could not be authenticated; each service words these in its own way. */
export interface AuthRefusals {
  malformed(message: string, presigned: boolean): AwsError
  unsupported(): AwsError
  missing(): AwsError
  unknownKey(accessKeyId: string): AwsError
  badToken(): AwsError
  expiredToken(): AwsError
  mismatch(accessKeyId: string, signature: string, stringToSign: string, canonical: string): AwsError
  skewed(timestamp: string, time: number, now: number): AwsError
  wrongScope(message: string, region?: string): AwsError
}

const bytesOf = (text: string): string => Array.from(Buffer.from(text), (byte) => byte.toString(16).padStart(2, '0')).join(' ')

/** S3's words. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export const S3_REFUSALS: AuthRefusals = {
  malformed: (message, presigned) =>
    presigned
      ? new AwsError(400, 'AuthorizationQueryParametersError', message)
      : new AwsError(400, 'AuthorizationHeaderMalformed', `The authorization header is malformed; ${message}`),
  unsupported: () =>
    new AwsError(400, 'InvalidRequest', 'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.'),
  missing: () => new AwsError(403, 'AccessDenied', 'Access Denied'),
  unknownKey: (accessKeyId) =>
    new AwsError(403, 'InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.', {
      details: [['AWSAccessKeyId', accessKeyId]],
    }),
  badToken: () => new AwsError(400, 'InvalidToken', 'The provided token is malformed or otherwise invalid.'),
  expiredToken: () => new AwsError(400, 'ExpiredToken', 'The provided token has expired.'),
  mismatch: (accessKeyId, signature, toSign, canonical) =>
    new AwsError(
      403,
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
      {
        details: [
          ['AWSAccessKeyId', accessKeyId],
          ['StringToSign', toSign],
          ['SignatureProvided', signature],
          ['StringToSignBytes', bytesOf(toSign)],
          ['CanonicalRequest', canonical],
          ['CanonicalRequestBytes', bytesOf(canonical)],
        ],
      },
    ),
  skewed: (timestamp, _time, now) =>
    new AwsError(403, 'RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.', {
      details: [
        ['RequestTime', timestamp],
        ['ServerTime', isoSeconds(now)],
        ['MaxAllowedSkewMilliseconds', String(MAX_SKEW_MS)],
      ],
    }),
  wrongScope(message, region) {
    const details: readonly XmlNode[] = region === undefined ? [] : [['Region', region]]
    return new AwsError(400, 'AuthorizationHeaderMalformed', `The authorization header is malformed; ${message}`, { details })
  },
}

/** The words of STS and IAM. */
export const QUERY_REFUSALS: AuthRefusals = {
  malformed: (message) => new AwsError(400, 'IncompleteSignature', message),
  unsupported: () => new AwsError(400, 'IncompleteSignature', 'Authorization header requires the AWS4-HMAC-SHA256 algorithm.'),
  missing: () => new AwsError(403, 'MissingAuthenticationToken', 'Request is missing Authentication Token'),
  unknownKey: () => new AwsError(403, 'InvalidClientTokenId', 'The security token included in the request is invalid.'),
  badToken: () => new AwsError(403, 'InvalidClientTokenId', 'The security token included in the request is invalid'),
  expiredToken: () => new AwsError(403, 'ExpiredToken', 'The security token included in the request is expired'),
  mismatch: () =>
    new AwsError(
      403,
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    ),
  skewed(timestamp, time, now) {
    const server = formatTimestamp(now)
    const message =
      time < now
        ? `Signature expired: ${timestamp} is now earlier than ${formatTimestamp(now - MAX_SKEW_MS)} (${server} - 15 min.)`
        : `Signature not yet current: ${timestamp} is still later than ${formatTimestamp(now + MAX_SKEW_MS)} (${server} + 15 min.)`
    return new AwsError(403, 'SignatureDoesNotMatch', message)
  },
  wrongScope: (message) => new AwsError(403, 'SignatureDoesNotMatch', message),
}

/** The words of KMS, whose errors are JSON and mostly 400. */
export const JSON_REFUSALS: AuthRefusals = {
  malformed: (message) => new AwsError(400, 'IncompleteSignatureException', message),
  unsupported: () => new AwsError(400, 'IncompleteSignatureException', 'Authorization header requires the AWS4-HMAC-SHA256 algorithm.'),
  missing: () => new AwsError(400, 'MissingAuthenticationTokenException', 'Missing Authentication Token'),
  unknownKey: () => new AwsError(400, 'UnrecognizedClientException', 'The security token included in the request is invalid.'),
  badToken: () => new AwsError(400, 'UnrecognizedClientException', 'The security token included in the request is invalid.'),
  expiredToken: () => new AwsError(400, 'ExpiredTokenException', 'The security token included in the request is expired'),
  mismatch: () => new AwsError(400, 'InvalidSignatureException', QUERY_REFUSALS.mismatch('', '', '', '').message),
  skewed: (timestamp, time, now) => new AwsError(400, 'InvalidSignatureException', QUERY_REFUSALS.skewed(timestamp, time, now).message),
  wrongScope: (message) => new AwsError(400, 'InvalidSignatureException', message),
}
