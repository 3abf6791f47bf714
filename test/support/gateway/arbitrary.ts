import type { S3Call } from '@sluice/core'
import fc from 'fast-check'
import { BUCKET, type Caller, type Conditions, NEIGHBOUR, OTHER, OWNER, type Scenario, SESSION, type Statement } from './question.ts'
import { KEYS, UPLOADS } from './world.ts'

const lake = `arn:aws:s3:::${BUCKET}`
const near = `arn:aws:s3:::${NEIGHBOUR}`

const action = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('s3:*', '*', 's3:Get*', 's3:List*', 's3:Put*', 's3:*Object', 's3:*Object*', 's3:*Multipart*') },
  { weight: 4, arbitrary: fc.constantFrom('s3:GetObject', 's3:ListBucket', 's3:PutObject', 's3:DeleteObject', 's3:GetBucketLocation') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('s3:getobject', 'S3:GETOBJECT', 's3:?etObject', 's3:Get????ct', 's3:ListBucket?*', 's3:GetObjectTagging'),
  },
)

const whole = fc.constantFrom([lake, `${lake}/*`], ['*'], ['arn:aws:s3:::*'], [`${lake}*`], ['arn:aws:s3:::l?ke', 'arn:aws:s3:::l?ke/*'])
const partial = fc.subarray(
  [
    lake,
    `${lake}/*`,
    `${lake}/data/*`,
    `${lake}/data*`,
    `${lake}/data/a.csv`,
    `${lake}/data/?.csv`,
    `${lake}/*/b.csv`,
    `${lake}/*e?f*`,
    `${lake}/d*a/*.csv`,
    `${lake}/DATA/*`,
    `${lake}/data`,
    `${lake}/data/`,
    `${lake}/other/*`,
    near,
    `${near}/*`,
  ],
  { minLength: 1, maxLength: 3 },
)
const resource = fc.oneof({ weight: 2, arbitrary: whole }, { weight: 3, arbitrary: partial })

const prefixes = fc.subarray(['', 'data/', 'data/*', 'data*', 'data/sub/', 'data-2/', '*', 'd?ta/', 'alice', '${aws:username}', 'DATA/'], {
  minLength: 1,
  maxLength: 2,
})
const negation = fc.constantFrom('StringNotEquals', 'StringNotLike', 'StringNotEqualsIfExists', 'StringNotLikeIfExists')
const affirmation = fc.constantFrom('StringEquals', 'StringLike', 'StringEqualsIgnoreCase', 'StringEqualsIfExists', 'StringLikeIfExists')
const one = (operator: fc.Arbitrary<string>, key: string, values: fc.Arbitrary<readonly string[]>): fc.Arbitrary<Conditions> =>
  fc.tuple(operator, values).map(([name, list]) => ({ [name]: { [key]: list } }))

const listing = fc.oneof(
  { weight: 4, arbitrary: one(affirmation, 's3:prefix', prefixes) },
  { weight: 1, arbitrary: one(negation, 's3:prefix', prefixes) },
  { weight: 1, arbitrary: one(affirmation, 's3:delimiter', fc.constantFrom(['/'], ['-'])) },
  {
    weight: 1,
    arbitrary: one(
      fc.constantFrom('NumericLessThanEquals', 'NumericGreaterThan', 'NumericEquals'),
      's3:max-keys',
      fc.constantFrom(['10'], ['7', '1000']),
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom<Conditions>({ Null: { 's3:prefix': ['true'] } }, { Null: { 's3:prefix': ['false'] } }) },
)
const anywhere = fc.oneof(
  one(
    fc.constantFrom('IpAddress', 'NotIpAddress'),
    'aws:SourceIp',
    fc.constantFrom(['127.0.0.0/8'], ['127.0.0.1'], ['10.0.0.0/8', '192.0.2.1'], ['127.0.0.2/32']),
  ),
  one(
    fc.constantFrom('DateGreaterThan', 'DateLessThan'),
    'aws:CurrentTime',
    fc.constantFrom(['2020-01-01T00:00:00Z'], ['2999-12-31T23:59:59Z']),
  ),
  one(fc.oneof(affirmation, negation), 'aws:username', fc.constantFrom(['alice'], ['ALICE'], ['a*', 'bob'], ['carol', 'nobody'])),
  one(affirmation, 'aws:UserAgent', fc.constantFrom(['second-*'], ['other'])),
  one(
    fc.constantFrom('StringEquals', 'StringNotEquals', 'StringEqualsIfExists'),
    's3:x-amz-acl',
    fc.constantFrom(['private'], ['public-read']),
  ),
  one(fc.constantFrom('ArnLike', 'ArnNotEquals'), 'aws:PrincipalArn', fc.constant([`arn:aws:iam::${OWNER}:user/*`])),
)
const condition = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  { weight: 3, arbitrary: listing },
  { weight: 2, arbitrary: anywhere },
  { weight: 1, arbitrary: fc.tuple(listing, anywhere).map(([left, right]): Conditions => ({ ...left, ...right })) },
)

