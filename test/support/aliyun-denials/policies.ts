import type { JsonObject, PolicyDocument } from '@sluice/core'
import type { DenialScenario } from '../denials.ts'
import { type AliyunWorld, CUSTOMER, HOLDER, OTHER_BUCKET, ROLE_ARN } from '../denials-aliyun.ts'
import { BUCKET } from '../installation.ts'
import { adding, replacing } from '../policy-edits.ts'

type Scenario = DenialScenario<AliyunWorld>

const RAM = 'documents.ramPolicies[0]'
const BUCKET_POLICY = 'documents.bucketPolicy'
const OWN_SESSIONS = `arn:sts::${CUSTOMER}:assumed-role/${HOLDER}/*`
/** A user of another account. */
const SOMEBODY = '205012345678901234'
const ON_BUCKET = `acs:oss:*:*:${BUCKET}`
const IN_FOLDER = `${ON_BUCKET}/data/*`
const EVERYWHERE = [ON_BUCKET, `${ON_BUCKET}/*`]

/** The detail names the policy of the bucket, and not which of its conditions was met. */
const BY_BUCKET_POLICY = ['oss.bp.deny', 'oss.vpc']

const change = (place: string, how: (document: PolicyDocument) => PolicyDocument) => (world: AliyunWorld) => world.change(place, how)
const deny = (statement: JsonObject): JsonObject => ({ Effect: 'Deny', ...statement })

export const RAM_MISSING: readonly Scenario[] = (
  [
    ['no policy at all', (world) => detach(world)],
    ['no ListObjects', change(RAM, replacing('"oss:ListObjects"', '"oss:ListBuckets"'))],
    ['ListObjects on the objects alone', change(RAM, replacing(`"Resource":["${ON_BUCKET}"]`, `"Resource":["${ON_BUCKET}/*"]`))],
    ['listing of another prefix', change(RAM, replacing('"oss:Prefix":["data/*"]', '"oss:Prefix":["reports/*"]'))],
    ['no GetObject', change(RAM, replacing('"oss:GetObject",', ''))],
    ['no PutObject', change(RAM, replacing('"oss:PutObject",', ''))],
    ['no DeleteObject', change(RAM, replacing(',"oss:DeleteObject"]', ']'))],
    ['objects of the folder without *', change(RAM, replacing(`${BUCKET}/data/*`, `${BUCKET}/data/`))],
    ['objects of another folder', change(RAM, replacing(`${BUCKET}/data/*`, `${BUCKET}/reports/*`))],
    ['another bucket', change(RAM, replacing(BUCKET, OTHER_BUCKET))],
    ['objects named as the bucket alone', change(RAM, replacing(IN_FOLDER, ON_BUCKET))],
    ['another region', change(RAM, replacing(/acs:oss:\*:\*/, 'acs:oss:oss-cn-shanghai:*'))],
    ['the buckets of another account', change(RAM, replacing(/acs:oss:\*:\*/, 'acs:oss:*:1111222233334444'))],
    ['actions of S3', change(RAM, replacing(/"oss:(Get|Put)Object"/, '"oss:HeadObject"'))],
    [
      'under a condition that never holds',
      change(RAM, (document) => underCondition(document, { IpAddress: { 'acs:SourceIp': ['10.0.0.0/8'] } })),
    ],
    ['over plain HTTP alone', change(RAM, (document) => underCondition(document, { Bool: { 'acs:SecureTransport': 'false' } }))],
  ] as const satisfies readonly (readonly [string, (world: AliyunWorld) => void])[]
).map(([name, breaking]) => ({ name, cause: 'oss.ram.missing', break: breaking }))

export const RAM_EXPLICIT: readonly Scenario[] = [
  {
    name: 'reading, everywhere',
    cause: 'oss.ram.explicit',
    break: change(RAM, adding(deny({ Action: ['oss:GetObject'], Resource: ['*'] }))),
  },
  {
    name: 'writing, everywhere',
    cause: 'oss.ram.explicit',
    break: change(RAM, adding(deny({ Action: ['oss:PutObject', 'oss:AbortMultipartUpload'], Resource: '*' }))),
  },
  {
    name: 'deleting, on all buckets',
    cause: 'oss.ram.explicit',
    break: change(RAM, adding(deny({ Action: 'oss:DeleteObject', Resource: 'acs:oss:*:*:*' }))),
  },
  {
    name: 'reading, in a policy of its own',
    cause: 'oss.ram.explicit',
    break: (world) => guard(world, deny({ Action: ['oss:GetObject'], Resource: ['*'] })),
  },
  {
    name: 'reading from other addresses',
    cause: 'oss.ram.explicit',
    break: change(
      RAM,
      adding(deny({ Action: ['oss:GetObject'], Resource: ['*'], Condition: { NotIpAddress: { 'acs:SourceIp': ['203.0.113.0/24'] } } })),
    ),
  },
  {
    name: 'everything',
    cause: 'oss.ram.explicit',
    inside: 'strong',
    break: (world) => guard(world, deny({ Action: '*', Resource: '*' })),
    repair: unguard,
  },
  {
    name: 'all that begins alike',
    cause: 'oss.ram.explicit',
    inside: 'strong',
    break: (world) => guard(world, deny({ Action: ['oss:Get*', 'oss:List*'], Resource: EVERYWHERE })),
    repair: unguard,
  },
  {
    name: 'all but other folders',
    cause: 'oss.ram.explicit',
    inside: 'strong',
    break: (world) => guard(world, deny({ Action: ['oss:GetObject'], NotResource: [`${ON_BUCKET}/reports/*`] })),
    repair: unguard,
  },
]

