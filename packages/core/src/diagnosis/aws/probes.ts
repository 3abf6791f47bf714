import { ACCESSES } from '../../access.ts'
import type { JsonObject } from '../../json.ts'
import type { ProbePlan } from '../probe-plan.ts'
import { said } from '../said.ts'

/** What S3 says to callers of other accounts: its two words and no reason. */
const DENIED = '<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>'

/** What only callers of another account than the bucket's can meet. */
const ABROAD = ['aws.bucket_foreign', 'aws.rp.absent', 'aws.rp.condition_never', 'aws.bpa', 'aws.requester_pays']
const BUCKET_DENIES = ['aws.rp.deny', 'aws.rp.deny_network', 'aws.rp.deny_tls', 'aws.rp.deny_sse']
const KEYS = ['aws.kms.identity', 'aws.kms.key_policy', 'aws.kms.foreign_key', 'aws.kms.managed_key']

/** The refused request once more, with a header that was not sent before. */
function again(status: number, headers: JsonObject): JsonObject {
  return { operation: '{operation}', target: '{target}', status, headers, ...(status < 300 ? {} : { message: DENIED }) }
}

function configuration(operation: string, message: string, status = 200): JsonObject {
  return { operation, target: 's3://{bucket}/', status, message }
}

/** By which requests to S3 and STS causes are told apart, beside what every diagnosis asks first. */
export const AWS_PROBES: readonly ProbePlan[] = [
  {
    name: 'requester-pays',
    asks: said('the same, offering to pay for it (x-amz-request-payer)', '同一请求,并同意付费(x-amz-request-payer)'),
    cost: 1,
    about: ACCESSES,
    outcomes: [
      {
        shows: said('It is served.', '请求成功。'),
        tells: { leaves: ['aws.requester_pays'] },
        answers: [again(200, { 'x-amz-request-payer': 'requester' })],
      },
      {
        shows: said('It is refused all the same.', '仍被拒绝。'),
        tells: { excludes: ['aws.requester_pays'] },
        answers: [again(403, { 'x-amz-request-payer': 'requester' })],
      },
    ],
  },
  {
    name: 'any-owner',
    asks: said(
      'the same, whoever owns the bucket (no x-amz-expected-bucket-owner)',
      '同一请求,不限存储桶所有者(不带 x-amz-expected-bucket-owner)',
    ),
    cost: 1,
    about: ACCESSES,
    // That it is refused all the same tells nothing: whoever took the bucket's name lets nobody in.
    outcomes: [
      {
        shows: said('It is served.', '请求成功。'),
        tells: { leaves: ['aws.bucket_foreign'] },
        answers: [again(200, { 'x-amz-expected-bucket-owner': '' })],
      },
    ],
  },
  {
    name: 'expected-owner',
    asks: said('a listing that names the role’s account as the bucket’s owner', '列出对象,并将角色所属账户指明为存储桶所有者'),
    cost: 1,
    about: ['read', 'write', 'delete'],
    needs: ['list'],
    outcomes: [
      {
        shows: said('It is served: the bucket is of the role’s own account.', '请求成功:存储桶属于角色所在账户。'),
        tells: { excludes: ABROAD },
        answers: [
          {
            operation: 'ListObjectsV2',
            target: 's3://{bucket}/{prefix}',
            status: 200,
            headers: { 'x-amz-expected-bucket-owner': '{account}' },
          },
        ],
      },
    ],
  },
  {
    name: 'object-properties',
    asks: said('HEAD of the object that may not be read', '对无法读取的对象发送 HEAD'),
    cost: 1,
    about: ['read'],
    outcomes: [
      {
        shows: said('It is served: only the object’s key is refused.', '请求成功:只有对象的密钥被拒绝。'),
        tells: { leaves: KEYS },
        answers: [{ operation: 'HeadObject', target: '{target}', status: 200 }],
      },
      {
        shows: said('It is refused too, and HEAD takes nothing of the key.', '同样被拒绝,而 HEAD 不需要密钥。'),
        tells: { excludes: KEYS },
        answers: [{ operation: 'HeadObject', target: '{target}', status: 403 }],
      },
    ],
  },
  {
    name: 'another-object',
    asks: said('a byte of another object under the same folder', '同一目录下另一对象的一个字节'),
    cost: 1,
    about: ['read'],
    needs: ['list'],
    outcomes: [
      {
        shows: said('It is served: the action is granted, and not on all objects.', '请求成功:操作已授予,但并非针对所有对象。'),
        tells: { excludes: ['aws.id.action_missing', 'aws.id.invalid_action', ...ABROAD] },
        answers: [{ operation: '{operation}', target: 's3://{bucket}/{prefix}sluice-another-object', status: 206 }],
      },
    ],
  },
  {
    name: 'list-without-prefix',
    asks: said('a listing of one key that names no prefix', '不带前缀地列出一个键'),
    cost: 2,
    about: ['list'],
    outcomes: [
      {
        shows: said('It is served: listing is granted, and not for this prefix.', '请求成功:已授予列出权限,但不针对该前缀。'),
        tells: { excludes: ['aws.id.list_missing', 'aws.id.list_resource', 'aws.id.invalid_action', 'aws.id.object_arn', ...ABROAD] },
        answers: [{ operation: 'ListObjectsV2', target: 's3://{bucket}/?prefix=', status: 200 }],
      },
    ],
  },
  {
    name: 'newer-session',
    asks: said('the same with a session that was issued after the refusal', '使用在被拒绝之后签发的会话重试同一请求'),
    cost: 2,
    about: ACCESSES,
    // It was tried already, and went the other way.
    unless: ['aws.propagation'],
    outcomes: [
      {
        shows: said('It is served: what stood in the way has passed.', '请求成功:原先的阻碍已消失。'),
        tells: { leaves: ['aws.id.revoked_session', 'aws.propagation'] },
        answers: [{ operation: 'AssumeRole', target: '{role}', status: 200 }, again(200, {})],
      },
      {
        shows: said('It is refused in the same way: it is not the age of the session.', '以同样方式被拒绝:与会话签发时间无关。'),
        tells: { excludes: ['aws.id.revoked_session'] },
        answers: [
          { operation: 'AssumeRole', target: '{role}', status: 200 },
          { operation: '{operation}', target: '{target}', status: 403, message: '{message}' },
        ],
      },
    ],
  },
  {
    name: 'request-payment',
    asks: said('who pays for requests to the bucket (GetBucketRequestPayment)', '谁为对存储桶的请求付费(GetBucketRequestPayment)'),
    cost: 2,
    about: ACCESSES,
    outcomes: [
      {
        shows: said('The requester does.', '由请求者付费。'),
        tells: { leaves: ['aws.requester_pays'] },
        answers: [
          configuration('GetBucketRequestPayment', '<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>'),
        ],
      },
      {
        shows: said('The owner of the bucket does.', '由存储桶所有者付费。'),
        tells: { excludes: ['aws.requester_pays'] },
        answers: [
          configuration('GetBucketRequestPayment', '<RequestPaymentConfiguration><Payer>BucketOwner</Payer></RequestPaymentConfiguration>'),
        ],
      },
    ],
  },
  {
    name: 'bucket-policy',
    asks: said('the bucket’s policy (GetBucketPolicy)', '存储桶策略(GetBucketPolicy)'),
    cost: 2,
    about: ACCESSES,
    // Policies of access points say the same, and the bucket’s own is another one.
    unless: ['aws.accesspoint'],
    reads: 'bucketPolicy',
    outcomes: [
      {
        shows: said('It denies it, whatever the circumstances.', '在任何情况下都拒绝。'),
        tells: { leaves: ['aws.rp.deny'] },
        answers: [
          configuration(
            'GetBucketPolicy',
            '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::{bucket}","arn:aws:s3:::{bucket}/*"]}]}',
          ),
        ],
      },
      {
        shows: said('It denies nothing.', '没有任何拒绝。'),
        tells: { excludes: BUCKET_DENIES },
        answers: [
          configuration(
            'GetBucketPolicy',
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:ListBucket","Resource":"arn:aws:s3:::{bucket}"}]}',
          ),
        ],
      },
      {
        shows: said('The bucket has none.', '存储桶没有策略。'),
        tells: { excludes: BUCKET_DENIES },
        answers: [configuration('GetBucketPolicy', '<Error><Code>NoSuchBucketPolicy</Code></Error>', 404)],
      },
    ],
  },
  {
    name: 'public-access-block',
    asks: said('whether public access is blocked (GetPublicAccessBlock)', '是否阻止公有访问(GetPublicAccessBlock)'),
    cost: 2,
    about: ACCESSES,
    reads: 'publicAccessBlock',
    outcomes: [
      {
        shows: said('RestrictPublicBuckets is off.', 'RestrictPublicBuckets 已关闭。'),
        tells: { excludes: ['aws.bpa'] },
        answers: [
          configuration(
            'GetPublicAccessBlock',
            '<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><RestrictPublicBuckets>false</RestrictPublicBuckets></PublicAccessBlockConfiguration>',
          ),
        ],
      },
    ],
  },
  {
    name: 'object-ownership',
    asks: said('who owns new objects (GetBucketOwnershipControls)', '新对象归谁所有(GetBucketOwnershipControls)'),
    cost: 2,
    about: ['read'],
    reads: 'ownership',
    outcomes: [
      {
        shows: said('The owner of the bucket owns them all.', '全部归存储桶所有者。'),
        tells: { excludes: ['aws.own.foreign_object'] },
        answers: [
          configuration(
            'GetBucketOwnershipControls',
            '<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>',
          ),
        ],
      },
    ],
  },
  {
    name: 'write-encrypted',
    asks: said('a write that says how to encrypt (x-amz-server-side-encryption)', '写入时指明加密方式(x-amz-server-side-encryption)'),
    cost: 3,
    about: ['write'],
    writes: true,
    outcomes: [
      {
        shows: said('It is served.', '请求成功。'),
        tells: { leaves: ['aws.rp.deny_sse'] },
        answers: [again(200, { 'x-amz-server-side-encryption': 'AES256' })],
      },
    ],
  },
  {
    name: 'write-without-acl',
    asks: said('a write that sends no ACL', '写入时不发送 ACL'),
    cost: 2,
    about: ['write'],
    writes: true,
    outcomes: [
      {
        shows: said('It is served.', '请求成功。'),
        tells: { leaves: ['aws.own.put_acl', 'aws.own.acl_disabled'] },
        answers: [again(200, { 'x-amz-acl': '' })],
      },
    ],
  },
]
