import type { PolicyDocument } from '@sluice/core'
import { type DenialPair, type DenialScenario, named } from '../denials.ts'
import { TOLD_ALIKE } from '../denials-aws-groups.ts'
import { OTHER_BUCKET, ROLE_ARN } from '../denials-aws-names.ts'
import type { AwsWorld } from '../denials-aws.ts'
import { BUCKET, CUSTOMER_ACCOUNT } from '../installation.ts'
import { adding, replacing, withoutDenies } from '../policy-edits.ts'

type Scenario = DenialScenario<AwsWorld>

const ROLE_POLICY = 'documents.rolePolicies[0]'
const BUCKET_ARN = `arn:aws:s3:::${BUCKET}`
const PREFIXES = '{"StringLike":{"s3:prefix":["data/","data/*"]}}'

/** A scenario of one replaced piece of the role's policy. */
const says = (cause: string, group: readonly string[], name: string, from: string | RegExp, to: string): Scenario => ({
  name,
  cause,
  group,
  break: (world) => world.change(ROLE_POLICY, replacing(from, to)),
})

const objectArn = (name: string, to: string): Scenario =>
  says('aws.id.object_arn', TOLD_ALIKE.objectGrant, name, `${BUCKET_ARN}/data/*`, to)

const lacks = (action: string, ...others: readonly string[]): Scenario =>
  says(
    'aws.id.action_missing',
    TOLD_ALIKE.objectGrant,
    `no ${action}${others.length > 0 ? `, only ${others.join(', ')}` : ''}`,
    `"${action}"`,
    `"${others[0] ?? 's3:GetObjectAcl'}"`,
  )

const listing = (cause: string, name: string, from: string | RegExp, to: string): Scenario =>
  says(cause, TOLD_ALIKE.listGrant, name, from, to)

const LIST_RESOURCE = /"Action":\["s3:ListBucket"\],"Resource":\["[^"]+"\]/

/** What the role's own policy does not allow. */
export const GRANTS: readonly Scenario[] = [
  objectArn('the folder without /*', `${BUCKET_ARN}/data`),
  objectArn('the folder with a slash and no star', `${BUCKET_ARN}/data/`),
  objectArn('the bucket instead of its objects', BUCKET_ARN),
  objectArn('another folder', `${BUCKET_ARN}/dta/*`),
  objectArn('the folder in capitals', `${BUCKET_ARN}/Data/*`),
  objectArn('a folder inside of the folder', `${BUCKET_ARN}/data/2026/*`),
  objectArn('files of another kind', `${BUCKET_ARN}/data/*.parquet`),
  objectArn('another bucket', `arn:aws:s3:::${OTHER_BUCKET}/data/*`),
  objectArn('the bucket’s name misspelt', 'arn:aws:s3:::tset-bucket-123/data/*'),
  lacks('s3:GetObject'),
  lacks('s3:GetObject', 's3:GetObjectTagging'),
  lacks('s3:PutObject'),
  lacks('s3:DeleteObject'),
  listing('aws.id.list_missing', 'no ListBucket', '"s3:ListBucket"', '"s3:GetBucketAcl"'),
  listing('aws.id.list_missing', 'only ListAllMyBuckets', '"s3:ListBucket"', '"s3:ListAllMyBuckets"'),
  listing('aws.id.list_resource', 'ListBucket on the objects', LIST_RESOURCE, `"Action":["s3:ListBucket"],"Resource":["${BUCKET_ARN}/*"]`),
  listing(
    'aws.id.list_resource',
    'ListBucket on the folder',
    LIST_RESOURCE,
    `"Action":["s3:ListBucket"],"Resource":["${BUCKET_ARN}/data/*"]`,
  ),
  listing('aws.id.list_prefix', 'another folder', PREFIXES, '{"StringLike":{"s3:prefix":"dta/*"}}'),
  listing('aws.id.list_prefix', 'the folder without its slash', PREFIXES, '{"StringEquals":{"s3:prefix":"data"}}'),
  listing('aws.id.list_prefix', 'a slash at the beginning', PREFIXES, '{"StringLike":{"s3:prefix":"/data/*"}}'),
  listing('aws.id.list_prefix', 'the whole bucket alone', PREFIXES, '{"StringEquals":{"s3:prefix":""}}'),
  listing('aws.id.list_prefix', 'a star that is meant literally', PREFIXES, '{"StringEquals":{"s3:prefix":["data/*"]}}'),
  listing('aws.id.invalid_action', 'the API’s name of listing', '"s3:ListBucket"', '"s3:ListObjects"'),
  listing('aws.id.invalid_action', 'its newer name', '"s3:ListBucket"', '"s3:ListObjectsV2"'),
  says('aws.id.invalid_action', TOLD_ALIKE.objectGrant, 'reading by a name that there is not', '"s3:GetObject"', '"s3:ReadObject"'),
  says('aws.id.invalid_action', TOLD_ALIKE.objectGrant, 'writing by a name that there is not', '"s3:PutObject"', '"s3:UploadObject"'),
]

