import { createHash } from 'node:crypto'
import type { PolicyDocument } from '@sluice/core'
import type { DenialScenario } from '../denials.ts'
import { type HandmadeOptions, type HandmadeRequest, type HandmadeWorld } from '../denials-aws-by-hand.ts'
import { TOLD_ALIKE } from '../denials-aws-groups.ts'
import { documentsOf } from '../denials-aws-documents.ts'
import { REGION, ROLE_ARN, THIRD_ACCOUNT } from '../denials-aws-names.ts'
import { BUCKET, CUSTOMER_ACCOUNT } from '../installation.ts'
import { adding, replacing } from '../policy-edits.ts'

const allow = (action: string | readonly string[], resource: string | readonly string[], more: PolicyDocument = {}): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: action, Resource: resource, ...more }],
})

// Our own connections name a bucket, and delete keys and no versions. What follows is what others do, and ask about.

const POINT = `arn:aws:s3:${REGION}:${CUSTOMER_ACCOUNT}:accesspoint/reports`
const THIRD_POINT = POINT.replace(CUSTOMER_ACCOUNT, THIRD_ACCOUNT)
const POINT_HOST = `reports-${CUSTOMER_ACCOUNT}.s3-accesspoint.${REGION}.amazonaws.com`
const BUCKET_HOST = `${BUCKET}.s3.${REGION}.amazonaws.com`
const read = (host: string): HandmadeRequest => ({ operation: 'GetObject', host, path: '/data/a.csv' })
const list = (host: string): HandmadeRequest => ({ operation: 'ListObjectsV2', host, query: { 'list-type': '2', prefix: 'data/' } })
const point = (statement?: PolicyDocument, account = CUSTOMER_ACCOUNT) => ({
  name: 'reports',
  bucket: BUCKET,
  ...(statement === undefined ? {} : { policy: { Version: '2012-10-17', Statement: [statement] } }),
  account,
})
const putPoint = ({ aws }: Pick<HandmadeWorld, 'aws'>, { account, ...input }: ReturnType<typeof point>) =>
  void aws.putAccessPoint(account, input)
const forRole = (arn: string) => ({
  Effect: 'Allow',
  Principal: { AWS: ROLE_ARN },
  Action: ['s3:GetObject', 's3:ListBucket'],
  Resource: [arn, `${arn}/object/*`],
})
const BUCKET_ALONE = allow(['s3:GetObject', 's3:ListBucket'], [`arn:aws:s3:::${BUCKET}`, `arn:aws:s3:::${BUCKET}/*`])

/** A bucket that is reached by its name and by an access point. */
export const BOTH_WAYS: HandmadeOptions = {
  location: POINT,
  access: ['list', 'read'],
  policy: BUCKET_ALONE,
  arrange: (aws) => putPoint({ aws }, point(forRole(POINT))),
  requests: [read(BUCKET_HOST), list(POINT_HOST), read(POINT_HOST)],
}

/** What an access point’s own policy can keep from us. */
export const POINTS: readonly DenialScenario<HandmadeWorld>[] = [
  {
    name: 'its policy does not name the role, which the bucket lets in',
    cause: 'aws.accesspoint',
    group: ['aws.accesspoint', ...TOLD_ALIKE.listGrant],
    inside: 'group',
    break: (world) => putPoint(world, point()),
    repair: (world) => putPoint(world, point(forRole(POINT))),
  },
  {
    name: 'its policy denies the role',
    cause: 'aws.accesspoint',
    group: ['aws.accesspoint', 'aws.rp.deny', 'aws.rp.deny_network'],
    inside: 'group',
    break: (world) => putPoint(world, point({ ...forRole(POINT), Effect: 'Deny' })),
    repair: (world) => putPoint(world, point(forRole(POINT))),
  },
  {
    name: 'it lets the role list and not read',
    cause: 'aws.accesspoint',
    group: ['aws.accesspoint', ...TOLD_ALIKE.objectGrant],
    inside: 'group',
    break: (world) => putPoint(world, point({ ...forRole(POINT), Action: 's3:ListBucket' })),
    repair: (world) => putPoint(world, point(forRole(POINT))),
  },
  {
    name: 'the bucket lets nobody in but through its access points',
    cause: 'aws.accesspoint',
    group: ['aws.accesspoint', 'aws.rp.deny', 'aws.rp.deny_network'],
    inside: 'group',
    break: ({ aws }) =>
      aws.putBucketPolicy(BUCKET, {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Deny',
            Principal: '*',
            Action: 's3:GetObject',
            Resource: `arn:aws:s3:::${BUCKET}/*`,
            Condition: { StringNotEquals: { 's3:DataAccessPointAccount': CUSTOMER_ACCOUNT } },
          },
        ],
      }),
    repair: ({ aws }) => aws.putBucketPolicy(BUCKET, undefined),
  },
]