/** What a statement says of actions, resources and conditions. `conditions`: whether it has any. */
function body(conditions: boolean): fc.Arbitrary<Omit<Statement, 'Effect'>> {
  const actions = fc.array(action, { minLength: 1, maxLength: 3 })
  return fc
    .record({
      actions: fc.oneof(
        { weight: 12, arbitrary: actions.map((Action) => ({ Action })) },
        { weight: 1, arbitrary: actions.map((NotAction) => ({ NotAction })) },
      ),
      resources: fc.oneof(
        { weight: 7, arbitrary: resource.map((Resource) => ({ Resource })) },
        { weight: 1, arbitrary: partial.map((NotResource) => ({ NotResource })) },
      ),
      condition: conditions ? condition : fc.constant(undefined),
    })
    .map(({ actions, resources, condition }) => ({
      ...actions,
      ...resources,
      ...(condition === undefined ? {} : { Condition: condition }),
    }))
}

/** The wide grant of somebody whose access other statements then narrow. */
const wide = fc.constant<Statement>({ Effect: 'Allow', Action: ['s3:*'], Resource: ['*'] })
const allow = body(true).map((rest): Statement => ({ Effect: 'Allow', ...rest }))
const deny = body(true).map((rest): Statement => ({ Effect: 'Deny', ...rest }))
const statements = fc
  .tuple(fc.oneof({ weight: 1, arbitrary: wide }, { weight: 3, arbitrary: allow }), fc.array(fc.oneof(allow, deny), { maxLength: 2 }))
  .map(([first, rest]) => [first, ...rest])

const principals = fc.constantFrom(
  `arn:aws:iam::${OWNER}:user/alice`,
  `arn:aws:iam::${OWNER}:user/bob`,
  `arn:aws:iam::${OTHER}:user/carol`,
  `arn:aws:iam::${OWNER}:role/reader`,
  `arn:aws:sts::${OWNER}:assumed-role/reader/${SESSION}`,
  `arn:aws:sts::${OWNER}:assumed-role/reader/another`,
  `arn:aws:iam::${OTHER}:role/visitor`,
  `arn:aws:iam::${OWNER}:root`,
  `arn:aws:iam::${OTHER}:root`,
  OTHER,
)
type Who = Pick<Statement, 'Principal' | 'NotPrincipal'>
const who: fc.Arbitrary<Who> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<Who>({ Principal: '*' }, { Principal: { AWS: ['*'] } }) },
  { weight: 6, arbitrary: fc.uniqueArray(principals, { minLength: 1, maxLength: 3 }).map((AWS) => ({ Principal: { AWS } })) },
)
const except: fc.Arbitrary<Who> = fc.uniqueArray(principals, { minLength: 1, maxLength: 2 }).map((AWS) => ({ NotPrincipal: { AWS } }))
const bucketStatement = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(who, allow).map(([who, rest]): Statement => ({ ...rest, ...who })) },
  { weight: 3, arbitrary: fc.tuple(who, deny).map(([who, rest]): Statement => ({ ...rest, ...who })) },
  { weight: 1, arbitrary: fc.tuple(except, deny).map(([who, rest]): Statement => ({ ...rest, ...who })) },
)
const bucket = fc.array(bucketStatement, { minLength: 1, maxLength: 3 })

