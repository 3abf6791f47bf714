import { xmlAnswer, type Answer } from '../../http/answer.ts'
import type { CloudCall } from '../../http/cloud.ts'
import type { LabRequest } from '../../http/request.ts'
import { writeXml, type XmlNode } from '../../http/xml.ts'
import { verifyOssRequest } from '../auth/verify-oss.ts'
import { deniedFields } from '../authorize.ts'
import { aliyunCaller } from '../caller.ts'
import { AliyunError, notImplemented } from '../error.ts'
import type { AliyunState, OssBucket } from '../state/types.ts'
import type { OssServiceCall } from './context.ts'
import { leaveUnanswered } from './network.ts'
import { OSS_BUCKET_OPERATIONS, OSS_SERVICE_OPERATIONS } from './operations.ts'
import { checkReferer } from './referer.ts'
import { checkStanding } from './standing.ts'
import type { OssTarget } from './target.ts'

/** Answers a request to OSS. */
export async function runOss(state: AliyunState, call: CloudCall, target: OssTarget): Promise<Answer> {
  const { request } = call
  if (target.operation === 'SecondLevelDomain')
    throw new AliyunError(
      403,
      'SecondLevelDomainForbidden',
      'The bucket you are attempting to access must be addressed using OSS third level domain.',
      { ec: '0016-00000403' },
    )
  if (target.isInternal && state.origin.vpc === undefined) return leaveUnanswered(call)
  const bucket = target.bucket === undefined ? undefined : state.buckets.get(target.bucket)
  if (bucket) checkEndpoint(bucket, target)
  const credential = verifyOssRequest(state, request, { bucket: target.bucket, region: target.region })
  const caller = aliyunCaller(state, request, credential)
  call.identified(caller.arn)
  checkStanding(state, caller, bucket)
  const serviceCall: OssServiceCall = { ...call, state, caller, target }
  const forService = OSS_SERVICE_OPERATIONS[target.operation]
  if (forService) return forService(serviceCall)
  const operation = OSS_BUCKET_OPERATIONS[target.operation]
  if (!operation || target.bucket === undefined) throw notImplemented(`oss:${target.operation}`)
  if (!bucket)
    throw new AliyunError(404, 'NoSuchBucket', 'The specified bucket does not exist.', {
      ec: '0015-00000101',
      details: [['BucketName', target.bucket]],
    })
  if (target.key !== undefined) checkReferer(bucket, request)
  return operation({ ...serviceCall, bucket, key: target.key ?? '' })
}

// Asked at the endpoint of another region, OSS says where the bucket is before it looks at who asks.
function checkEndpoint({ region, name }: OssBucket, target: OssTarget): void {
  if (target.region === region) return
  throw new AliyunError(
    403,
    'AccessDenied',
    'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
    {
      ec: '0003-00001403',
      details: [
        ['Bucket', name],
        ['Endpoint', `oss-${region}.aliyuncs.com`],
      ],
    },
  )
}

/** Words an error the way OSS does; the answer to HEAD carries it in a header, having no body. */
export function refuseOss(error: AliyunError, request: LabRequest): Answer {
  const root: XmlNode = [
    'Error',
    [
      ['Code', error.code],
      ['Message', error.message],
      ['RequestId', request.id],
      ['HostId', request.host],
      ...error.details,
      ...(error.denied ? [['AccessDeniedDetail', Object.entries(deniedFields(error.denied))] as const] : []),
      ...(error.ec === undefined ? [] : ecNodes(error.ec)),
    ],
  ]
  const headers = {
    ...error.headers,
    ...(error.ec === undefined ? {} : { 'x-oss-ec': error.ec }),
    ...(request.method === 'HEAD' ? { 'x-oss-err': Buffer.from(writeXml(root)).toString('base64') } : {}),
  }
  return { ...xmlAnswer(root, headers, error.status), code: error.code }
}

function ecNodes(ec: string): readonly XmlNode[] {
  return [
    ['EC', ec],
    ['RecommendDoc', `https://api.aliyun.com/troubleshoot?q=${ec}`],
  ]
}
