import type { JsonObject, PolicyDocument } from '@sluice/core'
import type { DenialScenario } from '../denials.ts'
import { type AliyunWorld, CUSTOMER, HOLDER, OUR_ADDRESS, REGION, ROLE_ARN, STRANGER } from '../denials-aliyun.ts'
import { BUCKET } from '../installation.ts'
import { adding, replacing } from '../policy-edits.ts'

type Scenario = DenialScenario<AliyunWorld>

const RAM = 'documents.ramPolicies[0]'
const BUCKET_POLICY = 'documents.bucketPolicy'
const OWN_SESSIONS = `arn:sts::${CUSTOMER}:assumed-role/${HOLDER}/*`
const EVERYWHERE = [`acs:oss:*:*:${BUCKET}`, `acs:oss:*:*:${BUCKET}/*`]
const OBJECT = { body: 'a,b\n1,2\n' }

/** The detail names the policy of the bucket, and not which of its conditions was met. */
const BY_BUCKET_POLICY = ['oss.bp.deny', 'oss.vpc']
/** A temporary key that OSS does not know is over, or came without its token. */
const BY_SESSION = ['oss.sts.expired', 'oss.sts.token']

const policy = (...statements: readonly JsonObject[]): PolicyDocument => ({ Version: '1', Statement: statements })
const LETS_ALL = policy({ Effect: 'Allow', Action: '*', Resource: '*' })

/** Denies whatever does not, or does, come from some place. */
const denyWhere =
  (condition: JsonObject, action = 'oss:*') =>
  (world: AliyunWorld) =>
    world.change(BUCKET_POLICY, adding({ Effect: 'Deny', Principal: ['*'], Action: [action], Resource: EVERYWHERE, Condition: condition }))
const noDeny = ({ aliyun }: AliyunWorld): void => aliyun.putBucketPolicy(BUCKET, undefined)

export const NETWORKS: readonly Scenario[] = [
  {
    name: 'the bucket is for a VPC alone',
    cause: 'oss.vpc',
    group: BY_BUCKET_POLICY,
    break: denyWhere({ StringNotEquals: { 'acs:SourceVpc': ['vpc-2ze1'] } }),
  },
  {
    name: 'reading is for a VPC alone',
    cause: 'oss.vpc',
    group: BY_BUCKET_POLICY,
    break: denyWhere({ StringNotLike: { 'acs:SourceVpc': ['vpc-*'] } }, 'oss:GetObject'),
  },
  {
    name: 'the bucket is for other addresses',
    cause: 'oss.vpc',
    group: BY_BUCKET_POLICY,
    break: denyWhere({ NotIpAddress: { 'acs:SourceIp': ['203.0.113.0/24', '198.51.100.0/24'] } }),
  },
  {
    name: 'the bucket is for all but our addresses',
    cause: 'oss.vpc',
    group: BY_BUCKET_POLICY,
    inside: 'strong',
    break: denyWhere({ IpAddress: { 'acs:SourceIp': [`${OUR_ADDRESS}/32`] } }),
    repair: noDeny,
  },
  {
    name: 'the endpoint of our VPC lets us to other buckets alone',
    cause: 'oss.vpc',
    inside: 'strong',
    arrange: ({ aliyun }) => aliyun.setCaller({ address: OUR_ADDRESS, vpc: 'vpc-2ze1' }),
    break: ({ aliyun }) =>
      aliyun.putVpcPolicy('vpc-2ze1', policy({ Effect: 'Allow', Principal: '*', Action: 'oss:*', Resource: ['acs:oss:*:*:elsewhere/*'] })),
    repair: ({ aliyun }) =>
      aliyun.putVpcPolicy('vpc-2ze1', policy({ Effect: 'Allow', Principal: '*', Action: 'oss:*', Resource: EVERYWHERE })),
  },
]