const DELEGATION: PolicyDocument = {
  Effect: 'Allow',
  Principal: '*',
  Action: ['s3:GetObject', 's3:ListBucket'],
  Resource: [`arn:aws:s3:::${BUCKET}`, `arn:aws:s3:::${BUCKET}/*`],
  Condition: { StringEquals: { 's3:DataAccessPointAccount': THIRD_ACCOUNT } },
}
const THIRD_HOST = POINT_HOST.replace(CUSTOMER_ACCOUNT, THIRD_ACCOUNT)

/** An access point of another account, to which the bucket leaves it who comes in. */
export const ABROAD: HandmadeOptions = {
  location: THIRD_POINT,
  access: ['list', 'read'],
  policy: allow(['s3:GetObject', 's3:ListBucket'], '*'),
  bucketAccount: THIRD_ACCOUNT,
  arrange: (aws) => {
    putPoint({ aws }, point(forRole(THIRD_POINT), THIRD_ACCOUNT))
    aws.putBucketPolicy(BUCKET, { Version: '2012-10-17', Statement: [DELEGATION] })
  },
  requests: [list(THIRD_HOST), read(THIRD_HOST)],
}

/** Of two policies one that lets us in is not enough. */
export const THIRD_POINTS: readonly DenialScenario<HandmadeWorld>[] = [
  {
    name: 'the bucket does not leave it to its access points any more',
    cause: 'aws.accesspoint',
    group: ['aws.accesspoint', ...TOLD_ALIKE.untold],
    inside: 'group',
    break: ({ aws }) => aws.putBucketPolicy(BUCKET, undefined),
    repair: ({ aws }) => aws.putBucketPolicy(BUCKET, { Version: '2012-10-17', Statement: [DELEGATION] }),
  },
]

const DIRECTORY = 'fast--usw2-az1--x-s3'
const DIRECTORY_ARN = `arn:aws:s3express:${REGION}:${CUSTOMER_ACCOUNT}:bucket/${DIRECTORY}`
const session = (mode: string): HandmadeRequest => ({
  operation: 'CreateSession',
  service: 's3express',
  host: `${DIRECTORY}.s3express-usw2-az1.${REGION}.amazonaws.com`,
  query: { session: '' },
  headers: { 'x-amz-create-session-mode': mode },
})

/** A directory bucket: all begins with a session. */
export const EXPRESS: HandmadeOptions = {
  location: `s3://${DIRECTORY}/data/`,
  access: ['list', 'read', 'write'],
  policy: allow('s3express:CreateSession', DIRECTORY_ARN),
  arrange: (aws) => aws.putDirectoryBucket(CUSTOMER_ACCOUNT, { name: DIRECTORY, region: REGION }),
  requests: [session('ReadWrite')],
}

/** What a role can lack for one. */
export const DIRECTORIES: readonly DenialScenario<HandmadeWorld>[] = [
  {
    name: 's3:* does not reach it',
    cause: 'aws.directory',
    break: (world) => world.change(replacing('s3express:CreateSession', 's3:*')),
  },
  {
    name: 'sessions that read are allowed alone',
    cause: 'aws.directory',
    break: (world) =>
      world.change(() =>
        allow('s3express:CreateSession', DIRECTORY_ARN, { Condition: { StringEquals: { 's3express:SessionMode': 'ReadOnly' } } }),
      ),
  },
  {
    name: 'the ARN is written like that of an ordinary bucket',
    cause: 'aws.directory',
    break: (world) => world.change(replacing(DIRECTORY_ARN, `arn:aws:s3:::${DIRECTORY}`)),
  },
  {
    name: 'it is another zone’s',
    cause: 'aws.directory',
    break: (world) => world.change(replacing('usw2-az1--x-s3', 'usw2-az2--x-s3')),
  },
  {
    name: 'the role is denied sessions',
    cause: 'aws.id.explicit_deny',
    group: ['aws.id.explicit_deny', 'aws.id.revoked_session'],
    inside: 'group',
    break: (world) => world.change(adding({ Effect: 'Deny', Action: 's3express:*', Resource: '*' })),
    repair: (world) => world.change(() => EXPRESS.policy),
  },
]

