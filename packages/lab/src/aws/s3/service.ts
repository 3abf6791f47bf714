import { xmlAnswer, type Answer } from '../../http/answer.ts'
import { queryValue, type LabRequest } from '../../http/request.ts'
import type { XmlNode } from '../../http/xml.ts'
import { S3_REFUSALS } from '../auth/refusals.ts'
import { verifyRequest } from '../auth/verify.ts'
import { callerOf, type Caller } from '../caller.ts'
import type { Call, Identified } from '../call.ts'
import { AwsError, notImplemented } from '../error.ts'
import type { AccessPoint, AwsState, Bucket, VpcEndpoint } from '../state/types.ts'
import { accessDenied, type BucketCall } from './context.ts'
import { SERVICE_OPERATIONS, BUCKET_OPERATIONS } from './operations.ts'
import { routeS3, type S3Target } from './route.ts'

/** Recognises an S3 request. */
export function identifyS3(request: LabRequest): Identified {
  const target = routeS3(request)
  return {
    operation: `s3.${target.operation}`,
    ...(target.bucket === undefined ? {} : { bucket: target.bucket }),
    ...(target.key === undefined ? {} : { key: target.key }),
    run: (call) => withRegion(call, target),
    refuse: (error) => refuseS3(error, request, target),
  }
}

// The region of a bucket is no secret: requests about the bucket itself learn it whatever the answer is.
async function withRegion(call: Call, target: S3Target): Promise<Answer> {
  const found = findBucket(call.state, target)
  const { bucket } = found
  const headers = bucket ? { 'x-amz-bucket-region': bucket.region } : {}
  try {
    const answer = await runS3(call, target, found)
    return target.key === undefined ? { ...answer, headers: { ...headers, ...answer.headers } } : answer
  } catch (error) {
    if (!(error instanceof AwsError) || (target.key !== undefined && error.code !== 'AuthorizationHeaderMalformed')) throw error
    throw new AwsError(error.status, error.code, error.message, { details: error.details, headers: { ...headers, ...error.headers } })
  }
}

async function runS3(call: Call, target: S3Target, { bucket, accessPoint }: ReturnType<typeof findBucket>): Promise<Answer> {
  const { state, request } = call
  if (bucket) checkEndpoint(bucket, target)

  const region = bucket?.region ?? target.endpointRegion
  const verified = verifyRequest(state, request, {
    service: 's3',
    refusals: S3_REFUSALS,
    region,
    wrongRegion: (given, expected) => `the region '${given}' is wrong; expecting '${expected}'`,
    payloadHash: (signature) => payloadHash(request, signature.expiresSeconds !== undefined),
  })
  const caller = throughEndpoint(callerOf(state, request, verified), state.network?.endpoint)
  call.identified(caller.arn)

  const forService = SERVICE_OPERATIONS[target.operation]
  if (forService) return forService({ ...call, caller, verified, target })
  const operation = BUCKET_OPERATIONS[target.operation]
  if (!operation || target.bucket === undefined) throw notImplemented(`s3:${target.operation}`)
  if (!bucket) throw target.accessPoint === undefined ? noSuchBucket(target.bucket) : noSuchAccessPoint(target.accessPoint)
  demandAccounts(state, bucket, caller)
  const s3Call: BucketCall = { ...call, caller, verified, bucket, key: target.key ?? '', ...(accessPoint ? { accessPoint } : {}) }
  checkOwner(s3Call)
  return operation(s3Call)
}

/** The bucket that a request is about, by its own name or by that of an access point. */
function findBucket(
  state: AwsState,
  { bucket: name = '', accessPoint }: S3Target,
): { readonly bucket?: Bucket; readonly accessPoint?: AccessPoint } {
  const point =
    accessPoint === undefined
      ? state.accessPoints.get(name)
      : [...state.accessPoints.values()].find((known) => `${known.name}-${known.accountId}` === accessPoint)
  const bucket = state.buckets.get(point?.bucket ?? name)
  return { ...(bucket ? { bucket } : {}), ...(point ? { accessPoint: point } : {}) }
}

