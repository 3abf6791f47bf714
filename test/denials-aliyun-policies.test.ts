import type { JsonObject, PolicyDocument } from '@sluice/core'
import { type DenialScenario, testDenials } from './support/denials.ts'
import { type AliyunWorld, CUSTOMER, HOLDER, OTHER_BUCKET, startAliyunWorld } from './support/denials-aliyun.ts'
import { BUCKET } from './support/installation.ts'
import { adding, replacing } from './support/policy-edits.ts'

const RAM = 'documents.ramPolicies[0]'
const BUCKET_POLICY = 'documents.bucketPolicy'
const OWN_SESSIONS = `arn:sts::${CUSTOMER}:assumed-role/${HOLDER}/*`
const ON_BUCKET = `acs:oss:*:*:${BUCKET}`
const IN_FOLDER = `${ON_BUCKET}/data/*`
const EVERYWHERE = [ON_BUCKET, `${ON_BUCKET}/*`]

/** The detail names the policy of the bucket, and not which of its conditions was met. */
const BY_BUCKET_POLICY = ['oss.bp.deny', 'oss.vpc']

const change = (place: string, how: (document: PolicyDocument) => PolicyDocument) => (world: AliyunWorld) => world.change(place, how)
const deny = (statement: JsonObject): JsonObject => ({ Effect: 'Deny', ...statement })

const RAM_MISSING: readonly DenialScenario<AliyunWorld>[] = (
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

const RAM_EXPLICIT: readonly DenialScenario<AliyunWorld>[] = [
  {
    name: 'of reading, everywhere',
    cause: 'oss.ram.explicit',
    break: change(RAM, adding(deny({ Action: ['oss:GetObject'], Resource: ['*'] }))),
  },
  {
    name: 'of writing and deleting, everywhere',
    cause: 'oss.ram.explicit',
    break: change(RAM, adding(deny({ Action: ['oss:PutObject', 'oss:AbortMultipartUpload'], Resource: '*' }))),
  },
]

const BUCKET_DENY: readonly DenialScenario<AliyunWorld>[] = [
  {
    name: 'of everybody',
    cause: 'oss.bp.deny',
    group: BY_BUCKET_POLICY,
    break: change(BUCKET_POLICY, adding(deny({ Principal: ['*'], Action: ['oss:*'], Resource: EVERYWHERE }))),
  },
  {
    name: 'of our sessions among others',
    cause: 'oss.bp.deny',
    group: BY_BUCKET_POLICY,
    break: change(
      BUCKET_POLICY,
      adding(deny({ Principal: [OWN_SESSIONS, '205012345678901234'], Action: ['oss:GetObject'], Resource: EVERYWHERE })),
    ),
  },
  {
    name: 'of all but a list of others',
    cause: 'oss.bp.deny',
    group: BY_BUCKET_POLICY,
    break: change(BUCKET_POLICY, adding(deny({ NotPrincipal: ['205012345678901234'], Action: ['oss:PutObject'], Resource: EVERYWHERE }))),
  },
]

testDenials('RAM policies that lack something', () => startAliyunWorld(), RAM_MISSING)
testDenials('RAM policies that deny', () => startAliyunWorld(), RAM_EXPLICIT)
testDenials('policies of the bucket that deny', () => startAliyunWorld(), BUCKET_DENY)

function detach({ aliyun }: AliyunWorld): void {
  aliyun.detachRolePolicy(`acs:ram::${CUSTOMER}:role/${HOLDER}`, HOLDER)
}

/** Every statement under one more condition. */
function underCondition({ Statement, ...rest }: PolicyDocument, condition: JsonObject): PolicyDocument {
  const statements = (Array.isArray(Statement) ? Statement : [Statement]) as readonly JsonObject[] // statements are objects
  return {
    ...rest,
    Statement: statements.map((one) => ({ ...one, Condition: { ...(one['Condition'] as JsonObject | undefined), ...condition } })), // so is a condition
  }
}
