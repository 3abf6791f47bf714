import { xmlAnswer, type Answer } from '../../http/answer.ts'
import type { LabRequest } from '../../http/request.ts'
import { S3_REFUSALS } from '../auth/refusals.ts'
import { verifyRequest } from '../auth/verify.ts'
import { judge } from '../authorize.ts'
import { callerOf } from '../caller.ts'
import type { Call, Identified } from '../call.ts'
import { AwsError, notImplemented } from '../error.ts'
import { secretKey, sessionToken, uniqueId } from '../state/ids.ts'
import { prepared } from '../state/policies.ts'
import { presentPolicy } from '../state/principals.ts'
import { S3_NAMESPACE } from './xml.ts'

// NAME--ZONE--x-s3.s3express-ZONE.REGION.amazonaws.com
const HOST = /^([a-z0-9-]+--x-s3)\.s3express-[a-z0-9-]+\.([a-z]{2}(?:-[a-z]+)+-\d+)\.amazonaws\.com$/

const SESSION_MS = 5 * 60_000

/** Whether a host is that of a directory bucket. */
export function isDirectoryHost(host: string): boolean {
  return HOST.test(host)
}

/** Recognises a request to a directory bucket: its session is asked for as IAM has it, and the lab serves no more than that. */
export function identifyDirectory(request: LabRequest, refuse: (error: AwsError) => Answer): Identified {
  const [, bucket = ''] = HOST.exec(request.host) ?? []
  const isSession = request.method === 'GET' && request.query.some(([name]) => name === 'session')
  const operation = isSession ? 'CreateSession' : `${request.method} of a directory bucket`
  return {
    operation: `s3express.${operation}`,
    bucket,
    refuse,
    run: async (call) => {
      if (!isSession) throw notImplemented(operation)
      return createSession(call, bucket)
    },
  }
}

function createSession(call: Call, name: string): Answer {
  const { state, request } = call
  const verified = verifyRequest(state, request, {
    service: 's3express',
    refusals: S3_REFUSALS,
    region: HOST.exec(request.host)?.[2],
    wrongRegion: (given, expected) => `the region '${given}' is wrong; expecting '${expected}'`,
    payloadHash: () => request.headers.get('x-amz-content-sha256') ?? 'UNSIGNED-PAYLOAD',
  })
  const caller = callerOf(state, request, verified)
  call.identified(caller.arn)
  const bucket = state.directoryBuckets.get(name)
  if (!bucket) throw new AwsError(404, 'NoSuchBucket', 'The specified bucket does not exist', { details: [['BucketName', name]] })
  const { decision, message } = judge(caller, {
    action: 's3express:CreateSession',
    resource: bucket.arn,
    resourceAccount: bucket.accountId,
    ...(bucket.policy ? { resourcePolicy: prepared(state, `policy of ${name}`, presentPolicy(state, bucket.policy)) } : {}),
    context: { 's3express:SessionMode': request.headers.get('x-amz-create-session-mode') ?? 'ReadWrite' },
  })
  if (!decision.allowed) throw new AwsError(403, 'AccessDenied', message(caller.accountId === bucket.accountId))
  return xmlAnswer([
    `CreateSessionResult ${S3_NAMESPACE}`,
    [
      [
        'Credentials',
        [
          ['AccessKeyId', uniqueId(state.random, 'ASIA')],
          ['SecretAccessKey', secretKey(state.random)],
          ['SessionToken', sessionToken(state.random)],
          ['Expiration', new Date(state.clock.now() + SESSION_MS).toISOString()],
        ],
      ],
    ],
  ])
}
