import { ACCESSES } from '../../access.ts'
import type { JsonObject } from '../../json.ts'
import type { ProbePlan } from '../probe-plan.ts'
import { said } from '../said.ts'

function policy(statements: readonly JsonObject[]): JsonObject {
  return {
    operation: 'GetBucketPolicy',
    target: 'oss://{bucket}',
    status: 200,
    message: JSON.stringify({ Version: '1', Statement: statements }),
  }
}

/** Our own account and the bucket's, as both say it themselves. */
function accounts(own: string, owner: string): readonly JsonObject[] {
  return [
    { operation: 'GetCallerIdentity', status: 200, message: JSON.stringify({ AccountId: own }) },
    {
      operation: 'GetBucketInfo',
      target: 'oss://{bucket}',
      status: 200,
      message: `<BucketInfo><Bucket><Owner><ID>${owner}</ID></Owner></Bucket></BucketInfo>`,
    },
  ]
}

/** By which requests to OSS and STS causes are told apart, beside what every diagnosis asks first. */
export const ALIYUN_PROBES: readonly ProbePlan[] = [
  {
    name: 'bucket-owner',
    asks: said(
      'whose the bucket is and who we are (GetBucketInfo, GetCallerIdentity)',
      '存储空间的归属与我们的身份(GetBucketInfo、GetCallerIdentity)',
    ),
    cost: 2,
    about: ACCESSES,
    outcomes: [
      {
        shows: said('The bucket is of our own account.', '存储空间属于我们所在的账号。'),
        tells: { excludes: ['oss.bucket_foreign'] },
        answers: accounts('1234567890123456', '1234567890123456'),
      },
    ],
  },
  {
    name: 'bucket-policy',
    asks: said('the bucket’s policy (GetBucketPolicy)', '存储空间的授权策略(GetBucketPolicy)'),
    cost: 2,
    about: ACCESSES,
    reads: 'bucketPolicy',
    outcomes: [
      {
        shows: said('It denies it.', '策略拒绝了该请求。'),
        tells: { leaves: ['oss.bp.deny'] },
        answers: [
          policy([{ Effect: 'Deny', Principal: ['*'], Action: ['oss:*'], Resource: ['acs:oss:*:*:{bucket}', 'acs:oss:*:*:{bucket}/*'] }]),
        ],
      },
      {
        shows: said('It denies nothing.', '没有任何拒绝。'),
        tells: { excludes: ['oss.bp.deny'] },
        answers: [policy([])],
      },
    ],
  },
]
