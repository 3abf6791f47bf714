import type { Json, JsonObject } from '../../src/index.ts'
import { isList, isObject } from '../../src/policy/shapes.ts'
import { objectOf } from './object-of.ts'
import { commonVariations, type Variations, withNames } from './varying.ts'
import { escaped, type Wrappings } from './wrappings.ts'

/** How the SDKs and tools of Alibaba Cloud print the same refusal. */
const ALIBABA_WRAPPINGS: Wrappings = {
  'SDK for Go v1': ({ code, message, status }) =>
    `oss: service returned error: StatusCode=${status}, ErrorCode=${code}, ErrorMessage="${message}", RequestId=65AF50375347E6D09A1B2C3D, Ec=`,
  'SDK for Go v2, ossutil 2': ({ code, message, status, operation }) =>
    `Error: operation error ${operation}: Error returned by Service. \n        Http Status Code: ${status}. \n        Error Code: ${code}. \n        Request Id: 65AF50375347E6D09A1B2C3D. \n        Message: ${message}. \n        EC: . \n        Request Endpoint: GET https://acme-lake.oss-cn-hangzhou.aliyuncs.com/a.`,
  'SDK for Java': ({ code, message }) =>
    `com.aliyun.oss.OSSException: ${message}\n[ErrorCode]: ${code}\n[RequestId]: 65AF50375347E6D09A1B2C3D\n[HostId]: acme-lake.oss-cn-hangzhou.aliyuncs.com\n[ResponseError]:\n${body(code, message)}`,
  oss2: ({ code, message, status }) =>
    `oss2.exceptions.AccessDenied: {'status': ${status}, 'x-oss-request-id': '65AF50375347E6D09A1B2C3D', 'details': {'Code': '${code}', 'Message': ${JSON.stringify(message)}, 'RequestId': '65AF50375347E6D09A1B2C3D'}}`,
  'ali-oss': ({ code, message, status }) =>
    `${code}Error: ${message}\n    at Client.requestError (node_modules/ali-oss/lib/client.js:350:13) {\n  status: ${status},\n  code: '${code}',\n  requestId: '65AF50375347E6D09A1B2C3D'\n}`,
  'ossutil 1': ({ code, message, status }) =>
    `Error: oss: service returned error: StatusCode=${status}, ErrorCode=${code}, ErrorMessage="${message}", RequestId=65AF50375347E6D09A1B2C3D, Bucket=acme-lake, Object=a.csv!`,
  Tea: ({ code, message, status }) =>
    `SDKError: code: ${status}, ${message} request id: 65AF5037-0001 Data: ${JSON.stringify({ Code: code, Message: message, statusCode: status })}`,
  Hadoop: ({ code, message }) =>
    `java.io.IOException: oss://acme-lake/data: com.aliyun.oss.OSSException: ${message}\n[ErrorCode]: ${code}\n[RequestId]: 65AF50375347E6D09A1B2C3D\n`,
  'an XML body': ({ code, message }) => `<?xml version="1.0" encoding="UTF-8"?>\n${body(code, message)}`,
  'a log line': ({ code, message }) => JSON.stringify({ level: 'ERROR', logger: 'import', message: `${code}: ${message}` }),
}

function body(code: string, message: string): string {
  return `<Error>\n  <Code>${code}</Code>\n  <Message>${escaped(message)}</Message>\n  <RequestId>65AF50375347E6D09A1B2C3D</RequestId>\n</Error>`
}

const POLICIES = ['trustPolicy', 'bucketPolicy', 'sessionPolicy']

/** The kinds of variation over Alibaba Cloud's cases. */
export const ALIBABA_VARIATIONS: Variations = {
  'statements and policies in another order': (given, dice) =>
    withPolicies(
      given,
      (all) => dice.shuffled(all),
      (list) => dice.shuffled(list),
    ),
  'statements that do not matter': (given, dice) =>
    withPolicies(
      given,
      (all, name) => dice.shuffled([...all, ...dice.shuffled(unrelated(name)).slice(0, 1)]),
      (list) => list,
    ),
  'one statement as object or list': (given) =>
    withPolicies(
      given,
      (all) => (all.length === 1 ? (all[0] ?? all) : all),
      (list) => list,
    ),
  'other names': (given, dice) => {
    const names: readonly (readonly [string, string])[] = [
      ['acme-lake', dice.pick(['datasets-701', 'prod-raw-events', 'lake2'])],
      ['1234567890123456', `1${Math.floor(dice.roll() * 9e14) + 1e14}`],
      ['part-0001', dice.pick(['2026-11-22', 'part 7', '数据'])],
      ['sluice-acme', dice.pick(['reader', 'import-role'])],
    ]
    return withNames(given, names)
  },
  ...commonVariations({ wrappings: ALIBABA_WRAPPINGS, plain: /^(Code|Message|RequestId|HostId|RecommendDoc)$/ }),
}

function withPolicies(
  given: JsonObject,
  change: (all: readonly Json[], name: string) => Json,
  order: (list: readonly Json[]) => readonly Json[],
): JsonObject | undefined {
  const documents = objectOf(given['documents'])
  const own = (policy: Json, name: string): Json => {
    if (!isObject(policy)) return policy
    const { Statement: all } = policy
    return all === undefined ? policy : { ...policy, Statement: change(isList(all) ? all : [all], name) }
  }
  const changed = Object.entries(documents).map(([name, value]): readonly [string, Json] => {
    if (POLICIES.includes(name)) return [name, own(value, name)]
    return name === 'ramPolicies' && isList(value) ? [name, order(value.map((one: Json) => own(one, name)))] : [name, value]
  })
  const touched = Object.keys(documents).some((name) => POLICIES.includes(name) || name === 'ramPolicies')
  return touched ? { ...given, documents: Object.fromEntries(changed) } : undefined
}

/** Statements about other things, as they stand in policies of each kind. */
function unrelated(name: string): readonly JsonObject[] {
  if (name === 'trustPolicy') return [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: ['ecs.aliyuncs.com'] } }]
  if (name === 'bucketPolicy')
    return [
      {
        Effect: 'Allow',
        Action: ['oss:GetObject'],
        Principal: ['201234567890123456'],
        Resource: ['acs:oss:*:1234567890123456:acme-lake/reports/*'],
      },
    ]
  return [
    { Effect: 'Allow', Action: ['log:Post*'], Resource: ['*'] },
    { Effect: 'Allow', Action: ['oss:GetObject'], Resource: ['acs:oss:*:*:elsewhere-logs/*'] },
  ]
}
