import type { Json, JsonObject } from '../../src/index.ts'
import type { Dice } from './random.ts'
import { isList, isObject } from '../../src/policy/shapes.ts'
import { objectOf } from './object-of.ts'
import { commonVariations, type Variations } from './varying.ts'
import { AWS_WRAPPINGS } from './wrappings.ts'

const POLICIES = ['trustPolicy', 'boundary', 'sessionPolicy', 'bucketPolicy', 'vpcEndpointPolicy']
const POLICY_LISTS = ['rolePolicies', 'scps', 'rcps']

/** The kinds of variation over AWS's cases. */
export const AWS_VARIATIONS: Variations = {
  'statements and policies in another order': (given, dice) =>
    withPolicies(
      given,
      (policy) => withStatements(policy, (all) => dice.shuffled(all)),
      (list) => dice.shuffled(list),
    ),
  'statements that do not matter': (given, dice) =>
    withPolicies(given, (policy, name) =>
      withStatements(policy, (all) => dice.shuffled([...all, ...dice.shuffled(unrelated(name)).slice(0, 1 + Math.floor(dice.roll() * 2))])),
    ),
  'other names': renamed,
  'one value as text or list, one statement as object or list': (given, dice) => withPolicies(given, (policy) => reshaped(policy, dice)),
  ...commonVariations({ wrappings: AWS_WRAPPINGS, plain: /^(Code|Message|RequestId|HostId|Type)$/ }),
}

function withPolicies(
  given: JsonObject,
  change: (policy: JsonObject, name: string) => JsonObject,
  order: (list: readonly Json[]) => readonly Json[] = (list) => list,
): JsonObject | undefined {
  const documents = given['documents']
  if (!isObject(documents)) return undefined
  let touched = false
  const changed = Object.entries(documents).map(([name, value]): readonly [string, Json] => {
    const own = (policy: Json): Json => (isObject(policy) ? change(policy, name) : policy)
    if (POLICIES.includes(name)) touched = true
    else if (POLICY_LISTS.includes(name) || name === 'keyPolicies') touched = true
    if (POLICIES.includes(name)) return [name, own(value)]
    if (POLICY_LISTS.includes(name) && isList(value)) return [name, order(value.map(own))]
    if (name === 'keyPolicies' && isObject(value))
      return [name, Object.fromEntries(Object.entries(value).map(([arn, one]) => [arn, own(one)]))]
    return [name, value]
  })
  return touched ? { ...given, documents: Object.fromEntries(changed) } : undefined
}

function withStatements(policy: JsonObject, change: (all: readonly Json[]) => readonly Json[]): JsonObject {
  const all = policy['Statement']
  return all === undefined ? policy : { ...policy, Statement: change(isList(all) ? all : [all]) }
}