const KEY = `arn:aws:kms:${REGION}:${CUSTOMER_ACCOUNT}:key/0d7926a7-6ecc-4bf7-a9c1-a38f0faec0cd`
/** A small write, and a large one in parts, under a key. */
export const PARTS: HandmadeOptions = {
  location: `s3://${BUCKET}/data/`,
  access: ['write'],
  policy: {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 's3:PutObject', Resource: `arn:aws:s3:::${BUCKET}/*` },
      { Effect: 'Allow', Action: ['kms:GenerateDataKey', 'kms:Decrypt'], Resource: KEY },
    ],
  },
  shown: (aws) => documentsOf(aws, 'role'),
  arrange: (aws) => {
    const kmsKeyArn = aws.putKey({ accountId: CUSTOMER_ACCOUNT, region: REGION, id: KEY.slice(-36) })
    aws.configureBucket(BUCKET, { encryption: { algorithm: 'aws:kms', kmsKeyArn } })
  },
  requests: [
    { operation: 'PutObject', method: 'PUT', host: BUCKET_HOST, path: '/data/small.csv', body: 'small' },
    { operation: 'CreateMultipartUpload', method: 'POST', host: BUCKET_HOST, path: '/data/large.csv', query: { uploads: '' } },
    ([, begun]) => ({
      operation: 'UploadPart',
      method: 'PUT',
      host: BUCKET_HOST,
      path: '/data/large.csv',
      query: { partNumber: '1', uploadId: /<UploadId>(.*)<\/UploadId>/.exec(begun?.text ?? '')?.[1] ?? '' },
      body: 'large',
    }),
  ],
}

/** What parts need of a key beyond what a small write does. */
export const MULTIPART: readonly DenialScenario<HandmadeWorld>[] = [
  {
    name: 'the role may encrypt, and parts have to be decrypted',
    cause: 'aws.kms.multipart',
    break: (world) => world.change(replacing(',"kms:Decrypt"', '')),
  },
  {
    name: 'the key lets the role encrypt, and parts have to be decrypted',
    cause: 'aws.kms.key_policy',
    break: ({ aws }) =>
      aws.setKeyPolicy(KEY, {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { AWS: ROLE_ARN }, Action: 'kms:GenerateDataKey', Resource: '*' }],
      }),
  },
]

const BODY = 'kept'
/** A write, and the removal of the version that it made. */
export const LOCKING: HandmadeOptions = {
  location: `s3://${BUCKET}/data/`,
  access: ['write', 'delete'],
  policy: allow(
    ['s3:PutObject', 's3:DeleteObject', 's3:DeleteObjectVersion', 's3:ListBucket'],
    [`arn:aws:s3:::${BUCKET}`, `arn:aws:s3:::${BUCKET}/*`],
  ),
  arrange: (aws) => aws.configureBucket(BUCKET, { objectLock: {} }),
  requests: [
    {
      operation: 'PutObject',
      method: 'PUT',
      host: BUCKET_HOST,
      path: '/data/kept.csv',
      body: BODY,
      headers: { 'content-md5': createHash('md5').update(BODY).digest('base64') },
    },
    ([put]) => ({
      operation: 'DeleteObject',
      method: 'DELETE',
      host: BUCKET_HOST,
      path: '/data/kept.csv',
      query: { versionId: String(put?.headers['x-amz-version-id']) },
    }),
  ],
}

/** What is kept for a while. */
export const LOCKS: readonly DenialScenario<HandmadeWorld>[] = (['GOVERNANCE', 'COMPLIANCE'] as const).map((mode) => ({
  name: `what is written is kept a day in ${mode.toLowerCase()} mode`,
  cause: 'aws.object_lock',
  inside: 'strong',
  break: ({ aws }) => aws.configureBucket(BUCKET, { objectLock: { retention: { mode, days: 1 } } }),
  repair: ({ aws }) => aws.configureBucket(BUCKET, { objectLock: {} }),
}))