export const CONDITIONS: readonly Scenario[] = [
  {
    name: 'programs of other names alone',
    cause: 'oss.bp.deny',
    group: BY_BUCKET_POLICY,
    break: denyWhere({ StringNotLike: { 'acs:UserAgent': ['aliyun-sdk*'] } }),
  },
  {
    name: 'no temporary AccessKeys',
    cause: 'oss.bp.deny',
    group: BY_BUCKET_POLICY,
    inside: 'strong',
    break: denyWhere({ StringLike: { 'acs:AccessId': ['STS.*'] } }),
    repair: noDeny,
  },
  {
    name: 'no listing of our folder',
    cause: 'oss.bp.deny',
    group: BY_BUCKET_POLICY,
    break: denyWhere({ StringLike: { 'oss:Prefix': ['data/*'] } }, 'oss:ListObjects'),
  },
  {
    name: 'nothing over TLS',
    cause: 'oss.bp.deny',
    group: BY_BUCKET_POLICY,
    break: denyWhere({ Bool: { 'acs:SecureTransport': 'true' } }),
  },
]

export const ORGANIZATIONS: readonly Scenario[] = [
  {
    name: 'which forbids reading',
    cause: 'oss.control_policy',
    inside: 'strong',
    break: ({ aliyun }) =>
      aliyun.setControlPolicies(CUSTOMER, [LETS_ALL, policy({ Effect: 'Deny', Action: 'oss:GetObject', Resource: '*' })]),
    repair: ({ aliyun }) => aliyun.setControlPolicies(CUSTOMER, [LETS_ALL]),
  },
  {
    name: 'which allows other services alone',
    cause: 'oss.control_policy',
    inside: 'strong',
    break: ({ aliyun }) => aliyun.setControlPolicies(CUSTOMER, [policy({ Effect: 'Allow', Action: ['ecs:*', 'ram:*'], Resource: '*' })]),
    repair: ({ aliyun }) => aliyun.setControlPolicies(CUSTOMER, undefined),
  },
]

/** Buckets and accounts. */
export const PLACES: readonly Scenario[] = [
  {
    name: 'a bucket that was deleted',
    cause: 'oss.bucket_missing',
    inside: 'strong',
    break: ({ aliyun }) => aliyun.deleteBucket(BUCKET),
    repair: ({ aliyun }) => newBucket(aliyun, CUSTOMER),
  },
  {
    name: 'a bucket that somebody else has made since',
    cause: 'oss.bucket_foreign',
    inside: 'strong',
    break: ({ aliyun }) => {
      aliyun.deleteBucket(BUCKET)
      newBucket(aliyun, STRANGER)
    },
    repair: grantFrom,
  },
  {
    name: 'a region that the connection has wrong',
    cause: 'oss.endpoint',
    inside: 'strong',
    break: (world) => world.settle({ region: 'cn-hangzhou' }),
    repair: (world) => world.settle({ region: REGION }),
  },
  {
    name: 'an account in arrears',
    cause: 'oss.account',
    inside: 'strong',
    break: ({ aliyun }) => aliyun.setStanding(CUSTOMER, 'suspended'),
    repair: ({ aliyun }) => aliyun.setStanding(CUSTOMER, 'good'),
  },
  {
    name: 'an account in arrears that gave us its bucket',
    cause: 'oss.account',
    inside: 'strong',
    arrange: (world) => {
      world.aliyun.deleteBucket(BUCKET)
      newBucket(world.aliyun, STRANGER)
      grantFrom(world)
    },
    break: ({ aliyun }) => aliyun.setStanding(STRANGER, 'suspended'),
    repair: ({ aliyun }) => aliyun.setStanding(STRANGER, 'good'),
  },
]