const denying = (condition: PolicyDocument, action: string | readonly string[] = 's3:*', resource = '*'): PolicyDocument => ({
  Effect: 'Deny',
  Action: action,
  Resource: resource,
  ...(Object.keys(condition).length === 0 ? {} : { Condition: condition }),
})

/** A scenario of a Deny that joins the role's policy. */
const denied = (name: string, statement: PolicyDocument): Scenario => ({
  name,
  cause: 'aws.id.explicit_deny',
  group: TOLD_ALIKE.identityDeny,
  break: (world) => world.change(ROLE_POLICY, adding(statement)),
})

/** What the role's own policy denies. */
export const DENIES: readonly Scenario[] = [
  denied('of everything', denying({})),
  denied('of reading', denying({}, 's3:GetObject', `${BUCKET_ARN}/*`)),
  denied('of writing', denying({}, ['s3:Put*', 's3:Delete*'], `${BUCKET_ARN}/*`)),
  denied('of listing', denying({}, 's3:ListBucket', BUCKET_ARN)),
  denied('of the folder', denying({}, 's3:*Object', `${BUCKET_ARN}/data/*`)),
  denied('without a second factor', denying({ BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } })),
  denied('outside of a region', denying({ StringNotEquals: { 'aws:RequestedRegion': 'eu-central-1' } })),
  denied('from other networks', denying({ NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } })),
  denied('after a day', denying({ DateGreaterThan: { 'aws:CurrentTime': '2026-01-01T00:00:00Z' } })),
  denied('without a tag', denying({ StringNotEquals: { 'aws:PrincipalTag/team': 'data' } })),
]

const BOUNDARY = `arn:aws:iam::${CUSTOMER_ACCOUNT}:policy/developers`
const allowing = (action: string | readonly string[], resource: string | readonly string[] = '*'): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [{ Sid: 'Developers', Effect: 'Allow', Action: action, Resource: resource }],
})

/** A scenario of a permissions boundary that is narrowed. */
const bounded = (name: string, document: PolicyDocument): Scenario => ({
  name,
  cause: 'aws.pb',
  arrange: ({ aws }) => {
    aws.putPolicy(CUSTOMER_ACCOUNT, { name: 'developers', document: allowing(['s3:*', 'kms:*']) })
    aws.setBoundary(ROLE_ARN, BOUNDARY)
  },
  break: ({ aws }) => void aws.putPolicy(CUSTOMER_ACCOUNT, { name: 'developers', document }),
})

export const BOUNDARIES: readonly Scenario[] = [
  bounded('of another service', allowing(['dynamodb:*', 'kms:*'])),
  bounded('that only reads', allowing(['s3:Get*', 's3:List*'])),
  bounded('of another bucket', allowing('s3:*', [`arn:aws:s3:::${OTHER_BUCKET}`, `arn:aws:s3:::${OTHER_BUCKET}/*`])),
  bounded('that denies the folder', adding(denying({}, 's3:*', `${BUCKET_ARN}/data/*`))(allowing('s3:*'))),
]