function noSuchAccessPoint(name: string): AwsError {
  return new AwsError(404, 'NoSuchAccessPoint', 'The specified accesspoint does not exist', { details: [['AccessPointName', name]] })
}

// Nothing of an account that AWS has suspended is served, whoever asks; and nobody of it is.
function demandAccounts({ accounts }: AwsState, bucket: Bucket, caller: Caller): void {
  if (accounts.get(bucket.accountId)?.suspended === true)
    throw new AwsError(403, 'AllAccessDisabled', 'All access to this object has been disabled')
  if (accounts.get(caller.accountId ?? '')?.suspended === true)
    throw new AwsError(
      403,
      'AccountProblem',
      'There is a problem with your AWS account that prevents the operation from completing successfully. Contact AWS Support for further assistance.',
    )
}

/** Who comes through an endpoint of a VPC is known by that endpoint, and by no address of the internet. */
function throughEndpoint(caller: Caller, endpoint: VpcEndpoint | undefined): Caller {
  if (endpoint === undefined) return caller
  const { 'aws:SourceIp': _, ...context } = caller.context
  return { ...caller, context: { ...context, 'aws:SourceVpce': endpoint.id, 'aws:SourceVpc': endpoint.vpc, 'aws:VpcSourceIp': '10.0.0.7' } }
}

function noSuchBucket(name: string): AwsError {
  return new AwsError(404, 'NoSuchBucket', 'The specified bucket does not exist', { details: [['BucketName', name]] })
}

// Asked at the endpoint of another region, S3 says where the bucket is before it looks at who asks.
// The global endpoint is us-east-1 for paths; as a bucket's own host it leads to the bucket's region.
function checkEndpoint(bucket: Bucket, target: S3Target): void {
  if (target.endpointRegion === undefined || target.endpointRegion === bucket.region) return
  const suffix = bucket.region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  throw new AwsError(
    301,
    'PermanentRedirect',
    'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
    {
      details: [
        ['Endpoint', target.pathStyle ? `s3.${bucket.region}.${suffix}` : `${bucket.name}.s3.${bucket.region}.${suffix}`],
        ['Bucket', bucket.name],
      ],
      headers: { 'x-amz-bucket-region': bucket.region },
    },
  )
}

function payloadHash(request: LabRequest, presigned: boolean): string {
  const header = request.headers.get('x-amz-content-sha256')
  if (header !== undefined) return header
  if (presigned) return queryValue(request, 'X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD'
  throw new AwsError(400, 'InvalidRequest', 'Missing required header for this request: x-amz-content-sha256')
}

function checkOwner({ request, bucket, caller }: BucketCall): void {
  const expected = request.headers.get('x-amz-expected-bucket-owner')
  if (expected !== undefined && !/^\d{12}$/.test(expected))
    throw new AwsError(400, 'InvalidBucketOwnerAWSAccountID', 'The value of the expected bucket owner parameter must be an AWS account ID')
  if (expected !== undefined && expected !== bucket.accountId) throw accessDenied()
  if (bucket.requesterPays && caller.accountId !== bucket.accountId) {
    const payer = request.headers.get('x-amz-request-payer') ?? queryValue(request, 'x-amz-request-payer')
    if (payer !== 'requester' || caller.accountId === undefined) throw accessDenied()
  }
}

/** Words an error as S3 does. */
export function refuseS3(error: AwsError, request: LabRequest, target: Pick<S3Target, 'key'>): Answer {
  const resource: readonly XmlNode[] = error.code === 'NoSuchKey' && target.key !== undefined ? [['Key', target.key]] : []
  const answer = xmlAnswer(
    [
      'Error',
      [
        ['Code', error.code],
        ['Message', error.message],
        ...error.details,
        ...resource,
        ['RequestId', request.id],
        ['HostId', hostId(request.id)],
      ],
    ],
    error.headers,
    error.status,
  )
  return { ...answer, code: error.code }
}

/** `x-amz-id-2`: made from the request id, since the lab has one host. */
export function hostId(requestId: string): string {
  return Buffer.from(`sluice-lab/${requestId}`).toString('base64')
}