export const OBJECTS: readonly Scenario[] = [
  ...(['Archive', 'ColdArchive', 'DeepColdArchive'] as const).map((storageClass): Scenario => ({
    name: `an object in ${storageClass}`,
    cause: 'oss.archived',
    inside: 'strong',
    break: ({ aliyun }) => void aliyun.putObject(BUCKET, 'data/a.csv', { ...OBJECT, storageClass }),
    repair: ({ aliyun }) => void aliyun.putObject(BUCKET, 'data/a.csv', OBJECT),
  })),
  {
    name: 'objects that retention keeps',
    cause: 'oss.worm',
    inside: 'strong',
    break: ({ aliyun }) => aliyun.configureBucket(BUCKET, { retentionDays: 30 }),
    repair: ({ aliyun }) => aliyun.configureBucket(BUCKET, { retentionDays: undefined }),
  },
  {
    name: 'a public ACL that we set, and that nobody may',
    cause: 'oss.bpa',
    inside: 'strong',
    arrange: async (world) => {
      world.aliyun.configureBucket(BUCKET, { blockPublicAccess: false })
      world.change(RAM, replacing('"oss:PutObject"', '"oss:PutObject","oss:PutObjectAcl"'))
      await world.settle({ acl: 'public-read' })
    },
    break: ({ aliyun }) => aliyun.configureBucket(BUCKET, { blockPublicAccess: true }),
    repair: (world) => world.settle({}),
  },
]

export const KEYS: readonly Scenario[] = [
  {
    name: 'the role may not use',
    cause: 'oss.kms',
    break: (world) => world.change(RAM, replacing(/kms:(GenerateDataKey|Decrypt)/, 'kms:DescribeKey')),
  },
  {
    name: 'the role may encrypt with and not decrypt',
    cause: 'oss.kms',
    break: (world) => world.change(RAM, replacing('"kms:GenerateDataKey","kms:Decrypt"', '"kms:GenerateDataKey"')),
  },
  {
    name: 'the role may decrypt with and not encrypt',
    cause: 'oss.kms',
    break: (world) => world.change(RAM, replacing('"kms:GenerateDataKey","kms:Decrypt"', '"kms:Decrypt"')),
  },
  {
    name: 'the role may use others of',
    cause: 'oss.kms',
    break: (world) => world.change(RAM, replacing(world.kmsKey, world.kmsKey.replace(/[^/]+$/, 'another-key'))),
  },
  {
    name: 'the role is denied',
    cause: 'oss.kms',
    inside: 'strong',
    break: (world) => world.change(RAM, adding({ Effect: 'Deny', Action: 'kms:*', Resource: '*' })),
    repair: (world) => world.setUp(),
  },
  {
    name: 'is disabled',
    cause: 'oss.kms',
    inside: 'strong',
    break: ({ aliyun, kmsKey }) => aliyun.setKeyState(kmsKey, 'Disabled'),
    repair: ({ aliyun, kmsKey }) => aliyun.setKeyState(kmsKey, 'Enabled'),
  },
  {
    name: 'is about to be deleted',
    cause: 'oss.kms',
    inside: 'strong',
    break: ({ aliyun, kmsKey }) => aliyun.setKeyState(kmsKey, 'PendingDeletion'),
    repair: ({ aliyun, kmsKey }) => aliyun.setKeyState(kmsKey, 'Enabled'),
  },
  {
    name: 'the connection does not name any more',
    cause: 'oss.sts.session_policy',
    break: (world) => world.settle({}),
    repair: (world) => world.settle({ kmsReadKeys: [world.kmsKey], kmsWriteKeys: [world.kmsKey] }),
  },
]