const MANAGEMENT = '999988887777'

/** A scenario of a policy that the organization attaches to the account. */
const railed = (cause: 'aws.scp' | 'aws.rcp', name: string, document: PolicyDocument): Scenario => ({
  name,
  cause,
  arrange: ({ aws }) => aws.joinOrganization(CUSTOMER_ACCOUNT, MANAGEMENT),
  break: ({ aws }) =>
    void aws.putOrganizationPolicy(CUSTOMER_ACCOUNT, {
      name: 'guard-rail',
      type: cause === 'aws.scp' ? 'SERVICE_CONTROL_POLICY' : 'RESOURCE_CONTROL_POLICY',
      document,
    }),
})

const only = (statement: PolicyDocument): PolicyDocument => ({ Version: '2012-10-17', Statement: [statement] })
const forAll = (statement: PolicyDocument): PolicyDocument => only({ ...statement, Principal: '*' })

export const GUARD_RAILS: readonly Scenario[] = [
  railed('aws.scp', 'of other regions', only(denying({ StringNotEquals: { 'aws:RequestedRegion': ['eu-central-1', 'eu-west-1'] } }, '*'))),
  railed('aws.scp', 'of all but one role', only(denying({ ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/admins' } }))),
  railed('aws.scp', 'of deleting', only(denying({}, ['s3:DeleteObject', 's3:DeleteBucket']))),
  railed('aws.scp', 'of the bucket', only(denying({}, 's3:*', `${BUCKET_ARN}/*`))),
  {
    name: 'that allows another service alone',
    cause: 'aws.scp',
    arrange: ({ aws }) => aws.joinOrganization(CUSTOMER_ACCOUNT, MANAGEMENT),
    break: ({ aws }) => {
      aws.putOrganizationPolicy(CUSTOMER_ACCOUNT, { name: 'allow-list', type: 'SERVICE_CONTROL_POLICY', document: allowing('ec2:*') })
      aws.detachOrganizationPolicy(CUSTOMER_ACCOUNT, 'FullAWSAccess')
    },
  },
  railed('aws.rcp', 'of other networks', forAll(denying({ NotIpAddressIfExists: { 'aws:SourceIp': '203.0.113.0/24' } }))),
  railed('aws.rcp', 'of other organizations', forAll(denying({ StringNotEqualsIfExists: { 'aws:PrincipalOrgID': 'o-somebodyelse' } }))),
  railed(
    'aws.rcp',
    'of writing without a key',
    forAll(denying({ Null: { 's3:x-amz-server-side-encryption-aws-kms-key-id': 'true' } }, 's3:PutObject')),
  ),
]

const NO_STAR = named(GRANTS, 'the folder without /*')
const NO_LISTING = named(GRANTS, 'no ListBucket')
const NO_WRITING = named(GRANTS, 'no s3:PutObject')
const READING_DENIED = named(DENIES, 'of reading')
const BOUND_TO_READ = named(BOUNDARIES, 'that only reads')
const OTHER_REGIONS = named(GUARD_RAILS, 'of other regions')
const OTHER_NETWORKS = named(GUARD_RAILS, 'of other networks')

export const PAIRS: readonly DenialPair<AwsWorld>[] = [
  [OTHER_REGIONS, NO_STAR],
  [OTHER_REGIONS, READING_DENIED],
  [OTHER_NETWORKS, NO_WRITING],
  // That the Deny alone would not do, the other fault shows: nothing is proved before it is gone.
  [{ ...READING_DENIED, inside: 'strong', repair: (world) => world.change(ROLE_POLICY, withoutDenies) }, NO_STAR],
  [NO_LISTING, NO_STAR],
  [NO_STAR, BOUND_TO_READ],
]