const optional = <T>(weight: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight, arbitrary }, { weight: 10 - weight, arbitrary: fc.constant(undefined) })

/** Policies and a caller, as customers write them: with grants that fit, and with every way of missing. */
export const scenario: fc.Arbitrary<Scenario> = fc
  .record({
    caller: fc.constantFrom<Caller>('owner', 'alice', 'alice', 'bob', 'reader', 'reader', 'reader', 'carol', 'carol', 'anonymous'),
    identity: optional(8, statements),
    session: optional(6, statements),
    bucket: optional(6, bucket),
  })
  .map(({ caller, identity, session, bucket }) => ({
    caller,
    // Another account's identity policies have no say at this gateway: a wide one of theirs leaves the bucket policy to be compared.
    ...(caller === 'owner' || caller === 'anonymous' || identity === undefined ? {} : { identity }),
    ...(caller === 'reader' && session !== undefined ? { session } : {}),
    ...(bucket === undefined ? {} : { bucket }),
  }))

const key = fc.constantFrom(...KEYS)
const some = fc.constantFrom(BUCKET, BUCKET, BUCKET, BUCKET, NEIGHBOUR)

/** A call that succeeds whenever it is allowed, and leaves what other calls read as it is. */
export const call: fc.Arbitrary<S3Call> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .record({
        operation: fc.constantFrom('ListObjectsV2' as const, 'ListObjectsV2' as const, 'ListObjectVersions' as const),
        bucket: some,
        prefix: fc.option(fc.constantFrom('', 'data/', 'data/sub/', 'data', 'data-2/', 'other/', 'alice'), { nil: undefined }),
        delimiter: fc.option(fc.constantFrom('/', '-'), { nil: undefined, freq: 2 }),
        maxKeys: fc.option(fc.constantFrom(7, 10, 1000), { nil: undefined, freq: 2 }),
      })
      .map(defined),
  },
  { weight: 5, arbitrary: fc.record({ operation: fc.constantFrom('GetObject' as const, 'HeadObject' as const), bucket: some, key }) },
  {
    weight: 1,
    arbitrary: fc.record({ operation: fc.constantFrom('GetObjectTagging' as const, 'PutObjectTagging' as const), bucket: some, key }),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({
        operation: fc.constant('PutObject' as const),
        bucket: some,
        key: fc.constantFrom('data/new.csv', 'other/new.csv'),
        acl: fc.option(fc.constantFrom('private', 'public-read'), { nil: undefined, freq: 2 }),
      })
      .map(defined),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      operation: fc.constantFrom(
        'DeleteObject' as const,
        'CreateMultipartUpload' as const,
        'AbortMultipartUpload' as const,
        'ListParts' as const,
      ),
      bucket: some,
      key: fc.constantFrom(...UPLOADS),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      operation: fc.constant('CopyObject' as const),
      bucket: some,
      key: fc.constantFrom('data/copy.csv', 'other/copy.csv'),
      source: fc.record({ bucket: some, key }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      operation: fc.constantFrom(
        'HeadBucket' as const,
        'GetBucketLocation' as const,
        'ListMultipartUploads' as const,
        'GetBucketVersioning' as const,
        'GetBucketPolicy' as const,
      ),
      bucket: some,
    }),
  },
)

/** Without the members that have no value: a call has them or it does not. */
function defined<T extends { readonly [name: string]: unknown }>(value: T): { [name in keyof T]: Exclude<T[name], undefined> } {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is undefined has just been left out
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as {
    [name in keyof T]: Exclude<T[name], undefined>
  }
}