export const BUCKET_DENY: readonly Scenario[] = [
  {
    name: 'everybody',
    cause: 'oss.bp.deny',
    group: BY_BUCKET_POLICY,
    break: change(BUCKET_POLICY, adding(deny({ Principal: ['*'], Action: ['oss:*'], Resource: EVERYWHERE }))),
  },
  {
    name: 'our sessions among others',
    cause: 'oss.bp.deny',
    group: BY_BUCKET_POLICY,
    break: change(BUCKET_POLICY, adding(deny({ Principal: [OWN_SESSIONS, SOMEBODY], Action: ['oss:GetObject'], Resource: EVERYWHERE }))),
  },
  {
    name: 'our account among others',
    cause: 'oss.bp.deny',
    group: BY_BUCKET_POLICY,
    inside: 'strong',
    break: change(BUCKET_POLICY, adding(deny({ Principal: [CUSTOMER, SOMEBODY], Action: ['oss:ListObjects'], Resource: EVERYWHERE }))),
    repair: ({ aliyun }) => aliyun.putBucketPolicy(BUCKET, undefined),
  },
  {
    name: 'all but a list of others',
    cause: 'oss.bp.deny',
    group: BY_BUCKET_POLICY,
    break: change(BUCKET_POLICY, adding(deny({ NotPrincipal: [SOMEBODY], Action: ['oss:PutObject'], Resource: EVERYWHERE }))),
  },
  {
    // To let the role out of it would open the rest, and no statement of these policies can say all but a folder.
    name: 'everybody, of a role that may do more than it is for',
    cause: 'oss.bp.deny',
    group: BY_BUCKET_POLICY,
    inside: 'strong',
    arrange: (world) => {
      world.change(RAM, adding({ Effect: 'Allow', Action: ['oss:GetObject'], Resource: [`${ON_BUCKET}/*`] }))
      world.change(BUCKET_POLICY, adding(deny({ Principal: ['*'], Action: ['oss:GetObject'], Resource: [`${ON_BUCKET}/other/*`] })))
    },
    break: change(BUCKET_POLICY, replacing(`${ON_BUCKET}/other/*`, `${ON_BUCKET}/*`)),
    repair: change(BUCKET_POLICY, replacing(`${ON_BUCKET}/*`, `${ON_BUCKET}/other/*`)),
  },
]

export const OTHER_METHODS: readonly Scenario[] = [
  ...RAM_MISSING.filter(({ name }) => ['no ListObjects', 'no GetObject', 'no PutObject', 'another bucket'].includes(name)),
  ...RAM_EXPLICIT.slice(0, 2),
  ...BUCKET_DENY.slice(0, 1),
]

function detach({ aliyun }: AliyunWorld): void {
  aliyun.detachRolePolicy(ROLE_ARN, HOLDER)
}

/** A second policy of the role's. */
function guard({ aliyun }: AliyunWorld, statement: JsonObject): void {
  aliyun.putPolicy(CUSTOMER, 'guard', { Version: '1', Statement: [statement] })
  aliyun.attachRolePolicy(ROLE_ARN, { type: 'Custom', name: 'guard' })
}

function unguard({ aliyun }: AliyunWorld): void {
  aliyun.detachRolePolicy(ROLE_ARN, 'guard')
}

/** Every statement under one more condition. */
function underCondition({ Statement, ...rest }: PolicyDocument, condition: JsonObject): PolicyDocument {
  const statements = (Array.isArray(Statement) ? Statement : [Statement]) as readonly JsonObject[] // statements are objects
  return {
    ...rest,
    Statement: statements.map((one) => ({ ...one, Condition: { ...(one['Condition'] as JsonObject | undefined), ...condition } })), // so is a condition
  }
}