/** Of a connection that has AccessKeys: a user's, or those of a session that somebody else took. */
export const CREDENTIALS: readonly Scenario[] = [
  {
    name: 'an AccessKey that was deleted',
    cause: 'oss.key',
    inside: 'strong',
    break: ({ aliyun }) => aliyun.accessKeyIds(CUSTOMER, HOLDER).forEach((id) => aliyun.deleteAccessKey(id)),
    repair: (world) => world.useKeys(world.aliyun.createAccessKey(CUSTOMER, HOLDER)),
  },
  {
    name: 'an AccessKey that was disabled',
    cause: 'oss.key',
    inside: 'strong',
    break: ({ aliyun }) => aliyun.accessKeyIds(CUSTOMER, HOLDER).forEach((id) => aliyun.setAccessKeyStatus(id, 'Inactive')),
    repair: ({ aliyun }) => aliyun.accessKeyIds(CUSTOMER, HOLDER).forEach((id) => aliyun.setAccessKeyStatus(id, 'Active')),
  },
  {
    name: 'the secret of another AccessKey',
    cause: 'oss.sig',
    inside: 'strong',
    break: (world) => {
      const { accessKeyId } = world.aliyun.createAccessKey(CUSTOMER, HOLDER)
      return world.useKeys({ accessKeyId, accessKeySecret: 'x'.repeat(30) })
    },
    repair: (world) => world.useKeys(world.aliyun.createAccessKey(CUSTOMER, HOLDER)),
  },
  {
    name: 'a clock of theirs an hour ahead',
    cause: 'oss.clock',
    inside: 'strong',
    break: (world) => world.skew(3_600_000),
    repair: (world) => world.skew(0),
  },
  {
    name: 'a session that is over',
    cause: 'oss.sts.expired',
    inside: 'strong',
    arrange: withSession,
    break: ({ installation }) => installation.clock.advance(4_000_000),
    repair: useSession,
  },
  {
    name: 'the token of another session',
    cause: 'oss.sts.token',
    inside: 'strong',
    arrange: withSession,
    break: async (world) => {
      const [one, other] = [world.aliyun.issueSession(ROLE_ARN), world.aliyun.issueSession(ROLE_ARN)]
      await world.useKeys({ ...one, securityToken: other.securityToken ?? '' })
    },
    repair: useSession,
  },
  {
    name: 'a session of a role that was made anew',
    cause: 'oss.sts.expired',
    group: BY_SESSION,
    inside: 'group',
    arrange: withSession,
    break: (world) => makeRole(world),
    repair: useSession,
  },
  {
    name: 'a session that was taken for less',
    cause: 'oss.sts.session_policy',
    inside: 'strong',
    arrange: withSession,
    break: (world) => {
      const lists = policy({ Effect: 'Allow', Action: 'oss:ListObjects', Resource: '*' })
      return world.useKeys(world.aliyun.issueSession(ROLE_ARN, { policy: lists }))
    },
    repair: useSession,
  },
]

function newBucket(aliyun: AliyunWorld['aliyun'], owner: string): void {
  aliyun.createBucket(owner, { name: BUCKET, region: REGION })
  aliyun.putObject(BUCKET, 'data/a.csv', OBJECT)
}

/** The bucket's owner lets our role in, as the setup says for buckets of another account. */
function grantFrom({ aliyun }: AliyunWorld): void {
  const resource = (path: string): string => `acs:oss:*:${STRANGER}:${BUCKET}${path}`
  aliyun.putBucketPolicy(
    BUCKET,
    policy(
      {
        Effect: 'Allow',
        Principal: [OWN_SESSIONS],
        Action: ['oss:ListObjects'],
        Resource: [resource('')],
        Condition: { StringLike: { 'oss:Prefix': ['data/*'] } },
      },
      {
        Effect: 'Allow',
        Principal: [OWN_SESSIONS],
        Action: ['oss:GetObject', 'oss:PutObject', 'oss:DeleteObject'],
        Resource: [resource('/data/*')],
      },
    ),
  )
}

function makeRole(world: AliyunWorld): void {
  const trust = policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { RAM: [`acs:ram::${CUSTOMER}:root`] } })
  world.aliyun.putRole(CUSTOMER, { name: HOLDER, trust, policies: { [`${HOLDER}-role`]: world.document(RAM) } })
}

/** The customer takes a session of a role of his own, and gives us its three parts. */
function withSession(world: AliyunWorld): Promise<void> {
  makeRole(world)
  return useSession(world)
}

function useSession(world: AliyunWorld): Promise<void> {
  return world.useKeys(world.aliyun.issueSession(ROLE_ARN))
}
