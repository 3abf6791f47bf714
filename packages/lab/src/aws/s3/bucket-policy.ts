import { parsePolicy, publicStatements, type PolicyDocument } from '@sluice/core'
import { emptyAnswer, xmlAnswer, type Answer } from '../../http/answer.ts'
import { bucketArn } from '../arn.ts'
import { AwsError } from '../error.ts'
import { readPolicy } from '../state/policies.ts'
import { strings } from '../../state/json.ts'
import { isKnownPrincipal, awsPrincipals, presentPolicy, statementsOf, storePolicy } from '../state/principals.ts'
import { demandS3, type BucketCall } from './context.ts'
import { receiveText, S3_NAMESPACE } from './xml.ts'

export async function getBucketPolicy(call: BucketCall): Promise<Answer> {
  const { bucket, state } = call
  demandPolicy(call, 'GetBucketPolicy')
  if (!bucket.policy) throw noPolicy(call)
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(presentPolicy(state, bucket.policy))),
  }
}

export async function getBucketPolicyStatus(call: BucketCall): Promise<Answer> {
  const { bucket, state } = call
  demandPolicy(call, 'GetBucketPolicyStatus')
  if (!bucket.policy) throw noPolicy(call)
  return xmlAnswer([`PolicyStatus ${S3_NAMESPACE}`, [['IsPublic', String(isPublic(presentPolicy(state, bucket.policy))).toUpperCase()]]])
}

export async function putBucketPolicy(call: BucketCall): Promise<Answer> {
  const { bucket, state, caller } = call
  const text = await receiveText(call)
  demandPolicy(call, 'PutBucketPolicy')
  if (text.length > 20 * 1024) throw new AwsError(400, 'PolicyTooLarge', 'Policies must not exceed 20480 bytes.')
  const document = readPolicy(text, 'resource', 'MalformedPolicy')
  checkResources(call, document)
  if (!awsPrincipals(document).every((principal) => isKnownPrincipal(state, principal)))
    throw new AwsError(400, 'MalformedPolicy', 'Invalid principal in policy')
  if (bucket.publicAccessBlock.blockPublicPolicy && isPublic(document))
    throw new AwsError(
      403,
      'AccessDenied',
      `User: ${caller.arn} is not authorized to perform: s3:PutBucketPolicy on resource: "${bucketArn(bucket)}" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.`,
    )
  bucket.policy = storePolicy(state, document)
  return emptyAnswer(204)
}

export async function deleteBucketPolicy(call: BucketCall): Promise<Answer> {
  demandPolicy(call, 'DeleteBucketPolicy')
  call.bucket.policy = undefined
  return emptyAnswer(204)
}

// Somebody of another account who is permitted all the same is told that the method is not for him.
function demandPolicy(
  call: BucketCall,
  operation: 'GetBucketPolicy' | 'GetBucketPolicyStatus' | 'PutBucketPolicy' | 'DeleteBucketPolicy',
): void {
  demandS3(call, { operation })
  if (call.caller.accountId !== call.bucket.accountId)
    throw new AwsError(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.', {
      details: [
        ['Method', call.request.method],
        ['ResourceType', 'BUCKETPOLICY'],
      ],
    })
}

function noPolicy({ bucket }: BucketCall): AwsError {
  return new AwsError(404, 'NoSuchBucketPolicy', 'The bucket policy does not exist', { details: [['BucketName', bucket.name]] })
}

// A resource names this bucket, or a pattern of buckets: AWS accepts what may match it.
function checkResources({ bucket }: BucketCall, document: PolicyDocument): void {
  const prefix = bucketArn(bucket).slice(0, -bucket.name.length)
  const fits = (resource: string): boolean => {
    const [name = ''] = resource.slice(prefix.length).split('/', 1)
    return resource === '*' || (resource.startsWith(prefix) && (name === bucket.name || /[*?]|\$\{/.test(name)))
  }
  const resources = statementsOf(document).flatMap((statement) => [...strings(statement['Resource']), ...strings(statement['NotResource'])])
  if (!resources.every(fits)) throw new AwsError(400, 'MalformedPolicy', 'Policy has invalid resource')
}

function isPublic(document: PolicyDocument): boolean {
  const parsed = parsePolicy(document)
  return parsed.ok && publicStatements(parsed.policy).length > 0
}