/** Statements about other things, as they stand in policies of each kind. */
function unrelated(name: string): readonly JsonObject[] {
  if (name === 'trustPolicy')
    return [
      { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
      { Sid: 'Ops', Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::555566667777:root' }, Action: 'sts:TagSession' },
    ]
  if (name === 'bucketPolicy')
    return [
      {
        Sid: 'Inventory',
        Effect: 'Allow',
        Principal: { Service: 's3.amazonaws.com' },
        Action: 's3:PutObject',
        Resource: 'arn:aws:s3:::acme-data/inventory/*',
      },
      { Sid: 'NoDelete', Effect: 'Deny', Principal: '*', Action: 's3:DeleteBucket', Resource: 'arn:aws:s3:::acme-data' },
      {
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::555566667777:role/reporting' },
        Action: 's3:GetObject',
        Resource: 'arn:aws:s3:::acme-data/reports/*',
      },
    ]
  if (name === 'keyPolicies')
    return [
      { Sid: 'Auditors', Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::555566667777:root' }, Action: 'kms:DescribeKey', Resource: '*' },
    ]
  if (name === 'rcps' || name === 'vpcEndpointPolicy')
    return [{ Sid: 'Queues', Effect: 'Deny', Principal: '*', Action: 'sqs:DeleteQueue', Resource: '*' }]
  if (name === 'scps') return [{ Sid: 'StayInTheOrganization', Effect: 'Deny', Action: 'organizations:LeaveOrganization', Resource: '*' }]
  return [
    { Sid: 'Logs', Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '*' },
    { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: 'arn:aws:s3:::elsewhere-logs/*' },
    { Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::elsewhere-logs' },
    { Sid: 'NoKeys', Effect: 'Deny', Action: 'kms:ScheduleKeyDeletion', Resource: '*' },
  ]
}

/** The same case of another customer: every name is another, everywhere. */
function renamed(given: JsonObject, dice: Dice): JsonObject {
  const digits = (length: number): string => Array.from({ length }, () => String(1 + Math.floor(dice.roll() * 9))).join('')
  const names: readonly (readonly [string, string])[] = [
    ['105880447796', digits(12)],
    ['380838443567', digits(12)],
    ['495580073302', digits(12)],
    ...bucketNames(dice.pick(['analytics.example.com', 'lake-701', 'prod-raw-events-eu', 'datasets'])),
    ['mydata', dice.pick(['in', 'landing/2026', 'a b', 'x-1', 'données'])],
    ['sluice-acme', dice.pick(['reader', 'team/analytics/reader', 'Import_Role.2'])],
    ['sluice-5f2c9d1e77aa40c3b1d0', `id-${digits(20)}`],
    ['c3046e91-fdfc-4f3a-acff-00597dd3801f', `mrk-${digits(32)}`],
    ['part-0001', dice.pick(['2026-11-22', 'Ä', 'a=1/b=2/part'])],
  ]
  const text = names.reduce((all, [from, to]) => all.replaceAll(from, to), JSON.stringify(given))
  // Sessions leave the role's path out of their ARN.
  const flat = text.replaceAll(/(assumed-role\/)(?:[\w.-]+\/)+([\w.-]+\/diag-7)/g, '$1$2')
  // JSON.parse gives JSON.
  const value: Json = JSON.parse(flat)
  return objectOf(value)
}

/** The bucket's new name, and the same with a letter left out. */
function bucketNames(name: string): readonly (readonly [string, string])[] {
  return [
    ['acme-data', name],
    ['acme-dta', `${name.slice(0, 2)}${name.slice(3)}`],
  ]
}

const EITHER = ['Action', 'NotAction', 'Resource', 'NotResource']

function reshaped(policy: JsonObject, dice: Dice): JsonObject {
  const all = policy['Statement']
  if (all === undefined) return policy
  const list = (all === undefined ? [] : isList(all) ? all : [all]).map((one) => (isObject(one) ? reshapedStatement(one, dice) : one))
  const [only, ...others] = list
  const single = only !== undefined && others.length === 0 && dice.roll() < 0.7
  return { ...policy, Statement: single ? only : list }
}

function reshapedStatement(statement: JsonObject, dice: Dice): JsonObject {
  const either = (value: Json): Json => {
    if (typeof value === 'string') return dice.roll() < 0.5 ? [value] : value
    return isList(value) && value.length === 1 && dice.roll() < 0.5 ? (value[0] ?? value) : value
  }
  const each = (name: string, value: Json): Json => {
    if (EITHER.includes(name)) return either(value)
    if (name === 'Principal' && isObject(value)) return Object.fromEntries(Object.entries(value).map(([kind, who]) => [kind, either(who)]))
    if (name !== 'Condition' || !isObject(value)) return value
    return Object.fromEntries(
      Object.entries(value).map(([operator, keys]) => [
        operator,
        isObject(keys)
          ? Object.fromEntries(Object.entries(keys).map(([key, values]) => [dice.roll() < 0.3 ? key.toLowerCase() : key, either(values)]))
          : keys,
      ]),
    )
  }
  return Object.fromEntries(Object.entries(statement).map(([name, value]) => [name, each(name, value)]))
}
